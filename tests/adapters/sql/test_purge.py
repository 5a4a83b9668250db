"""After the retention has passed, no byte of the store names the people of then."""

import json
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from provisioner.adapters.sql.store import SqlStore
from provisioner.model.ids import DesktopName
from provisioner.model.intents import IntentKind
from provisioner.model.machines.desktops import GuestReport, Session, SessionState
from provisioner.model.scenario.surges import SurgeChange, SurgeRun, SurgeState, moved
from provisioner.ports import Changes
from provisioner.reasons.reason import NONE
from tests.builders.store import NOON, StillClock, a_report, a_roster, an_intent, an_outcome
from tests.sessions.site import Site

pytestmark = pytest.mark.long

DAY_S = 86_400.0
NAMES = tuple(f"planté{number:02}-zq" for number in range(50))
"""Logins and names that occur in nothing else."""


def left_in(folder: Path) -> list[str]:
    """The planted names that any of the store's files has, side files too."""
    kept = b"".join(path.read_bytes() for path in sorted(folder.iterdir()))
    ways = {name: (name.encode(), name.encode("utf-16-le"), json.dumps(name)[1:-1].encode()) for name in NAMES}
    return [name for name in NAMES if any(way in kept for way in ways[name])]


def a_report_of(login: str, at: float) -> GuestReport:
    session = Session(login=login, state=SessionState.CONNECTED, since=at)
    return a_report(read_at=at, booted_at=at - 60, ready_at=at - 30, sessions=(session, session))


def plant(site: Site, store: SqlStore) -> None:
    """Fifty people in everything that the store keeps: reports, journal, rosters, orders and runs."""
    records = site.cache.state.desktops
    for name, login in zip(sorted(records), NAMES, strict=True):
        report = a_report_of(login, NOON)
        lines = (an_outcome(records[name].reservation.vmid, reason=f"{login} cannot be reached", ended_at=NOON),)
        site.cache.commit(Changes(desktops={name: replace(records[name], report=report)}, outcomes=lines))
    for number in range(12):
        site.cache.commit(Changes(roster=a_roster(*NAMES[number:], read_at=NOON)))
    for login in NAMES:
        hold = an_intent(IntentKind.HOLD, by=login, reason=f"{login} asks for it", at=NOON)
        store.give(hold)
        store.withdraw(IntentKind.HOLD, by=login, at=NOON)
    run = SurgeRun.begun("night", NOON, number=1)
    for state in (SurgeState.PAUSED, SurgeState.ENDED):
        run = moved(run, state, by=NAMES[7], at=NOON)
        site.cache.commit(Changes(surge=SurgeChange(run=run, what="x", by=NAMES[7], at=NOON, why=NONE)))
    site.cache.commit(Changes(surge=SurgeChange(run=SurgeRun.begun("day", NOON, number=2), what="x", by="", at=NOON, why=NONE)))


@pytest.fixture
def site(tmp_path: Path) -> Site:
    store = SqlStore(f"sqlite:///{tmp_path}/bascule.db", clock=StillClock())
    return Site({5001 + number: "standard" for number in range(50)}, at=NOON, store=store)


def test_fifty_planted_names_are_in_no_byte_once_the_retention_has_passed(site: Site, tmp_path: Path):
    assert isinstance(site.store, SqlStore)
    plant(site, site.store)
    assert left_in(tmp_path) == list(NAMES)

    site.clock.at = NOON + 181 * DAY_S
    site.cache.commit(Changes(roster=a_roster("autre", read_at=site.clock.at)))
    site.intake.purge(site.clock.at)
    site.store.trim_journal(before=site.clock.at - 180 * DAY_S, at=site.clock.at)

    assert left_in(tmp_path) == []
    lines = [str(line.reason) for line in site.store.journal() if line.what == "trim"]
    assert len(lines) == 3, "and each purge is in the journal"


def test_who_was_logged_on_to_a_silent_desktop_is_kept_for_thirty_days_and_stays_unknown(site: Site, tmp_path: Path):
    assert isinstance(site.store, SqlStore)
    name = DesktopName("vd-5001")
    record = site.cache.state.desktops[name]
    site.cache.commit(Changes(desktops={name: replace(record, report=a_report_of(NAMES[0], NOON))}))

    for days, left in ((29, [NAMES[0]]), (31, [])):
        site.clock.at = NOON + days * DAY_S
        site.intake.purge(site.clock.at)
        site.store.trim_journal(before=0.0, at=site.clock.at)
        assert left_in(tmp_path) == left
        assert site.state(name).sessions is None

    site.store.close()
    with closing(SqlStore(f"sqlite:///{tmp_path}/bascule.db", clock=StillClock())) as reopened:
        reopened.claim()
        report = reopened.load().desktops[name].report
        assert report is not None
        assert report.sessions == ()
