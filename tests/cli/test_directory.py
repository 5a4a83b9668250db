"""`bascule directory`: show what the next reading would change, and accept it."""

from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest

from provisioner.adapters.sql.store import SqlStore
from provisioner.demo.people import write_demo_directory
from provisioner.model.guard import GuardRecord, Quarantine
from provisioner.model.intents import Allowance, Intent, IntentKind
from provisioner.ports import Changes
from tests.builders.actions import a_reservation
from tests.builders.cli import a_lonely_site, bascule, files_of, journal_of, ordered_by
from tests.builders.desk import bascule_here, ordered
from tests.builders.directory import FixedClock, a_directory
from tests.builders.records import a_step

pytestmark = pytest.mark.long

EVERYBODY = 60


@pytest.fixture
def site(tmp_path):
    """Sixty agents in force, and the same sixty people in the directory."""
    site = a_lonely_site(tmp_path, agents=EVERYBODY)
    _keep(site, Changes(roster=_read(site), baseline_accepted=True))
    return site


def _read(site):
    settings = site.load().directory
    return a_directory(urls=(), ldif=settings.ldif, base=settings.base).read()


def _before(site):
    """The agent ids in force."""
    return sorted(_store(site).load().roster.agents)


def _store(site):
    return SqlStore(f"sqlite:///{site.folder}/bascule.db", clock=FixedClock())


def _keep(site, changes):
    with closing(_store(site)) as store:
        store.claim()
        store.commit(changes)


def _now_lists(site, count):
    write_demo_directory(site.folder / "people.ldif", count)


def _run(site, *words):
    run = bascule_here if words[0] == "diff" else ordered
    return run(site, "directory", *words)


def _orders(site):
    return [intent for intent in _store(site).intents() if intent.kind is IntentKind.ACCEPT_DIRECTORY]


def test_diff_of_what_has_not_changed(site):
    before = files_of(site.folder)

    ended = _run(site, "diff")

    assert (ended.code, ended.err) == (0, "")
    lines = ended.out.splitlines()
    assert lines[0].startswith("in force:  60 agents, 60 entitled, read at ")
    assert lines[1:] == [
        "directory: 60 agents, 60 entitled",
        "0 would leave; 0 would join",
        "the next reading is put in force",
        "times are those of UTC",
    ]
    assert files_of(site.folder) == before, "looking leaves nothing behind"


def test_diff_names_who_goes_and_comes_and_ends_with_0_while_it_is_believed(site):
    _now_lists(site, 55)

    ended = _run(site, "diff")

    assert ended.code == 0
    assert "5 would leave: 5 gone; 0 would join" in ended.out
    assert ended.out.splitlines()[-2] == "the next reading is put in force; 5 people lose their desktops"
    leavers = _run(site, "diff", "--json").document["left"]
    assert {leaver["why"] for leaver in leavers} == {"gone"}
    assert len(leavers) == 5
    for leaver in leavers:
        assert leaver["leaves"] in ended.out
        assert leaver["name"] in ended.out


def test_diff_of_a_quarantine_ends_with_1_and_says_what_accept_would_let_through(site):
    _now_lists(site, 25)

    ended = _run(site, "diff")

    assert ended.code == 1
    assert "quarantined: 35 of 60 entitled agents would leave; the limit is 6 (10 %) within 24 h; " in ended.out
    assert "would let these 35 leave and these 0 join, and nobody in their place" in ended.out
    assert "… and 15 more (--all)" in ended.out
    assert "more (--all)" not in _run(site, "diff", "--all").out
    document = _run(site, "diff", "--json")
    assert document.code == 1
    assert document.document["accept_allows"] == {
        "leavers": sorted(agent_id for agent_id in _before(site) if agent_id not in _read(site).agents),
        "joiners": [],
    }
    assert sum(department["leave"] for department in document.document["departments"]) == 35


def test_accept_lets_through_what_diff_has_shown(site):
    _now_lists(site, 25)

    ended = _run(site, "accept", "--yes", "--until", "2h", "--by", "claire", "--reason", "merger")

    assert ended.code == 0
    assert "ordered: these 35 may leave and these 0 join until " in ended.out
    (order,) = _orders(site)
    left = frozenset(_before(site)) - _read(site).agents.keys()
    assert (order.by, order.reason, order.allows) == (ordered_by("claire"), "merger", Allowance(leavers=left))
    assert 7190 <= (order.until or 0) - datetime.now(UTC).timestamp() <= 7200
    after = _run(site, "diff")
    assert (after.code, after.out.splitlines()[-2]) == (
        0,
        f"the next reading is put in force, by order of {ordered_by('claire')}; 35 people lose their desktops",
    )
    assert "accept_directory" in str(journal_of(site.main))


