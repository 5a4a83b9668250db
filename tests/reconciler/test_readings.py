"""The directory is read from the last reading on, and sometimes in full, as a proof."""

from dataclasses import replace

import pytest

from provisioner.errors import DirectoryUnavailable
from provisioner.model.commands import Command, ReadDirectory
from provisioner.model.ids import AgentId
from provisioner.model.intents import Allowance, Intent, IntentKind, Rekey
from provisioner.model.people.agents import AccountStatus, Roster, SyncMark
from provisioner.planning.roster.proof import disagreements
from tests.builders.actions import an_agent_id
from tests.builders.core import NOW, a_roster, an_agent
from tests.builders.reconciler import Site

HOUR_S = 3_600.0
MARK = SyncMark(server="ad one", value="41")
FIRST = replace(a_roster(3), read_at=NOW, full_at=NOW, mark=MARK)


class Directory:
    """The reconciler's side of reading a directory: its requests, and the effect of the answers."""

    def __init__(self) -> None:
        self.site = Site()

    def ask(self, *, after: float = 0.0) -> ReadDirectory | None:
        """The request after this time, when a reading is due."""
        self.site.clock.at += after
        self.site.reconciler.read_directory()
        return self.asks

    @property
    def disagreements(self) -> int:
        """The number in the metrics after the next cycle."""
        self.site.look()
        return self.site.status.directory_disagreements

    @property
    def asks(self) -> ReadDirectory | None:
        asked = None
        for command in self.site.reconciler.commands():
            if isinstance(command, ReadDirectory):
                asked = command
            else:
                self.site.end(command, answer=self.site.cluster.view(command, self.site.clock.at))
        return asked

    def say(self, command: Command, answer: Roster | DirectoryUnavailable) -> ReadDirectory | None:
        """Give this answer. Returns the request that follows at once."""
        failed = isinstance(answer, DirectoryUnavailable)
        self.site.end(command, answer=None if failed else answer, error=answer if failed else None)
        return self.asks

    def proven_by(self, full: Roster) -> "Directory":
        """After an hour: a reading of changes without any change, then this full reading."""
        self.say(self.ask(), FIRST)
        proof = self.say(self.ask(after=HOUR_S), replace(FIRST, read_at=self.site.clock.at))
        assert proof == ReadDirectory()
        assert self.say(proof, replace(full, read_at=self.site.clock.at, full_at=self.site.clock.at)) is None
        return self


def test_a_reading_goes_on_from_the_last_one_until_a_full_one_is_due():
    directory = Directory()
    first = directory.ask()
    assert first == ReadDirectory()
    assert directory.say(first, FIRST) is None

    second = directory.ask(after=300.0)
    later = replace(FIRST, read_at=NOW + 300)
    assert second == ReadDirectory(since=FIRST)
    assert directory.say(second, later) is None
    assert directory.ask(after=HOUR_S - 301) == ReadDirectory(since=later)


def test_a_full_reading_follows_a_reading_of_changes_in_flight():
    directory = Directory()
    directory.say(directory.ask(), FIRST)
    changes = directory.ask()

    directory.site.reconciler.read_directory(in_full=True)

    assert changes == ReadDirectory(since=FIRST)
    assert directory.say(changes, FIRST) == ReadDirectory()
    assert directory.say(ReadDirectory(), FIRST) is None
    assert directory.ask() == ReadDirectory(since=FIRST)


def test_a_directory_that_tells_no_changes_is_read_in_full_each_time():
    directory = Directory()
    unmarked = replace(FIRST, mark=None)

    assert directory.say(directory.ask(), unmarked) is None
    assert directory.ask(after=300.0) == ReadDirectory()


def test_after_a_failure_everything_is_read_again():
    directory = Directory()
    directory.say(directory.ask(), FIRST)
    directory.say(directory.ask(after=300.0), DirectoryUnavailable("down"))

    assert directory.ask(after=300.0) == ReadDirectory()


def test_the_proof_follows_the_changes_at_once_and_finds_nothing():
    directory = Directory().proven_by(FIRST)

    assert directory.disagreements == 0
    assert "otherwise" not in str(directory.site.heard.notices)


def test_a_disagreement_is_told_and_counted_until_the_next_proof():
    moved = {**FIRST.agents, an_agent(1).agent_id: an_agent(1, department="Routes")}
    directory = Directory().proven_by(replace(FIRST, agents=moved))

    assert directory.disagreements == 1
    assert "1 agents are otherwise in a full reading" in str(directory.site.heard.notices)


def test_a_reading_is_measured_by_the_roster_in_force_unless_an_operator_has_ordered_a_change():
    """C7: an older state was believed. After an operator's change the operator answers for the state."""
    directory = Directory()
    assert directory.ask().in_force is None
    directory = Directory()
    directory.say(directory.ask(), FIRST)
    measured = directory.ask(after=300.0)
    directory.say(measured, FIRST)
    order = Intent(
        kind=IntentKind.ACCEPT_DIRECTORY, by="ana", at=directory.site.clock.at, until=directory.site.clock.at + HOUR_S
    )
    directory.site.store.give(order)
    directory.site.look()
    ordered = directory.asks or directory.ask()

    assert measured.in_force is not None
    assert measured.in_force.mark == MARK
    assert ordered.in_force is None


