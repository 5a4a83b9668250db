"""H1: an order that cannot be read or carried out costs itself: it is set aside and told, and the loop goes on."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from provisioner.adapters.sql.store import SqlStore
from provisioner.errors import StoreError
from provisioner.model.ids import AgentId, WaveName
from provisioner.model.intents import Intent, IntentKind, Terms, Withdrawal
from provisioner.model.people.profiles import Selection
from provisioner.model.scenario.scenarios import PlannedTime, Scenario, Wave
from provisioner.model.scenario.surges import SurgeChange, SurgeState, SurgeTerms
from provisioner.ports import Changes
from provisioner.wrong.listing import wrong_in
from tests.builders.cluster import NOW
from tests.builders.reconciler import SetClock, Site

BY_HAND = Scenario(name="confinement", by_hand=True, waves=(Wave(name=WaveName("first"), who=Selection()),))


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """Two people with ready desktops, and a store in a file."""
    store = SqlStore(f"sqlite:///{tmp_path}/bascule.db", clock=SetClock())
    store.claim()
    store.commit(Changes(baseline_accepted=True))
    store.close()
    site = Site(agents=2, scenario=BY_HAND, store=store)
    site.settle(cycles=5)
    obey(site, IntentKind.SURGE, "start", surge=SurgeTerms())
    site.settle(cycles=8)
    yield site
    site.store.close()


def obey(site: Site, kind: IntentKind, target: str = "", **terms: object) -> str:
    return site.reconciler.obey(Intent(kind=kind, by="claire", at=site.clock.at, target=target, terms=Terms(**terms)))


def poison(site: Site, statement: str, *values: object) -> None:
    """Kill the daemon, change its store by hand, and start it again."""
    site.store.close()
    file = site.store._sessions._place.name.removeprefix("sqlite:///")
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute(statement, values)
    site.restart()


def insert(site: Site, kind: object, target: object = "", *, until: object = None, **json: str | None) -> None:
    columns = {"rekeys": None, "allows": None, "terms": None, **json}
    row = (kind, target, "claire", NOW, "why", until, *columns.values())
    poison(site, "INSERT INTO intents VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", *row)


def said(site: Site) -> list[tuple[str, str]]:
    """The list of what is wrong, as far as it is about orders."""
    return [(entry.code, str(entry.says)) for entry in wrong_in(site.status) if entry.code.startswith("order_")]


def journal(site: Site, result: str) -> list[tuple[str, str]]:
    return [(line.what, line.subject) for line in site.store.journal(limit=50) if line.result == result]


@pytest.mark.parametrize(
    "until",
    [
        pytest.param(253_402_300_740.0, id="9999-12-31 23:59"),
        pytest.param(float("inf"), id="infinite"),
        pytest.param("soon", id="no number"),
        pytest.param(b"\xff", id="bytes"),
    ],
)
def test_a_hold_whose_end_cannot_be_read_stands_until_somebody_ends_it(site: Site, until: object):
    """H1: unknown counts as in force."""
    insert(site, "hold", until=until)
    site.settle(cycles=2)

    assert [(intent.kind, intent.until) for intent in site.status.intents] == [(IntentKind.HOLD, None)]
    ((code, words),) = said(site)
    assert code == "order_stands"
    assert "'hold', by claire" in words
    assert journal(site, "set_aside") == [("hold", "")]

    ended = site.reconciler.obey(Withdrawal(kind=IntentKind.HOLD, by="claire", at=site.clock.at))
    site.settle(cycles=2)
    assert (ended, site.status.intents, said(site)) == ("", (), [])


def test_an_order_of_nobody_whose_name_can_be_read_stands_and_every_document_can_be_made(site: Site):
    """H1: bytes where a name was made every answer about orders a 500."""
    poison(site, "INSERT INTO intents VALUES ('hold', '', x'ff00', 1.8e9, 7, NULL, NULL, NULL, NULL)")
    site.settle(cycles=2)

    assert [type(intent.by) for intent in site.status.intents] == [str]
    assert [code for code, _ in said(site)] == ["order_stands"]


@pytest.mark.parametrize(
    ("kind", "target", "json", "stands"),
    [
        pytest.param("freeze", "", {"terms": "{"}, (IntentKind.FREEZE, ""), id="a freeze"),
        pytest.param("quarantine", "vd-5000", {"terms": "[]"}, (IntentKind.QUARANTINE, "vd-5000"), id="a quarantine"),
        pytest.param("drain", "pve/n1", {"terms": "[]"}, (IntentKind.CORDON, "pve/n1"), id="a drain closes its node"),
        pytest.param("evacuate", b"\x00", {"terms": "[]"}, (IntentKind.HOLD, ""), id="an evacuation of nobody knows what"),
        pytest.param("of tomorrow", "x", {}, (IntentKind.HOLD, ""), id="a kind that nobody knows"),
    ],
)
def test_what_may_protect_something_is_in_force(site: Site, kind: str, target: object, json: dict[str, str], stands: object):
    insert(site, kind, target, **json)
    site.settle(cycles=2)

    assert [(intent.kind, intent.target) for intent in site.status.intents] == [stands]
    assert [code for code, _ in said(site)] == ["order_stands"]


@pytest.mark.long
@pytest.mark.parametrize(
    ("kind", "json"),
    [
        pytest.param("rekey", {"rekeys": '[["only one"]]'}, id="a rekey of one id"),
        pytest.param("accept_directory", {"allows": "{}"}, id="an allowance of nobody"),
        pytest.param("message", {"terms": '{"minutes": 1e308, "agent": null}'}, id="a message in 1e308 minutes"),
        pytest.param("rebuild", {"terms": '{"agent": null, "of_tomorrow": 1}'}, id="terms of another version"),
    ],
)
def test_an_order_that_can_have_protected_nothing_is_dropped_and_told(site: Site, kind: str, json: dict[str, str]):
    insert(site, kind, "vd-5000", **json)
    site.settle(cycles=2)
    site.restart()
    site.settle(cycles=1)

    assert site.status.intents == ()
    assert journal(site, "set_aside") == [(kind, "vd-5000")]


def test_a_dropped_order_is_in_the_list_of_what_is_wrong_for_a_day(site: Site):
    insert(site, "rekey", rekeys="{")
    site.settle(cycles=1)
    ((code, words),) = said(site)
    site.clock.at += 86_400.0
    site.settle(cycles=1)

    assert (code, "by claire" in words, said(site)) == ("order_set_aside", True, [])


@pytest.mark.parametrize(
    "change",
    [
        pytest.param("terms = json_set(terms, '$.day_1', '9999-12-31')", id="H1: first_day 9999-12-31"),
        pytest.param("terms = json_set(terms, '$.goes_back.keep_s', 1e308)", id="H1: keep_s 1e308"),
        pytest.param("terms = '{'", id="half a row"),
        pytest.param("state = 'of tomorrow'", id="a state that nobody knows"),
        pytest.param("given_by = x'ff00'", id="bytes instead of a name"),
        pytest.param("since = 'yesterday', started_at = 9e99", id="no times"),
    ],
)
def test_a_store_with_a_poisoned_run_starts_and_the_run_waits_for_an_operator(site: Site, change: str):
    """H1: the daemon ended at each start. Nobody loses a desktop meanwhile, and an operator lets it go on."""
    before = dict(site.phases)
    poison(site, f"UPDATE surges SET {change}")
    site.settle(cycles=3)

    run = site.reconciler.records.surge
    assert run is not None
    assert (run.state, run.rebuilt, run.number, site.phases) == (SurgeState.PAUSED, True, 1, before)
    assert [code for code, _ in said(site)] == ["order_set_aside"]
    assert obey(site, IntentKind.SURGE, "resume") == ""
    site.restart()
    assert site.reconciler.records.surge.state is SurgeState.RUNNING


def test_a_run_under_which_nobody_can_say_who_is_wanted_waits_for_an_operator(site: Site):
    """H1: the fence at each use. A scenario with a day and no calendar passes no door; here it is in the store all the same."""
    run = site.reconciler.records.surge
    wave = Wave(name=WaveName("first"), who=Selection(), ready_by=PlannedTime(day=1))
    scenario = replace(BY_HAND, planned=True, waves=(wave,))
    site.reconciler.parts.surge.keep(replace(a_change(site), run=replace(run, as_started=scenario, day_1=date(2027, 1, 15))))
    site.restart()
    site.settle(cycles=2)

    assert site.reconciler.records.surge.state is SurgeState.PAUSED
    ((code, words),) = said(site)
    assert (code, "AssertionError" in words) == ("order_set_aside", True)


def a_change(site: Site) -> SurgeChange:
    return SurgeChange(run=site.reconciler.records.surge, what="accept", by="claire", at=site.clock.at)


class Spiteful(str):
    """A login that nothing can be compared with."""

    __slots__ = ()
    __hash__ = str.__hash__

    def __eq__(self, other: object) -> bool:
        raise ArithmeticError

    def casefold(self) -> str:
        raise ArithmeticError

    lower = casefold


@pytest.mark.parametrize("kind", [IntentKind.REASSIGN, IntentKind.REBUILD])
def test_an_order_that_fails_in_the_cycle_is_set_aside_and_the_others_are_carried_out(site: Site, kind: IntentKind):
    """H1: the fence at each use covers this order alone."""
    name = min(site.status.desktops)
    spiteful = Intent(kind=kind, by="claire", at=NOW, target=name, terms=Terms(agent=AgentId(Spiteful("x"))))
    site.reconciler.parts.intents.in_force = (spiteful,)
    site.reconciler.parts.store.give(replace(spiteful, terms=Terms()))
    if kind is IntentKind.REASSIGN:
        site.reconciler.parts.intents.reassign(site.reconciler.records, busy=frozenset())
    else:
        with site.reconciler.parts.intents.fence.around(spiteful):
            assert spiteful.terms.agent == "x"
    site.settle(cycles=1)

    ((code, words),) = said(site)
    assert (code, "ArithmeticError" in words, site.store.intents()) == ("order_set_aside", True, ())


def test_the_store_s_own_errors_are_not_set_aside(site: Site):
    """They are not an order's: the daemon says so and ends, as it does."""
    with pytest.raises(StoreError), site.reconciler.parts.intents.fence.around(Intent(kind=IntentKind.STOP, by="x", at=NOW)):
        raise StoreError("the disk is full")


def test_the_log_says_where_an_error_of_the_program_arose(site: Site):
    """H1: the type alone would hide it. Never its words: they may be the order's."""
    with site.reconciler.parts.intents.fence.around(Intent(kind=IntentKind.STOP, by="claire", at=NOW, target="vd-1")):
        raise KeyError("a message to jdupont")

    (words,) = [text for _, text in site.heard.notices if "cannot be carried out" in text]
    assert f"KeyError (module {__name__}, line " in words
    assert "jdupont" not in words