def test_others_than_were_accepted_are_said_to_be_so(site):
    """C3."""
    _now_lists(site, 25)
    order = Allowance(leavers=frozenset(sorted(frozenset(_before(site)) - _read(site).agents.keys())[:10]))
    with closing(_store(site)) as store:
        now = datetime.now(UTC).timestamp()
        store.give(Intent(kind=IntentKind.ACCEPT_DIRECTORY, by="claire", at=now, until=now + 60, allows=order))

    ended = _run(site, "diff")

    assert ended.code == 1
    assert "claire lets 10 leave and 0 join, by name, until " in ended.out
    assert "here are others" in ended.out


def test_accept_where_nothing_is_held_back_gives_no_order(site):
    ended = _run(site, "accept", "--yes", "--until", "2h", "--by", "claire")

    assert (ended.code, ended.out.splitlines()[-2]) == (0, "nothing is held back: no order was given")
    assert _orders(site) == []


def _in(**time):
    return (datetime.now(UTC) + timedelta(**time)).isoformat()


@pytest.mark.parametrize(
    ("until", "words"),
    [
        pytest.param("0s", "is over", id="at once"),
        pytest.param("8d", "accept_directory needs an end within 7 days", id="too long"),
        pytest.param(_in(hours=-1), "is over", id="past"),
        pytest.param(_in(days=8), "accept_directory needs an end within 7 days", id="far"),
        pytest.param("2026-11-24T18:00", "is over", id="past, by the site's clock"),
        pytest.param("tomorrow", "such as 18:00", id="words"),
    ],
)
def test_a_time_that_makes_no_sense_is_refused(site, until, words):
    _now_lists(site, 25)

    ended = _run(site, "accept", "--yes", "--until", until, "--by", "claire")

    assert ended.code == 2
    assert words in ended.said
    assert _orders(site) == []


@pytest.mark.parametrize("until", ["90min", "6d", pytest.param(_in(hours=3), id="an instant")])
def test_a_time_is_a_duration_or_an_instant(site, until):
    _now_lists(site, 25)

    assert _run(site, "accept", "--yes", "--until", until, "--by", "claire").code == 0
    assert len(_orders(site)) == 1


@pytest.mark.parametrize("words", [("--until", "2h"), ("--by", "claire"), ("--until", "2h", "--by", " ")])
def test_an_order_has_an_end_and_somebody_who_answers_for_it(site, words):
    _now_lists(site, 25)

    assert _run(site, "accept", "--yes", *words).code == 2
    assert _orders(site) == []


def test_a_directory_that_cannot_be_read_is_exit_code_3(site):
    (site.folder / "people.ldif").write_text("nonsense", encoding="utf-8")

    ended = _run(site, "diff")

    assert (ended.code, ended.out) == (3, "")
    assert len(ended.err.splitlines()) == 1


def test_with_a_lost_store_the_owners_of_desktops_are_compared(tmp_path):
    site = a_lonely_site(tmp_path, agents=EVERYBODY)
    assert "the first reading is believed as it is" in _run(site, "diff").out
    owners = sorted(_read(site).agents)[:10]
    vmids = range(20000, 20010)
    _keep(
        site,
        a_step(
            reserved=tuple(
                a_reservation(vmid, agent_id=owner, cluster="melun", proven=True)
                for vmid, owner in zip(vmids, owners, strict=True)
            )
        ),
    )  # fmt: skip
    _now_lists(site, 2)

    ended = _run(site, "diff")

    assert ended.code == 1
    assert "no roster: the store was lost; 10 people own a desktop" in ended.out


def test_status_begins_with_a_quarantine(site):
    held = Quarantine(since=1_800_000_000.0, read_at=1_800_000_300.0, reason="35 of 60 would leave", leavers=35, joiners=0)
    _keep(site, Changes(guard=GuardRecord(quarantine=held)))

    ended = bascule("status", "--offline", "--config", str(site.main))

    first = ended.out.splitlines()[0]
    assert first.startswith("the directory is in quarantine, its last reading is not in force: 35 of 60 would leave")
    assert first.endswith(": `bascule directory diff` names them; `bascule directory accept` lets them through")
    document = bascule("status", "--offline", "--json", "--config", str(site.main)).document
    assert document["status"]["directory"]["quarantine"]["leavers"] == 35
