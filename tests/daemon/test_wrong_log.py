"""F14: what was wrong is kept: a line when it begins and one when it is over, also over restarts, and never too many."""

from dataclasses import replace

import pytest

from provisioner.adapters.memory_store import MemoryStore
from provisioner.daemon.wrong_log import GONE_S, HUNG_S, STOOD_S, WrongLog
from provisioner.errors import StoreError
from provisioner.model.ids import AgentId
from provisioner.model.machines.desktops import Phase
from provisioner.model.people.agents import Rejected
from provisioner.reasons.reason import Reason
from provisioner.reasons.targets import UNOBSERVED
from provisioner.views.surge_report.spells import daemon_gaps, spells
from provisioner.wrong.listing import wrong_in
from tests.builders.monitors import MONDAY, PVE, a_desktop, a_roster, a_snapshot, a_status

WELL = a_status(desktops=(a_desktop(1), a_desktop(2)))


class Life:
    """One life of a daemon, whose list is made of statuses."""

    def __init__(self, store=None, *, at=MONDAY, heard_at=0.0):
        self.store = store or MemoryStore()
        if store is None:
            self.store.claim()
        self.log = WrongLog(self._listed)
        self._list = ()
        self.log.begin(tuple(self.store.journal(limit=1000)), heard_at=heard_at, now=at)

    def _listed(self, status):
        self._list = wrong_in(status, (PVE,), self._list)
        return self._list

    def at(self, second, **changed):
        """A cycle ends so many seconds after Monday began."""
        now = MONDAY + second
        snapshot = changed.pop("snapshot", None) or a_snapshot(taken_at=now)
        self.log.status(replace(WELL, at=now, snapshot=snapshot, **changed))
        self.log.keep(self.store)

    def every(self, step, first, last, **changed):
        for second in range(first, last + 1, step):
            self.at(second, **changed)

    def away(self, first, last):
        """A node is away."""
        for second in range(first, last + 1, 30):
            self.at(second, snapshot=a_snapshot(taken_at=MONDAY + second, offline=1))

    @property
    def lines(self):
        """Oldest first."""
        return tuple(reversed(tuple(self.store.journal(limit=1000))))

    @property
    def said(self):
        return [(line.result, line.subject) for line in self.lines if line.what == "wrong"]


def test_a_node_that_was_away_is_there_with_its_times():
    life = Life()
    life.away(600, 2460)
    life.every(30, 2490, 2490 + int(GONE_S))

    (spell,) = spells(life.lines)

    assert [result for result, _ in life.said] == ["began", "over"]
    assert (spell.began_at, spell.ended_at) == (MONDAY + 600, MONDAY + 2490)
    assert (spell.about, spell.says.code) == ("pve/pve0", "node_is_offline")


def test_what_goes_on_over_a_restart_is_not_begun_twice_and_the_restart_is_a_gap():
    life = Life()
    life.away(600, 900)
    again = Life(life.store, at=MONDAY + 1500, heard_at=MONDAY + 910)
    again.at(1500)
    again.away(1530, 1800)
    again.every(30, 1830, 1830 + int(GONE_S))

    (gap,) = daemon_gaps(again.lines)

    assert [result for result, _ in again.said] == ["began", "over"]
    assert [(spell.began_at, spell.ended_at) for spell in spells(again.lines)] == [(MONDAY + 600, MONDAY + 1830)]
    assert (gap.began_at, gap.ended_at, gap.says.code) == (MONDAY + 910, MONDAY + 1500, "daemon_back_killed")


def test_a_daemon_that_was_stopped_says_so_and_a_command_meanwhile_does_not_hide_it():
    life = Life()
    life.at(30)
    life.log.end(MONDAY + 60)
    life.log.keep(life.store)
    again = Life(life.store, at=MONDAY + 360)
    again.at(360)

    (gap,) = daemon_gaps(again.lines)

    assert (gap.began_at, gap.ended_at, gap.says.code) == (MONDAY + 60, MONDAY + 360, "daemon_back")


def test_a_daemon_that_hung_is_a_gap():
    life = Life()
    life.at(0)
    life.at(int(HUNG_S) + 200)

    assert [(gap.began_at, gap.ended_at) for gap in daemon_gaps(life.lines)] == [(MONDAY, MONDAY + HUNG_S + 200)]


def test_the_first_start_is_no_gap():
    life = Life()
    life.at(0)

    assert list(daemon_gaps(life.lines)) == []


@pytest.mark.parametrize(
    ("there", "gone", "most"),
    [
        pytest.param(30, 30, 0, id="never for a minute: no line"),
        pytest.param(90, 60, 1, id="back within five minutes: it has gone on"),
        pytest.param(90, 330, 14, id="the worst: two lines in seven minutes"),
    ],
)
def test_what_comes_and_goes_does_not_fill_the_journal(there, gone, most):
    life, second = Life(), 0
    while second < 7 * 420:
        life.away(second, second + there - 30)
        life.every(30, second + there, second + there + gone - 30)
        second += there + gone

    assert len(life.said) <= most
    assert len(life.said) <= 2 * (7 * 420 / (STOOD_S + GONE_S) + 1)


