"""The thread that removes the accounts of deleted desktops."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from provisioner.capabilities.domain.joining import Joining
from provisioner.capabilities.domain.model import STATE, ComputerAccount, ComputerAccounts, DomainRules, DomainState
from provisioner.capabilities.domain.settings import DOMAIN
from provisioner.daemon.beside import JOIN, SideWork, Surroundings
from provisioner.daemon.rounds import StatusThread, no_notice
from provisioner.errors import DirectoryError
from provisioner.extensions import Parts
from provisioner.model.ids import Instant
from provisioner.model.status import Status
from provisioner.ports import Clock
from provisioner.reasons.reason import NONE


class ComputerWorker(StatusThread):
    """Its thread touches nothing but accounts that are this installation's."""

    def __init__(
        self,
        accounts: ComputerAccounts,
        rules: DomainRules,
        joining: Joining,
        *,
        realm: str,
        clock: Clock,
        frozen: Callable[[], bool] = lambda: False,
        notice: Callable[[str, str], None] = no_notice,
        clock_rate: float = 1.0,
    ) -> None:
        """See `ZoneWorker`."""
        super().__init__("domain", interval_s=rules.interval_s / clock_rate, notice=notice)
        self._accounts, self._rules, self.joining, self._clock = accounts, rules, joining, clock
        self._frozen = frozen
        self._gone_since: Mapping[str, Instant] = {}
        """Since when accounts of ours have had no desktop, by their identity, in this life of the daemon."""
        self._state = DomainState(realm=realm, dry_run=rules.dry_run)

    def now(self) -> DomainState:
        """How things are, with the desktops that have asked in vain up to now. Any thread may ask."""
        not_made = self.joining.not_made(self._status.desktops.keys()) if self._status is not None else {}
        return replace(self._state, not_made=tuple(sorted(not_made.items())))

    def once(self, status: Status) -> DomainState:
        """One round: read, and remove what has been without a desktop for long enough."""
        before = self._state.failing
        try:
            self._state = self._round(status, self._clock.now())
        except DirectoryError as error:
            self._state = replace(self._state, failing=error.reason)
        if (failing := self._state.failing) != before:
            said = f"accounts are not kept up: {failing}" if failing else "accounts are kept up again"
            self._notice(f"domain {self._state.realm}", said)
        return self._state

    def _round(self, status: Status, now: Instant) -> DomainState:
        """Raises DirectoryError."""
        held = self._accounts.read()
        gone = [account for account in held if account.desktop not in status.desktops]
        self._gone_since = {each.identity: min(now, self._gone_since.get(each.identity, now)) for each in gone}
        removed = 0
        if status.baseline_accepted and not self._rules.dry_run:
            for account in self._due(gone, now):
                if self._over.is_set() or self._frozen():
                    break
                self._accounts.remove(account)
                removed += 1
        return replace(self._state, accounts=len(held) - removed, gone=len(gone) - removed, read_at=now, failing=NONE)

    def _due(self, gone: Sequence[ComputerAccount], now: Instant) -> list[ComputerAccount]:
        return [each for each in gone if self._gone_since[each.identity] <= now - self._rules.remove_after_s]


def _make(around: Surroundings) -> ComputerWorker | None:
    settings = around.settings()
    domain = settings.sections[DOMAIN]
    if domain is None:
        return None
    from provisioner.capabilities.domain.outside import DomainComputers

    accounts = DomainComputers(domain, installation=settings.installation, clock=around.clock)

    def may_write() -> bool:
        return not domain.rules.dry_run and not around.frozen()

    joining = Joining(accounts, zone=settings.desktop_zone or domain.realm.lower(), may_write=may_write)
    return ComputerWorker(
        accounts,
        domain.rules,
        joining,
        realm=domain.realm,
        clock=around.clock,
        frozen=around.frozen,
        notice=around.notice,
        clock_rate=around.rate,
    )


def _services(_: Surroundings, worker: ComputerWorker | None) -> Parts:
    return Parts() if worker is None else Parts().having(JOIN, worker.joining.join)


WORK = SideWork(part=STATE, make=_make, services=_services)