def test_an_order_to_accept_an_older_state_ends_with_the_reading_that_it_was_given_for():
    """G5: until its end, at most a week, every server that was set back and every attribute that vanished was believed."""
    directory = Directory()
    directory.say(directory.ask(), FIRST)
    now = directory.site.clock.at
    directory.site.store.give(
        Intent(kind=IntentKind.ACCEPT_DIRECTORY, by="ana", at=now, until=now + 24 * HOUR_S, allows=Allowance())
    )
    directory.site.look()
    ordered = directory.asks or directory.ask()
    assert ordered.in_force is None

    directory.say(ordered, replace(FIRST, read_at=directory.site.clock.at, full_at=directory.site.clock.at))
    directory.site.look()

    assert directory.site.store.intents() == ()
    assert directory.ask(after=300.0).in_force is not None


ONE = replace(FIRST, source="ldaps://one")
TWO = replace(a_roster(2), read_at=NOW, full_at=NOW, source="ldaps://two", mark=SyncMark(server="ad two", value="7"))
"""Another domain controller, which does not know the third agent yet, or no longer."""


def served(directory: Directory, *answers: Roster) -> list[int]:
    """The number of agents in force after each of these readings."""
    counts = []
    for answer in answers:
        directory.say(
            directory.ask(after=300.0), replace(answer, read_at=directory.site.clock.at, full_at=directory.site.clock.at)
        )
        directory.site.look()
        counts.append(len(directory.site.status.roster.agents))
    return counts


@pytest.mark.long
def test_disagreeing_servers_take_no_agent_out_and_in_again():
    """C7: agents left and came back with each reading."""
    directory = Directory()

    assert served(directory, ONE, *[TWO, ONE] * 20) == [3] * 41
    assert len([text for _, text in directory.site.heard.notices if "take turns" in text]) == 1
    assert directory.site.status.directory_alternations == 20


def test_another_server_is_believed_when_it_says_so_twice():
    """C7: the opposite case: the first server is gone for good, and an agent has left in the meantime."""
    directory = Directory()

    assert served(directory, ONE, TWO, TWO) == [3, 3, 2]
    assert served(directory, TWO, TWO) == [2, 2]
    assert "take turns" not in str(directory.site.heard.notices)


def test_each_change_of_servers_makes_the_next_one_slower():
    """C7: two servers that alternate slowly would otherwise still take agents out and in."""
    directory = Directory()

    assert served(directory, ONE, TWO, TWO) == [3, 3, 2]
    assert served(directory, *[ONE] * 4) == [2, 2, 2, 3]
    assert served(directory, *[TWO] * 8) == [3] * 7 + [2]


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(replace(TWO, agents=FIRST.agents), id="it says the same of who is entitled"),
        pytest.param(replace(TWO, source="ldaps://one", mark=ONE.mark), id="it is the same server"),
    ],
)
def test_a_reading_without_doubt_is_accepted_at_once(other):
    directory = Directory()

    assert served(directory, ONE, other)[1] == len(other.agents)


def test_a_server_that_gave_no_roster_is_told_once_and_counted_until_it_answers():
    """C5: the next server was read, and the failure of the first was never reported."""
    directory = Directory()
    passed = replace(FIRST, source="ldaps://two", passed_over=("ldaps://one: no whole answer within 120 s",))
    directory.say(directory.ask(), passed)
    directory.say(directory.ask(after=300.0), replace(passed, passed_over=("ldaps://one: no answer: refused",)))
    directory.site.look()

    assert directory.site.status.directory_failing_servers == ("ldaps://one: no answer: refused",)
    said = [text for _, text in directory.site.heard.notices if "gave no roster" in text]
    assert said == ["ldaps://two was read, for another server gave no roster: ldaps://one: no whole answer within 120 s"]
    directory.say(directory.ask(after=300.0), FIRST)
    directory.site.look()
    assert directory.site.status.directory_failing_servers == ()
    assert "every server answers again" in str(directory.site.heard.notices)


@pytest.mark.parametrize(
    ("full", "expected"),
    [
        pytest.param([an_agent(1), an_agent(2)], [], id="as it was"),
        pytest.param([an_agent(1)], [], id="somebody has left: only a full reading finds that"),
        pytest.param([an_agent(1), an_agent(2, standing=AccountStatus.EXPIRED)], [], id="an account has expired by itself"),
        pytest.param([an_agent(1), an_agent(2, site="Melun")], [an_agent(2).agent_id], id="a change was missed"),
        pytest.param([an_agent(1), an_agent(2), an_agent(3)], [an_agent(3).agent_id], id="a newcomer was missed"),
    ],
)
def test_disagreements(full, expected):
    assert list(disagreements(a_roster(2), a_roster(full))) == expected


def test_a_daemon_killed_right_after_a_rekey_was_kept_carries_it_out_no_second_time():
    """C2: the intent is withdrawn after the transaction, so it may still be in the store."""
    site = Site(agents=2)
    site.come_to_rest()
    old = an_agent_id(1)
    order = Intent(kind=IntentKind.REKEY, by="claire", at=NOW, rekeys=(Rekey(old, AgentId("new-1")),))
    site.roster = a_roster([replace(an_agent(1), agent_id=AgentId("new-1")), an_agent(2)])
    site.store.give(order)
    site.settle(cycles=3)
    kept = site.store.load().desktops

    site.store.give(order)
    site.restart()
    site.settle(cycles=3)

    assert site.store.load().desktops == kept
    assert {record.reservation.agent_id for record in kept.values()} == {"new-1", an_agent_id(2)}
    assert {note.agent_id for note in site.cluster.notes.values()} == {"new-1", an_agent_id(2)}
    assert not any(intent.kind is IntentKind.REKEY for intent in site.store.intents())
    assert [text for _, text in site.heard.notices if "does not go on" in text] == []