def test_what_grows_has_a_line_each_time_it_has_doubled():
    life = Life()
    for second, count in enumerate((1, 1, 1, 2, 3, 4, 5, 7, 8)):
        silent = (
            replace(a_desktop(n, sessions=None), phase=Phase.SILENT, unknown_since=MONDAY - 600) for n in range(1, count + 1)
        )
        life.at(second * 60, desktops={state.reservation.name: state for state in silent})

    (spell,) = spells(life.lines)

    assert [result for result, _ in life.said] == ["began", "grew", "grew", "grew"]
    assert (spell.count, spell.ended_at) == (8, None)


def test_it_names_no_people():
    roster = a_roster(3)
    rejected = (
        Rejected(
            entry="uid=zoe.martin,ou=people", login="zoe.martin", reason=Reason("login1 has it"), same_as=(AgentId("agent-1"),)
        ),
        *(Rejected(entry=f"uid=x{n}", login=f"zoe{n}", reason=Reason("zoe.martin has it")) for n in range(9)),
    )
    life = Life()
    life.every(30, 0, 120, roster=replace(roster, rejected=rejected), directory_error=Reason("uid=login2,ou=people: referral"))

    text = " ".join(str(line.reason) for line in life.lines)

    assert {line.reason.arguments["what"].code for line in life.lines if line.what == "wrong"} >= {
        "many_rejected",
        "directory_unread",
    }
    assert not [name for name in ("zoe", "login1", "login2") if name in text]


def test_the_cause_is_another_trouble_and_its_words_are_not():
    life = Life()
    life.every(30, 0, 120, paused={PVE: UNOBSERVED(said=Reason("timed out after 3 s"))})
    life.every(30, 150, 300, paused={PVE: UNOBSERVED(said=Reason("connection refused"))})
    life.every(30, 330, 900, paused={PVE: Reason("no quorum")})

    assert [result for result, _ in life.said] == ["began", "began", "over"]


def test_refusals_are_one_spell_with_their_number():
    """A pool that has nothing left refuses people: the list says what is so now, and no count of it was kept."""
    life, total = Life(), 0
    for second in range(0, 1200, 30):
        total += 3 if 60 <= second < 360 else 0
        life.at(second, lends_refused={"none_free": total})

    (spell,) = spells(life.lines)

    assert (spell.says.code, spell.count, spell.began_at) == ("lends_refused", 30, MONDAY + 60)
    assert spell.ended_at == MONDAY + 330 + 90 + 30


def test_notes_and_waves_are_left_out():
    life = Life()
    life.every(30, 0, 120, directory_failing_servers=(Reason("ldap2: timed out"),))

    assert life.said == []


class FullDisk(MemoryStore):
    """Takes nothing while `is_full`."""

    is_full = True

    def commit(self, changes):
        if self.is_full:
            raise StoreError("disk full")
        super().commit(changes)


def test_what_a_full_disk_did_not_take_is_kept_later():
    store = FullDisk()
    store.claim()
    life = Life(store)
    life.away(0, 300)
    store.is_full = False
    life.away(330, 390)

    assert [result for result, _ in life.said] == ["began"]


BACK_S = 3600


@pytest.mark.parametrize("restarts", [False, True], ids=["begun anew", "a restart"])
def test_after_a_clock_is_set_back_what_begins_and_ends_is_noted_as_soon_as_ever(restarts):
    """A time that lies in the future hushed it until the clock had come so far again."""
    life, back = Life(), 7200 - BACK_S
    life.away(6900, 7200)
    if restarts:
        life = Life(life.store, at=MONDAY + back)
    else:
        life.log.begin_anew()
    life.away(back, back + 60)
    life.every(30, back + 90, back + 90 + int(GONE_S))

    assert [result for result, _ in life.said] == ["began", "over"]
    assert all(spell.began_at <= spell.ended_at for spell in spells(life.lines))


def test_what_had_just_begun_or_ended_as_a_clock_is_set_back_is_noted_all_the_same():
    life, back = Life(), 7200 - BACK_S
    life.away(7000, 7030)  # too young for a line
    life.log.begin_anew()
    life.away(back, back + int(STOOD_S))
    life.every(30, back + 90, back + 120)  # gone, and too short for a line
    life.log.begin_anew()
    life.every(30, 0, int(GONE_S))

    assert [result for result, _ in life.said] == ["began", "over"]


def test_refusals_before_a_clock_is_set_back_stand_no_longer_than_others():
    life, back = Life(), 7200 - BACK_S
    for second in range(7000, 7100, 10):
        life.at(second, lends_refused={"none_free": second - 6990})
    life.log.begin_anew()
    life.every(30, back, back + 600)

    assert [result for result, _ in life.said] == ["began", "over"]


def test_a_store_that_was_full_as_a_clock_is_set_back_is_tried_again_within_half_a_minute():
    store, back = FullDisk(), 7200 - BACK_S
    store.claim()
    life = Life(store)
    life.away(7000, 7200)
    store.is_full = False
    life.log.begin_anew()
    life.away(back, back + 30)

    assert [result for result, _ in life.said] == ["began"]
