"""What the control thread publishes for the API, and the configuration as the API shows it."""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from functools import partial
from pathlib import Path

from provisioner.api.site import Noticeboard
from provisioner.daemon.site_file import release
from provisioner.errors import SettingsError
from provisioner.model.actions import Outcome
from provisioner.model.ids import DesktopName, DesktopPoolName, Instant
from provisioner.model.kept.records import DesktopRecord
from provisioner.model.people.agents import Roster
from provisioner.model.pools import Lend
from provisioner.model.scenario.scenarios import ScenarioDifference
from provisioner.model.scenario.surges import WaveMove
from provisioner.model.status import Status
from provisioner.planning.demand.comparison import differences_of
from provisioner.planning.demand.moves import wave_moves
from provisioner.planning.lending.choice import free_desktops
from provisioner.planning.orders.surges import undated
from provisioner.ports import ApiCall, Clock
from provisioner.reasons.reason import Reason
from provisioner.reconciler import Reconciler
from provisioner.reconciler.orders import OrderFacts, why_refused
from provisioner.settings.bascule import load_settings
from provisioner.settings.reload import KeyDifference, differences, needs_restart
from provisioner.settings.values import Reload, Settings
from provisioner.views.daemon import ConfigDocument, DifferenceDocument, ReloadDocument
from provisioner.views.published import Published, began_of
from provisioner.views.reasons import reason_document
from provisioner.views.times import stamp
from provisioner.wrong.entry import Wrong

VERSION = release()
_FRESH_S = 5.0
"""Real seconds for which a look at the files on disk counts: reading them takes a tenth of a second of processor time."""


class StatusPublisher:
    """A listener (ports.Events): puts what is known at a cycle's end on the board."""

    def __init__(
        self,
        board: Noticeboard,
        reconciler: Callable[[], Reconciler],
        *,
        wrong: Callable[[Status], tuple[Wrong, ...]],
        offer: Callable[[Status], None] | None = None,
    ) -> None:
        """`wrong`: the list of what is wrong; `offer`: who else gets the status of each cycle, returns at once.

        Before the first cycle a status knows of no desktop: whoever keeps up what desktops have elsewhere (names, connections,
        computer accounts) would take all of it for gone.
        """
        self._board, self._reconciler, self._wrong, self._offer = board, reconciler, wrong, offer
        self._about: tuple[object, ...] = ()
        self._found: tuple[tuple[WaveMove, ...], tuple[ScenarioDifference, ...]] = ((), ())

    def status(self, status: Status) -> None:
        """Called by the control thread at each cycle's end. The records are copied: their view changes with the next commit."""
        reconciler = self._reconciler()
        scenario, records = reconciler.config.scenario, dict(reconciler.records.desktops)
        moves, edits = self._edited(reconciler, status.at)
        published = Published(
            status=status,
            records=records,
            heard=reconciler.sessions.heard(),
            scenario=scenario,
            configured=reconciler.proposed,
            connections={name: profile.connection for name, profile in reconciler.config.profiles.items()},
            ready_within_s={name: profile.ready_timeout_s for name, profile in reconciler.config.profiles.items()},
            refusal=partial(why_refused, facts=_order_facts(reconciler, status, records)),
            lendable=_lendable(reconciler),
            began_at=began_of(status.surge, scenario),
            wrong=self._wrong(status),
            moves=moves,
            edits=edits,
        )
        self._board.publish(published)
        if self._offer is not None and status.planned_at is not None:
            self._offer(status)

    def _edited(
        self, reconciler: Reconciler, now: Instant
    ) -> tuple[tuple[WaveMove, ...] | None, tuple[ScenarioDifference, ...]]:
        """What the configured scenario does otherwise; computed once for each pair of scenarios and roster: everybody is
        looked at."""
        proposed, config, records = reconciler.proposed, reconciler.config, reconciler.records
        if undated(proposed) == undated(config.scenario):
            return None, ()
        about = (proposed, config.rules, records.roster)
        if about != self._about:
            start, roster, may = records.surge.started_at if records.surge else now, records.roster, config.entitlements
            self._about = about
            self._found = (
                wave_moves(roster, config.rules, proposed, served=records.served),
                differences_of(config.scenario, proposed, start=start, roster=roster, entitlements=may),
            )
        return self._found

    def api_call(self, call: ApiCall) -> None:
        """Not published."""

    def outcome(self, outcome: Outcome) -> None:
        """Not published: the journal has it."""

    def directory_read(self, roster: Roster | None, error: str) -> None:
        """Not published: the status has it."""

    def notice(self, subject: str, text: str) -> None:
        """Not published: notices are for the log."""


