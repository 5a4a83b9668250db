"""C2: accounts that were recreated or imported again: the same people under new ids, in virtual time on a twin."""

from collections.abc import Iterable

import pytest

from monitors.table import named
from provisioner.model.ids import AgentId
from provisioner.model.intents import Intent, IntentKind, Rekey
from provisioner.model.machines.ownership import read_note
from tests.accidents.register import DEPARTMENTS
from tests.accidents.town import DAY, HOUR, KEY, Town

pytestmark = pytest.mark.long

PEOPLE = 60
SIX = range(1, 7)
"""As many as the guard lets leave unasked."""


def recreate(town: Town, numbers: range) -> None:
    """Deleted and created again: everything but the id is the same."""
    town.register.change(numbers, agent_id=lambda number: AgentId(f"new-{number:04}"))


def test_recreated_accounts_get_no_second_desktop():
    """C2: six accounts are deleted and made again under the same login and name."""
    town = Town(PEOPLE)

    recreate(town, SIX)
    town.pass_time(2 * DAY)

    assert (town.clones, town.unharmed()) == (0, True)


def test_an_order_to_accept_makes_no_second_fleet():
    """C2: all accounts were imported again, and an operator takes it for a change of people."""
    town = Town(PEOPLE)

    recreate(town, range(1, PEOPLE + 1))
    town.read_once()
    town.accept_as_shown()
    town.pass_time(2 * DAY)

    assert (town.clones, town.unharmed()) == (0, True)


def old(number: int) -> AgentId:
    return AgentId(f"id-{number:04}")


def new(number: int) -> AgentId:
    return AgentId(f"new-{number:04}")


def rekey(town: Town, numbers: Iterable[int]) -> None:
    """An operator confirms that they are the same people."""
    pairs = tuple(Rekey(old(number), new(number)) for number in numbers)
    town.store.give(Intent(kind=IntentKind.REKEY, by="claire", at=town.events.now, rekeys=pairs))


def notes_of(town: Town) -> dict[str, AgentId | None]:
    """The owner of each VM, by its signed note."""
    guests = town.watched.twin.cluster.guests.items()
    notes = {vmid: read_note(guest.config.get("description"), KEY, node=guest.node) for vmid, guest in guests}
    return {note.name: note.agent_id for vmid, note in notes.items() if note is not None and note.vmid == vmid}


def test_confirmed_agents_keep_their_desktops_and_only_notes_are_written():
    """C2: the daemon takes the order up as it runs."""
    town = Town(PEOPLE)
    recreate(town, SIX)
    town.read_once()
    assert (
        town.metric(named("bascule_directory_under_new_id_entries")),
        town.metric(named("bascule_directory_rejected_entries")),
    ) == (6, 6)

    rekey(town, SIX)
    town.pass_time(2 * DAY)

    assert {town.owners[reservation.name]: reservation.agent_id for reservation in town.store.load().reservations} == {
        **{old(number): old(number) for number in range(1, PEOPLE + 1)},
        **{old(number): new(number) for number in SIX},
    }
    assert town.watched.writes == ["PUT /nodes/{node}/qemu/{vmid}/config"] * 6
    assert town.metric(named("bascule_directory_rejected_entries")) == 0
    assert notes_of(town) == {reservation.name: reservation.agent_id for reservation in town.store.load().reservations}
    assert not any(reservation.noted_as for reservation in town.store.load().reservations)
    assert sum(entry.what == "rekey" and entry.result == "done" for entry in town.store.journal(limit=500)) == 6
    assert town.store.intents() == tuple(intent for intent in town.store.intents() if intent.kind is not IntentKind.REKEY)


def test_a_whole_directory_under_new_ids_is_quarantined_and_carried_over():
    """C2: so does another `agent_id` in bascule.yaml look."""
    town = Town(PEOPLE)
    recreate(town, range(1, PEOPLE + 1))
    town.read_once()
    assert "60 of them are listed under a new id: `bascule directory rekey` carries their desktops over" in town.said
    assert town.metric(named("bascule_directory_quarantined")) == 1

    rekey(town, range(1, PEOPLE + 1))
    town.pass_time(2 * DAY)

    assert (town.clones, town.metric(named("bascule_directory_quarantined"))) == (0, 0)
    assert set(notes_of(town).values()) == {new(number) for number in range(1, PEOPLE + 1)}
    assert all(town.runs_of(new(number)) for number in range(1, PEOPLE + 1))


