"""G1: another person under the same id, in virtual time on a twin: nothing changes hands without an operator's order."""

from collections.abc import Iterable
from dataclasses import replace

import pytest

from monitors.table import named
from provisioner.model.ids import AgentId
from provisioner.model.intents import Intent, IntentKind, Rekey, Terms
from provisioner.model.people.agents import Agent
from provisioner.planning.roster.departed import known_in
from provisioner.planning.roster.shown import shown_as
from tests.accidents.register import a_person
from tests.accidents.town import DAY, HOUR, Town

pytestmark = pytest.mark.long

PEOPLE = 60
WELL = named("bascule_directory_quarantined")


def an_id(number: int) -> AgentId:
    return AgentId(f"id-{number:04}")


def a_town() -> Town:
    """Numbers of employees: people type them. Everybody has a mailbox."""
    town = Town(PEOPLE, ids_are_made=False)
    town.register.change(range(1, PEOPLE + 1), login=a_login, mail=lambda number: f"{a_login(number)}@town.example")
    town.register.remember()
    town.pass_time(HOUR)
    town.begin()
    return town


def a_login(number: int) -> str:
    return f"login{chr(97 + number % 26)}{chr(97 + number // 26)}"


def is_now(town: Town, number: int, other: int) -> None:
    """The entry under this number shows another person; the unit is that of the number."""
    new = a_person(other, agent_id=an_id(number), login=a_login(other), mail=f"{a_login(other)}@town.example")
    town.register.agents[number] = replace(new, display_name=f"Person {other}")


def an_order(town: Town, kind: IntentKind, number: int, *, owner: Agent | None = None) -> Intent:
    """About whoever is listed under the number now. `owner`: whose desktop it was, if not of whoever is in force."""
    key = an_id(number)
    is_owned = key in town.store.load().owners
    before = owner or (known_in(town.roster).get(key) if is_owned else None)
    former = () if owner is None or owner.agent_id == key else (Rekey(owner.agent_id, key),)
    pairs = (*former, Rekey(key, key)) if kind is IntentKind.REKEY else ()
    terms = Terms(shown=shown_as(town.register.agents[number], before))
    return Intent(kind=kind, by="claire", at=town.events.now, target=key, rekeys=pairs, terms=terms)


def order(town: Town, kind: IntentKind, number: int, *, owner: Agent | None = None) -> None:
    assert town.reconciler.obey(an_order(town, kind, number, owner=owner)) == ""


def orders(town: Town) -> list[IntentKind]:
    return [intent.kind for intent in town.store.intents()]


def shift(town: Town, numbers: Iterable[int]) -> None:
    before = dict(town.register.agents)
    for number in numbers:
        town.register.agents[number] = replace(before[number + 1], agent_id=an_id(number))


def test_an_import_that_slips_by_a_row_moves_nobody():
    """G1: 60 of 60 people were sent to another person's desktop, without a word."""
    town = a_town()

    shift(town, range(1, PEOPLE))
    town.register.remove([PEOPLE])
    town.pass_time(2 * DAY)

    assert (town.watched.writes, town.unharmed(), town.metric(WELL)) == ([], True, 1)
    assert "59 of 60 entitled agents would be other people under the same id; the limit is 6 (10 %)" in town.said
    assert town.roster.agents[an_id(7)].login == a_login(7)
    town.register.repair()
    town.pass_time(HOUR)
    assert (town.watched.writes, town.metric(WELL)) == ([], 0)


@pytest.mark.parametrize("made", [False, True])
def test_two_exchanged_numbers_exchange_no_desktops(made):
    """G1: whoever makes the ids."""
    town = a_town()
    town.edit(replace(town.config, ids_are_made=made))

    first, two = town.register.agents[1], town.register.agents[2]
    town.register.agents |= {1: replace(two, agent_id=an_id(1)), 2: replace(first, agent_id=an_id(2))}
    town.pass_time(2 * DAY)

    assert (town.watched.writes, town.unharmed()) == ([], True)
    assert [town.roster.agents[an_id(number)].login for number in (1, 2)] == [a_login(1), a_login(2)]
    assert [entry.is_other_person for entry in town.roster.rejected] == [True, True]
    pairs = (Rekey(an_id(1), an_id(2)), Rekey(an_id(2), an_id(1)))
    town.store.give(Intent(kind=IntentKind.REKEY, by="claire", at=town.events.now, rekeys=pairs))
    town.pass_time(2 * DAY)
    owners = {reservation.name: reservation.agent_id for reservation in town.store.load().reservations}
    assert {town.owners[name]: owner for name, owner in owners.items() if owner != town.owners[name]} == {
        an_id(1): an_id(2),
        an_id(2): an_id(1),
    }
    assert [town.roster.agents[an_id(number)].login for number in (1, 2)] == [a_login(2), a_login(1)]
    assert (town.clones, town.roster.rejected, orders(town)) == (0, (), [])


