"""The signed note in a VM's description: what proves a desktop ours, and what a lost store is rebuilt from."""

import hashlib
import hmac
from dataclasses import dataclass

from provisioner.model.desktops import Reservation
from provisioner.model.ids import AgentId, ClusterId, DesktopName, Instant, NodeName, ProfileName, Vmid

_MARK = "bascule-note:v1"
_TITLE = "Bascule desktop. Keep the next line as it is: it proves whose this VM is."


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteKey:
    """The secret that signs notes; kept outside the store. Its repr hides it."""

    installation: str
    secret: bytes

    def __repr__(self) -> str:
        return f"NoteKey(installation={self.installation!r}, secret=…)"


def note_for(reservation: Reservation, key: NoteKey) -> str:
    """The description given in the clone call: binds installation, cluster, VMID, name, profile, agent and address."""
    fields = "|".join(_fields(reservation, key.installation))
    return f"{_TITLE}\n{_MARK}|{fields}|{_sign(fields, key)}"


def read_note(text: str | None, key: NoteKey, *, node: NodeName, seen_at: Instant) -> Reservation | None:
    """The reservation a description proves, or None: unsigned, edited, or of another installation.

    The caller must still compare cluster and VMID with the VM that carried it: a copied note proves nothing.
    """
    for line in (text or "").splitlines():
        parts = line.strip().split("|")
        if parts[0] != _MARK or len(parts) != 9:
            continue
        fields = "|".join(parts[1:-1])
        if parts[1] == key.installation and hmac.compare_digest(parts[-1], _sign(fields, key)):
            return _reservation(parts[2:-1], node=node, seen_at=seen_at)
    return None


def _fields(reservation: Reservation, installation: str) -> tuple[str, ...]:
    return (
        installation,
        reservation.cluster,
        str(reservation.vmid),
        reservation.name,
        reservation.profile,
        reservation.agent_id or "",
        reservation.address,
    )


def _sign(fields: str, key: NoteKey) -> str:
    return hmac.new(key.secret, fields.encode(), hashlib.sha256).hexdigest()


def _reservation(parts: list[str], *, node: NodeName, seen_at: Instant) -> Reservation:
    cluster, vmid, name, profile, agent, address = parts
    return Reservation(
        name=DesktopName(name),
        cluster=ClusterId(cluster),
        vmid=Vmid(int(vmid)),
        profile=ProfileName(profile),
        agent_id=AgentId(agent) if agent else None,
        address=address,
        node=node,
        reserved_at=seen_at,
        proven=True,
    )