def _order_facts(reconciler: Reconciler, status: Status, records: Mapping[DesktopName, DesktopRecord]) -> OrderFacts:
    """As `Reconciler.obey` would have them now. Nothing in them changes with the next cycle: any thread may ask."""
    return OrderFacts(
        records=replace(reconciler.records, desktops=records),
        snapshot=status.snapshot,
        config=reconciler.config,
        now=status.at,
        desktops=status.desktops,
        demand=status.demand,
        busy=reconciler.parts.written,
        pushing=reconciler.sessions.pushing(),
        room={key: left.memory_mib for key, left in status.headroom.nodes.items()},
    )


def _lendable(reconciler: Reconciler) -> Mapping[DesktopPoolName, int]:
    """How many desktops of each pool an order to lend could have had."""
    desk = reconciler.parts.lend_desk
    pools = [name for name, pool in reconciler.config.desktop_pools.items() if pool.lend is Lend.ON_REQUEST]
    if not pools or not desk.has_facts:
        return {}
    facts = desk.facts()
    return {name: len(free_desktops(name, facts)) for name in pools}


class ConfigWatch:
    """The configuration in force, compared with the files on disk when somebody asks."""

    def __init__(self, path: Path, *, environment: Mapping[str, str], clock: Clock) -> None:
        self._path, self._environment, self._clock = path, environment, clock
        self._turn = threading.Lock()
        self._looked: tuple[float, Settings | Reason] | None = None
        self._settings: Settings | None = None
        self._since: Instant = clock.now()

    def in_force(self, settings: Settings) -> None:
        """These settings are in force from now on."""
        self._settings, self._since, self._looked = settings, self._clock.now(), None

    def document(self) -> ConfigDocument:
        """Both configurations, at most a few seconds old. Any thread may call."""
        in_force, on_disk = self._settings, self._on_disk()
        assert in_force is not None, "there are settings before anybody can ask"
        changed: tuple[str, ...] = ()
        found: tuple[KeyDifference, ...] = ()
        if isinstance(on_disk, Settings):
            found = differences(in_force, on_disk)
            names = (field.name for field in fields(Settings))
            changed = tuple(name for name in names if getattr(in_force, name) != getattr(on_disk, name))
        return ConfigDocument(
            file=str(self._path),
            in_force_since=stamp(self._since),
            differs=bool(changed) if isinstance(on_disk, Settings) else None,
            changed=changed,
            differences=tuple(map(_difference, found)),
            waits_for_restart=tuple(needs_restart(in_force, on_disk)) if isinstance(on_disk, Settings) else (),
            problem=None if isinstance(on_disk, Settings) else reason_document(on_disk),
        )

    def reload_document(self, before: Settings, on_disk: Settings) -> ReloadDocument:
        """What a reload now takes up of the files, with these settings in force before it."""
        return ReloadDocument(
            file=str(self._path),
            read_at=stamp(self._clock.now()),
            differences=tuple(map(_difference, differences(before, on_disk))),
            waits_for_restart=tuple(needs_restart(before, on_disk)),
        )

    def _on_disk(self) -> Settings | Reason:
        with self._turn:
            if self._looked is None or time.monotonic() - self._looked[0] > _FRESH_S:
                self._looked = (time.monotonic(), self._read())
            return self._looked[1]

    def _read(self) -> Settings | Reason:
        try:
            return load_settings(self._path, environment=self._environment)
        except SettingsError as error:
            return error.reason


def _difference(difference: KeyDifference) -> DifferenceDocument:
    return DifferenceDocument(
        key=difference.key,
        in_force=difference.before,
        on_disk=difference.after,
        by_restart=difference.reload is Reload.RESTART,
    )
