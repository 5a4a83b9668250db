"""Changes by hand on the cluster and VMs hidden from the token, in the words of a schedule."""

import json
from dataclasses import replace

from provisioner.model.ids import DesktopName
from provisioner.model.machines.twin_spec import StallStatus
from provisioner.twin.api.endpoints.guest_agent import status_document
from provisioner.twin.model.guests import TwinGuest, TwinSession
from provisioner.twin.twin import Twin
from tests.chaos.hands import Hands
from tests.chaos.judge import Judge
from tests.chaos.truth import STALE_S
from tests.chaos.veil import Veil
from tests.chaos.world import FIRST_VMID

_GUEST_LOOK_S = 0.5
"""So often somebody looks whether a desktop is as far as they wait for."""
_COMES_AFTER_S = 2.0
"""From a status document's last writing until somebody logs on."""
_STARTED_S = 1.0
"""From the making of somebody's own VM until it is started."""
_CROWD = 60
"""Sessions of a document that no desktop can hold."""
_DATES = ("written_at", "period_s", "connections", "boot_id")


class Tampering:
    """Each method takes `about` and `for_s` of a Happening, like the methods of Hands."""

    def __init__(self, twin: Twin, judge: Judge, hands: Hands, veil: Veil) -> None:
        self._twin, self._judge, self._hands, self._veil = twin, judge, hands, veil

    def tags_off(self, about: tuple[int, int], _: float) -> None:
        """Somebody takes all tags off some desktops."""
        rank, count = about
        for guest in self._some(rank, count):
            self._hands.do("PUT", f"/nodes/{guest.node}/qemu/{guest.vmid}/config", delete="tags")

    def hidden(self, about: tuple[str, float, int], for_s: float) -> None:
        """Listings lack some desktops, or all of our range: `rights` that are missing, or a listing that is `wrong`."""
        how, share, rank = about
        desktops = self._hands.desktops()
        some = {guest.vmid for guest in self._some(rank, max(1, round(share * len(desktops))))}
        which = some.__contains__ if share < 1 else range(FIRST_VMID, self._last_vmid).__contains__
        self._veil.hidden = which
        if how == "wrong":
            self._veil.free = which
        if how == "rights":
            self._veil.unreadable = which
        self._judge.hidden_until = self._twin.events.now + for_s + STALE_S
        self._twin.events.after(for_s, self._veil.lift)

    def unreadable(self, rank: int, for_s: float) -> None:
        """Of one VM in our range the token may not read the configuration; a desktop, or somebody else's."""
        in_range = sorted(vmid for vmid in self._twin.cluster.guests if FIRST_VMID <= vmid < self._last_vmid)
        if in_range:
            self._veil.unreadable = {in_range[rank % len(in_range)]}.__contains__
            self._twin.events.after(for_s, self._veil.lift)

    def forbidden(self, vmid: int, _: float) -> None:
        """The right to start one VM is missing, for good."""
        self._veil.forbidden = {vmid}.__contains__

    def copied_over(self, rank: int, _: float) -> None:
        """A desktop is deleted, and a copy of it without its note made under its number: its name, and our tags."""
        for guest in self._some(rank, 1):
            settings = {key: guest.config[key] for key in ("name", "tags", "memory", "cores") if key in guest.config}
            self._take_place(guest, settings)

    def take_over(self, rank: int) -> DesktopName | None:
        """A desktop is deleted, and somebody's own VM runs under its number at once; the desktop's name, if there was one."""
        for guest in self._some(rank, 1):
            note, start = self._judge.note_of(guest), f"/nodes/{guest.node}/qemu/{guest.vmid}/status/start"
            self._take_place(guest, {})
            self._twin.events.after(_STARTED_S, lambda start=start: self._hands.do("POST", start))  # type: ignore[misc]
            return None if note is None else note.name
        return None

    def swap(self, vmid: int) -> None:
        """A person deletes a new clone as soon as it exists and makes their own VM."""
        guest = self._twin.cluster.guests.get(vmid)
        if guest is not None and guest.lock is None and self._judge.note_of(guest) is not None:
            self._take_place(guest, {})
        elif guest is not None or self._twin.events.now < self._judge.calm_at:
            self._twin.events.after(_GUEST_LOOK_S, lambda: self.swap(vmid))

    def documents(self, about: tuple[str, str], for_s: float) -> None:
        """The status documents of a node's unused desktops are no longer updated; then a person logs on."""
        how, node = about
        for guest in self._hands.desktops():
            if guest.node == node and guest.ready and not guest.sessions:
                guest.status_file = self._document(guest, how)
                self._twin.events.after(_COMES_AFTER_S, lambda guest=guest: self._come(guest))  # type: ignore[misc]
                self._while_it_lasts(guest, guest.boots, self._twin.events.now + for_s)

    def stalls(self, node: str, for_s: float) -> None:
        """pvestatd hangs on a node."""
        self._judge.stalled_until = max(self._judge.stalled_until, self._twin.events.now + for_s + STALE_S)
        self._twin.faults.arm(StallStatus(node=node, at_s=0.0, for_s=for_s))

    def bridge_gone(self, _: None, for_s: float) -> None:
        """The bridge that all desktops are configured with is renamed: none starts until it has its name again."""
        before = self._twin.cluster.spec
        if before.bridges == self._twin.spec.bridges:
            self._twin.cluster.spec = replace(before, bridges=("vmbr9",))
            self._twin.events.after(for_s, lambda: setattr(self._twin.cluster, "spec", before))

    @property
    def _last_vmid(self) -> int:
        return FIRST_VMID + 1000

    def _some(self, rank: int, count: int) -> list[TwinGuest]:
        """Desktops on living nodes; desktops that have served come first."""
        desktops = [
            guest for guest in self._hands.desktops() if self._twin.cluster.nodes[guest.node].alive and guest.lock is None
        ]
        desktops.sort(key=lambda guest: (not guest.ready, guest.vmid))
        first = rank % len(desktops) if desktops else 0
        return (desktops[first:] + desktops[:first])[:count]

    def _take_place(self, guest: TwinGuest, settings: dict[str, str]) -> None:
        self._twin.cluster.people.desktop_gone(guest)
        self._twin.cluster.drop_guest(guest)
        self._hands.make(guest.vmid, guest.node, **settings)

    def _document(self, guest: TwinGuest, how: str) -> str:
        now, period_s = self._twin.events.now, self._twin.spec.report.period_s
        document = status_document(guest, now=now, period_s=period_s)
        if how == "undated":
            document = {key: value for key, value in document.items() if key not in _DATES}
        if how == "crowded":
            document["sessions"] = [
                {"user": f"u{number}", "state": "connected", "since": round(now, 3)} for number in range(_CROWD)
            ]
        return json.dumps(document)

    def _come(self, guest: TwinGuest) -> None:
        if guest.ready and not guest.sessions:
            guest.sessions.append(TwinSession(login=f"agent{guest.vmid}", since=self._twin.events.now))
            self._twin.cluster.people.open += 1

    def _while_it_lasts(self, guest: TwinGuest, boots: int, until: float) -> None:
        """A file under /run does not outlive its boot."""
        if self._twin.events.now >= until or guest.boots != boots or not guest.ready:
            guest.status_file = None
        else:
            self._twin.events.after(1.0, lambda: self._while_it_lasts(guest, boots, until))


__all__ = ["Tampering"]