def test_a_number_given_again_waits_until_an_operator_says_that_it_is_somebody_new():
    """G1: the newcomer got the leaver's desktop and files. `distinct`: the leaver keeps it, down the ladder."""
    town = a_town()
    town.register.remove([1])
    town.pass_time(6 * HOUR)
    town.register.agents[1] = a_person(1)
    is_now(town, 1, 901)
    town.pass_time(6 * HOUR)
    assert (town.clones, town.unharmed(but=[1])) == (0, True)
    assert any(tag.startswith("left-") for tag in town.tags_of(1))

    order(town, IntentKind.DISTINCT, 1)
    town.pass_time(2 * DAY)

    (new,) = (each for each in town.store.load().reservations if each.agent_id == an_id(1))
    (old,) = (each for each in town.store.load().reservations if each.agent_id == f"{an_id(1)}~former-1")
    assert (town.clones, town.owners[old.name], new.name in town.owners) == (1, an_id(1), False)
    assert town.roster.departed[AgentId(f"{an_id(1)}~former-1")].login == a_login(1)
    assert (town.roster.rejected, orders(town), town.unharmed(but=[1])) == ((), [], True)
    assert town.store.load().rekeyed == {}, "the number is the newcomer's, and nobody's earlier id"


def test_somebody_else_under_the_number_of_somebody_who_is_there_leaves_the_desktop_with_who_had_it():
    """G1: `distinct` while the first one is in force."""
    town = a_town()
    is_now(town, 1, 901)
    town.pass_time(6 * HOUR)
    assert (town.clones, town.unharmed(), town.roster.agents[an_id(1)].login) == (0, True, a_login(1))

    order(town, IntentKind.DISTINCT, 1)
    town.pass_time(2 * DAY)

    owners = {each.agent_id: each.name for each in town.store.load().reservations}
    assert town.owners[owners[AgentId(f"{an_id(1)}~former-1")]] == an_id(1)
    assert (town.clones, owners[an_id(1)] in town.owners, town.roster.agents[an_id(1)].login) == (1, False, a_login(901))
    assert (town.unharmed(but=[1]), orders(town)) == (True, [])
    assert any(tag.startswith("left-") for tag in town.tags_of(1))


def test_an_operator_says_that_it_is_the_same_person():
    """G1: `rekey --renamed`: a marriage that changes all but the unit."""
    town = a_town()
    is_now(town, 1, 901)
    town.pass_time(6 * HOUR)

    order(town, IntentKind.REKEY, 1)
    town.pass_time(2 * DAY)

    assert (town.clones, town.unharmed(), town.roster.agents[an_id(1)].login) == (0, True, a_login(901))
    assert (town.roster.rejected, orders(town)) == ((), [])


def test_many_numbers_given_again_are_told_apart_while_the_reading_is_held_back():
    """G1: trainees under the numbers of the trainees before them; nobody has to correct the directory first."""
    town = a_town()
    for number in range(1, 9):
        is_now(town, number, 900 + number)
    town.pass_time(HOUR)
    assert (town.metric(WELL), town.clones) == (1, 0)

    for number in range(1, 9):
        order(town, IntentKind.DISTINCT, number)
    town.pass_time(HOUR)
    assert "8 of 60 entitled agents would leave; the limit is 6 (10 %)" in town.said
    town.accept_as_shown()
    town.pass_time(DAY)

    assert (town.clones, town.metric(WELL), town.unharmed(but=range(1, 9))) == (8, 0, True)
    owners = {each.name: each.agent_id for each in town.store.load().reservations}
    assert all(owners[name] in (owner, f"{owner}~former-1") for name, owner in town.owners.items())
    assert orders(town) == []


def test_after_a_lost_store_the_notes_say_who_had_which_desktop():
    """G1: the notes of former owners name them by the ids that no directory gives."""
    town = a_town()
    is_now(town, 1, 901)
    town.pass_time(HOUR)
    order(town, IntentKind.DISTINCT, 1)
    town.pass_time(2 * DAY)

    town.lose_the_store()
    town.pass_time(DAY)

    owners = {each.agent_id: each.name for each in town.store.load().reservations}
    assert town.owners[owners[AgentId(f"{an_id(1)}~former-1")]] == an_id(1)
    assert (len(owners), owners[an_id(1)] in town.owners) == (PEOPLE + 1, False)


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"mail": lambda number: f"{a_login(number)}@new.example"}, id="another mail domain"),
        pytest.param({"login": lambda number: f"person.{a_login(number)}"}, id="another form of logins"),
        pytest.param(
            {"login": lambda number: f"n.{a_login(number)}", "mail": lambda number: f"n.{a_login(number)}@new.example"},
            id="both at once",
        ),
        pytest.param({"unit": "ou=all,ou=people,dc=town", "department": "Roads", "site": "North"}, id="a reorganisation"),
    ],
)
def test_a_rightful_change_of_everybody_goes_through_under_typed_ids_too(changed):
    """G1: each has a name that nobody else has."""
    town = a_town()

    town.register.change(range(1, PEOPLE + 1), **changed)
    town.pass_time(DAY)

    assert (town.watched.writes, town.unharmed(), town.metric(WELL), town.roster.rejected) == ([], True, 0, ())
    assert town.roster.agents == {agent.agent_id: agent for agent in town.register.agents.values()}
