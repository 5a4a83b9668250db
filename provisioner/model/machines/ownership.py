"""The signed note in a VM's description. It proves a desktop ours, and a lost store is rebuilt from it."""

import hashlib
import hmac
from collections.abc import Iterator
from dataclasses import dataclass

from provisioner.model.ids import ClusterId, DesktopName, GuestKey, NodeName, ProfileName, Vmid
from provisioner.model.machines.desktops import Reservation
from provisioner.model.machines.seats import seat_named

_MARK, _RUN_MARK = "bascule-note:v2", "bascule-note:v3"
"""Both are written, and stay valid for ever. The second has the number of a surge's run, too: with the store lost, it says that
there was a surge, and which desktops it made."""
_TITLE = "Bascule desktop. Keep the next line as it is: it proves whose this VM is."


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteKey:
    """The secret that signs notes; kept outside the store. Its repr hides it."""

    installation: str
    secret: bytes

    def __repr__(self) -> str:
        return f"NoteKey(installation={self.installation!r}, secret=…)"


def note_for(reservation: Reservation, key: NoteKey) -> str:
    """The description for the clone call: it binds installation, cluster, VMID, name, profile, seat, address and date."""
    fields = "|".join(_fields(reservation, key.installation))
    mark = _MARK if reservation.run is None else _RUN_MARK
    return f"{_TITLE}\n{mark}|{fields}|{_sign(fields, key)}"


def read_note(text: str | None, key: NoteKey, *, node: NodeName) -> Reservation | None:
    """The reservation that a description proves; None: unsigned, edited, or of another installation.

    The caller must compare cluster and VMID with the VM's: a copied note proves nothing.
    """
    parts = next((parts for parts in _notes_in(text) if _is_signed(parts, key)), None)
    return None if parts is None else _reservation(parts[1:-1], node=node)


def rewrite_note(text: str, reservation: Reservation, key: NoteKey) -> str:
    """The description with our note replaced by the present one; all other lines stay."""
    lines = text.splitlines()
    first, *more = (index for index, line in enumerate(lines) if _is_ours(line, key))
    lines[first] = note_for(reservation, key).splitlines()[-1]
    return "\n".join(line for index, line in enumerate(lines) if index not in more)


def _is_ours(line: str, key: NoteKey) -> bool:
    return any(_is_signed(parts, key) for parts in _notes_in(line))


def _is_signed(parts: list[str], key: NoteKey) -> bool:
    return parts[0] == key.installation and hmac.compare_digest(parts[-1], _sign("|".join(parts[:-1]), key))


def names_us(text: str | None, key: NoteKey, *, of: GuestKey) -> bool:
    """Whether a description claims to be this installation's note for this VM, with any signature."""
    claims = ((parts[0], parts[1], parts[2]) for parts in _notes_in(text))
    return (key.installation, of.cluster, str(of.vmid)) in claims


def _notes_in(text: str | None) -> Iterator[list[str]]:
    """The lines with the form of a note: the fields with the signature."""
    for line in (text or "").splitlines():
        mark, *parts = line.strip().split("|")
        if len(parts) == {_MARK: 9, _RUN_MARK: 10}.get(mark):
            yield parts


def _fields(reservation: Reservation, installation: str) -> tuple[str, ...]:
    return (
        installation,
        reservation.cluster,
        str(reservation.vmid),
        reservation.name,
        reservation.profile,
        reservation.seat or "",
        reservation.address,
        str(int(reservation.reserved_at)),
        *(() if reservation.run is None else (str(reservation.run),)),
    )


def _sign(fields: str, key: NoteKey) -> str:
    return hmac.new(key.secret, fields.encode(), hashlib.sha256).hexdigest()


def _reservation(parts: list[str], *, node: NodeName) -> Reservation:
    cluster, vmid, name, profile, seat, address, reserved_at, *run = parts
    return Reservation(
        name=DesktopName(name),
        cluster=ClusterId(cluster),
        vmid=Vmid(int(vmid)),
        profile=ProfileName(profile),
        seat=seat_named(seat),
        address=address,
        node=node,
        reserved_at=float(reserved_at),
        run=int(run[0]) if run else None,
        proven=True,
    )