def test_after_a_lost_store_each_agent_has_the_desktop_named_in_its_note():
    """C2: the notes were written before."""
    town = Town(PEOPLE)
    recreate(town, SIX)
    rekey(town, SIX)
    town.pass_time(HOUR)

    town.lose_the_store()
    town.pass_time(HOUR)
    town.store.give(Intent(kind=IntentKind.ACCEPT_BASELINE, by="claire", at=town.events.now))
    town.pass_time(2 * DAY)

    assert town.clones == 0
    owners = {reservation.name: reservation.agent_id for reservation in town.store.load().reservations}
    assert [owners[name] for name in sorted(owners) if town.owners[name] == old(6)] == [new(6)]
    assert len(owners) == PEOPLE


def test_a_store_from_before_the_rekey_makes_no_second_desktop_and_is_rekeyed_again():
    """C2: a backup is put back, and the notes are newer. One note is read at each start, and shows it."""
    town = Town(PEOPLE)
    backup = town.copy_of_the_store()
    recreate(town, SIX)
    rekey(town, SIX)
    town.pass_time(HOUR)

    town.start(backup)
    town.pass_time(DAY)

    assert town.clones == 0
    kept = {reservation.name: reservation.agent_id for reservation in town.store.load().reservations}
    assert [(owner, notes_of(town)[name]) for name, owner in kept.items() if owner == new(1)] == [(new(1), new(1))]
    rekey(town, SIX)
    town.pass_time(DAY)
    assert notes_of(town) == {reservation.name: reservation.agent_id for reservation in town.store.load().reservations}
    assert (town.clones, len(notes_of(town))) == (0, PEOPLE)


def test_a_store_that_is_lost_while_notes_are_written_makes_no_second_desktop():
    """C2: notes with old and new ids, no attribute that identifies a person, and newcomers who may be the same people."""
    town, fifteen = Town(PEOPLE), range(1, 16)
    busy = [guest for guest in town.watched.twin.cluster.guests.values() if guest.vmid in town.vmids_of(range(1, 7))]
    for guest in busy:
        guest.config["lock"] = "backup"
    recreate(town, fifteen)
    town.read_once()
    rekey(town, fifteen)
    town.pass_time(HOUR)
    written = sum(owner in map(new, fifteen) for owner in notes_of(town).values())
    assert written == 9
    for guest in busy:
        del guest.config["lock"]

    town.lose_the_store()
    town.pass_time(DAY)

    assert town.clones == 0
    assert town.metric(named("bascule_directory_quarantined")) == 1
    assert f"the store was lost, and {15 - written} desktops belong to ids that are not listed" in town.said
    rekey(town, fifteen)
    town.pass_time(2 * DAY)
    assert (town.clones, town.metric(named("bascule_directory_quarantined"))) == (0, 0)
    assert notes_of(town) == {reservation.name: reservation.agent_id for reservation in town.store.load().reservations}
    assert set(notes_of(town).values()) == {*map(new, fifteen), *map(old, range(16, PEOPLE + 1))}


def test_a_second_empty_desktop_of_a_migration_by_batches_is_kept_aside():
    """G4: the new entries came a day before the old ones went, in another unit and department."""
    town = Town(PEOPLE)
    news = range(901, 904)
    town.register.add(news, unit="ou=new,ou=people,dc=town")
    town.register.change(
        news, department=lambda number: DEPARTMENTS[(number + 1) % 4], display_name=lambda number: f"Person {number - 900}"
    )
    town.pass_time(DAY)
    assert town.clones == 3

    town.register.remove(range(1, 4))
    town.pass_time(DAY)
    assert "3 agents are there under a new id" in town.said
    assert town.unharmed()
    pairs = tuple(Rekey(old(number), old(900 + number)) for number in range(1, 4))
    town.store.give(Intent(kind=IntentKind.REKEY, by="claire", at=town.events.now, rekeys=pairs))
    town.pass_time(2 * DAY)

    records = town.store.load().desktops.values()
    kept = {
        each.reservation.name: each.superseded_by for each in records if each.reservation.agent_id in {old(n) for n in news}
    }
    assert sorted(name for name, by in kept.items() if by is None) == sorted(town.owners.keys() & kept.keys())
    assert len(kept) == 6
    assert not [write for write in town.watched.writes if write.startswith("DELETE") or "/status/shutdown" in write]
    assert (town.roster.rejected, town.clones) == ((), 3)
