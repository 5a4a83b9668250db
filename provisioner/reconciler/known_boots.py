"""Which boot each desktop is in, as far as Bascule has read it, and what its pushes are signed with."""

from collections.abc import Callable, Iterator, Set

from provisioner.model.ids import DesktopName, Instant, Vmid
from provisioner.model.kept.records import DesktopRecord
from provisioner.model.machines.desktops import Reservation
from provisioner.model.machines.guest_bounds import MAX_AGE_S, MAX_SESSIONS
from provisioner.model.site_config import SiteConfig
from provisioner.model.status_document import BootSecret
from provisioner.reconciler.durable_state import RecordCache
from provisioner.sessions.book import DesktopSessions
from provisioner.sessions.push import KnownBoot, Push, is_signed


class KnownBoots:
    """Only the control thread uses it."""

    def __init__(self, cache: RecordCache, *, known: Callable[[DesktopName], DesktopSessions | None]) -> None:
        """`known`: what the book of sessions has of a desktop."""
        self._cache, self._known = cache, known
        self._read: dict[DesktopName, tuple[BootSecret, Instant]] = {}
        """Of desktops whose documents are not evidence: what their pushes are signed with, and when that was read."""

    def missed(self, name: DesktopName, boot: BootSecret, now: Instant) -> None:
        """A document was read that is not evidence, because of its time; its boot and secret are."""
        self._read[name] = (boot, now)

    def forget(self, name: DesktopName) -> None:
        """It is gone."""
        self._read.pop(name, None)

    def of(self, push: Push, config: SiteConfig) -> Iterator[KnownBoot]:
        """What is known of the desktops with this VMID: one in each cluster."""
        for names in self._cache.state.vmids.values():
            record = self._cache.state.desktops.get(names[push.vmid]) if push.vmid in names else None
            if record is not None:
                yield self._boot(record, config)

    def _boot(self, record: DesktopRecord, config: SiteConfig) -> KnownBoot:
        """By its last report; or by a later document that was not evidence, and is of another boot."""
        name, report = record.reservation.name, self._cache.report_of(record)
        (boot_id, secret, sequence), read_at = self._read.get(name, (("", "", 0), 0.0))
        if report is not None and (report.boot_id == boot_id or report.read_at >= read_at):
            boot_id, secret, sequence, read_at = report.boot_id, report.push_secret, report.sequence, report.read_at
        known = self._known(name)
        of_boot = known if known is not None and known.boot_id == boot_id else None
        read_began_at = read_at - sequence / 1e6
        return KnownBoot(
            desktop=name,
            boot_id=boot_id,
            secret=secret,
            sequence=max(sequence, 0 if of_boot is None else of_boot.sequence),
            began_at=read_began_at if of_boot is None else of_boot.began_at,
            earliest_at=read_began_at - MAX_AGE_S if of_boot is None else of_boot.earliest_at,
            max_sessions=most_sessions(record.reservation, config),
        )


def most_sessions(reservation: Reservation, config: SiteConfig) -> int:
    """That a desktop can have, by its profile."""
    profile = config.profiles.get(reservation.profile)
    return MAX_SESSIONS if profile is None else profile.max_sessions


class Signers:
    """Only the control thread changes it, by a new value for a VMID; any thread may ask."""

    def __init__(self) -> None:
        self._of: dict[Vmid, dict[DesktopName, tuple[str, str]]] = {}

    def learn(self, reservation: Reservation, boot_id: str, secret: str) -> None:
        """A boot and its secret have been read. Each cluster may have a desktop with this VMID."""
        if secret:
            self._of[reservation.vmid] = {**self._of.get(reservation.vmid, {}), reservation.name: (boot_id, secret)}

    def forget(self, names: Set[DesktopName]) -> None:
        """They are gone."""
        for vmid, known in tuple(self._of.items()):
            if names & known.keys():
                self._of[vmid] = {name: boot for name, boot in known.items() if name not in names}

    def has_signed(self, push: Push) -> bool:
        """Whether a desktop with its VMID has signed it, as far as was read."""
        return any(is_signed(push, secret) for secret in self._secrets(push))

    def knows_boot(self, push: Push) -> bool:
        """Whether the boot that it names was read."""
        return any(True for _ in self._secrets(push))

    def _secrets(self, push: Push) -> Iterator[str]:
        known = self._of.get(push.vmid, {})
        return (secret for boot_id, secret in known.values() if boot_id == push.boot_id)
