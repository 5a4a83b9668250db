"""G6: people who come and go from reading to reading, and what it costs."""

from dataclasses import replace

import pytest

from provisioner.adapters.sql import codec
from provisioner.model.guard import GuardRecord
from provisioner.model.kept.rekeying import rekeyed_guard
from provisioner.model.people.agents import AccountStatus
from provisioner.model.rules import Rules
from provisioner.model.scenario.scenarios import EVERYONE
from provisioner.planning.roster.changes import AcceptedState
from provisioner.planning.roster.damping import TURNS, damped
from provisioner.planning.roster.guard import GuardBasis
from provisioner.planning.roster.judgement import judge_roster
from tests.builders.actions import an_agent_id
from tests.builders.cluster import NOW
from tests.builders.core import a_roster, an_agent
from tests.planning.roster.test_guard import FOR_ALL

RULES = Rules(entitlements=FOR_ALL, scenario=EVERYONE)
HOUR, DAY = 3600.0, 86_400.0
PEOPLE = [an_agent(n, login=f"l{n}x", display_name=f"F{n} L{n}") for n in range(1, 21)]
ZOE = PEOPLE[0]


class Judge:
    """One reading after the other, each judged with what came of those before."""

    def __init__(self, accepted=PEOPLE):
        self.owners = frozenset(agent.agent_id for agent in accepted)
        self.roster, self.record, self.now = a_roster(accepted), GuardRecord(rules=RULES), NOW

    def read(self, agents, *, after=HOUR):
        """The ids in force."""
        self.now += after
        state = AcceptedState(accepted=self.roster, rules=RULES, owners=self.owners, served=self.owners)
        judged = judge_roster(a_roster(agents), RULES, GuardBasis(in_force=state, record=self.record), now=self.now)
        self.record = codec.guard_of(codec.guard_text(judged.verdict.record))
        self.roster = judged.verdict.roster or self.roster
        return self.roster.agents.keys()

    @property
    def named(self):
        return [entry.login for entry in self.roster.rejected if entry.reason.code == "comes_and_goes"]


@pytest.mark.parametrize("away", [None, AccountStatus.DISABLED], ids=["unlisted", "disabled"])
def test_who_comes_and_goes_is_there_after_the_second_time(away):
    """G6."""
    judge, there = Judge(), []
    gone = [*([] if away is None else [replace(ZOE, standing=away)]), *PEOPLE[1:]]
    for _ in range(10):
        for agents in (gone, PEOPLE):
            judge.read(agents, after=5 * 60)
            agent = judge.roster.agents.get(ZOE.agent_id)
            there.append(agent is not None and agent.enabled)

    assert there == [False, True, False, True, *[True] * 16]
    assert judge.named == [ZOE.login]


def test_readings_that_only_show_turns_change_no_roster():
    """G6: nothing is written for what is held."""
    judge = Judge()
    for agents in (PEOPLE[1:], PEOPLE) * 2:
        judge.read(agents)
    judge.read(PEOPLE[1:])
    before = judge.roster

    for agents in (PEOPLE, PEOPLE[1:]) * 3:
        judge.read(agents)
        assert codec.roster_text(judge.roster) == codec.roster_text(before)


def test_who_stays_away_has_left():
    """G6: a day without a break; until then the desktop is left alone."""
    judge = Judge()
    for agents in (PEOPLE[1:], PEOPLE) * 2:
        judge.read(agents)

    there = [ZOE.agent_id in judge.read(PEOPLE[1:], after=6 * HOUR) for _ in range(6)]

    assert there == [True, True, True, True, False, False]
    assert judge.named == []


def test_what_is_over_is_forgotten_after_a_week():
    """G6."""
    judge = Judge()
    for agents in (PEOPLE[1:], PEOPLE) * 2:
        judge.read(agents)
    assert len(judge.record.turns[ZOE.agent_id]) == TURNS

    judge.read(PEOPLE, after=8 * DAY)

    assert (judge.record.turns, judge.named) == ({}, [])
    assert ZOE.agent_id not in judge.read(PEOPLE[1:])


def test_eight_people_of_two_servers_behind_one_address_turn_twice():
    """G6: they cost 192 writes in six hours."""
    people = [an_agent(n, login=f"l{n}x", display_name=f"F{n} L{n}") for n in range(1, 501)]
    judge, changes = Judge(people), 0
    for _ in range(36):
        for agents in (people[8:], people):
            before = judge.roster.agents.keys()
            changes += before != judge.read(agents, after=5 * 60)

    assert changes == TURNS
    assert len(judge.named) == 8


def test_who_owns_no_desktop_is_believed_at_once():
    """G6."""
    judge = Judge()
    judge.owners = frozenset()
    for agents in (PEOPLE[1:], PEOPLE) * 3:
        judge.read(agents)

    assert ZOE.agent_id not in judge.read(PEOPLE[1:])


def test_the_turns_follow_a_rekey():
    """G6."""
    record = GuardRecord(turns={ZOE.agent_id: (1.0,)}, away={ZOE.agent_id: 2.0})

    after = rekeyed_guard(record, {ZOE.agent_id: an_agent_id(99)})

    assert (after.turns, after.away) == ({an_agent_id(99): (1.0,)}, {an_agent_id(99): 2.0})


def test_without_a_roster_nobody_has_turned():
    """G6."""
    state = AcceptedState(accepted=None, rules=RULES)

    assert damped(a_roster(3), RULES, GuardBasis(in_force=state), now=NOW).agents == frozenset()
