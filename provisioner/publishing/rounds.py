"""One round of one zone: read, compare, write."""

from collections.abc import Mapping
from dataclasses import replace

from provisioner.errors import PublishingError
from provisioner.model.ids import Instant
from provisioner.model.zones import ZoneRecord, ZoneRules, ZoneState
from provisioner.ports import ZoneServer
from provisioner.publishing.difference import Difference, difference


class ZoneRounds:
    """One zone, from round to round. One thread uses it."""

    def __init__(self, server: ZoneServer, rules: ZoneRules, *, installation: str) -> None:
        self._server, self._rules, self._installation = server, rules, installation
        self._gone_since: Mapping[str, Instant] = {}
        """Since when names of ours have not been wanted, in this life of the daemon."""
        self.state = ZoneState(zone=server.zone, dry_run=rules.dry_run)

    def round(self, wanted: Mapping[str, ZoneRecord], *, may_write: bool, may_remove: bool, now: Instant) -> ZoneState:
        """Bring the zone up to what is wanted. A failure is in the state, and the next round begins anew."""
        try:
            found = self._compare(wanted, may_remove=may_remove, now=now)
            undone = self._server.apply(found.changes) if may_write else found.changes
        except PublishingError as error:
            self.state = replace(self.state, wanted=len(wanted), failing=error.reason)
            return self.state
        writes = [change for change in undone if change.record is not None]
        self.state = ZoneState(
            zone=self._server.zone,
            wanted=len(wanted),
            published=len(wanted) - len(found.foreign) - len(writes),
            waiting=len(undone),
            foreign=found.foreign,
            read_at=now,
            dry_run=self._rules.dry_run,
        )
        return self.state

    def _compare(self, wanted: Mapping[str, ZoneRecord], *, may_remove: bool, now: Instant) -> Difference:
        due = now - self._rules.remove_after_s

        held, used = self._server.read(), {record.value for record in wanted.values()}

        def may_go(name: str) -> bool:
            """At once, if another desktop has its address now: the name would lead to somebody else's desktop."""
            leads_elsewhere = any(value in used for _, value in held[name].values)
            return may_remove and (leads_elsewhere or self._gone_since.get(name, now) <= due)

        found = difference(wanted, held, installation=self._installation, may_go=may_go)
        self._gone_since = {name: self._gone_since.get(name, now) for name in found.gone}
        return found
