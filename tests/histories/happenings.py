"""What becomes of the entries, by mistake or on purpose.

Nobody is renamed or moved to another id while an earlier change of them is held, and of entries whose ids the server makes only
those slip that are in force as they are: else nothing is left that anybody could compare.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from random import Random

from provisioner.model.ids import AgentId
from tests.histories.world import FIRST, LAST, UNITS, World

Happening = Callable[[World, Random, Sequence[AgentId]], None]
"""Given the ids whose entries are in force as they are."""


def shift(world: World, dice: Random, settled: Sequence[AgentId]) -> None:
    """An import that slips by a row, from somewhere on or between two rows."""
    keys = sorted(settled if world.made else world.entries)
    if len(keys) < 3:
        return
    first = dice.randrange(len(keys) - 1)
    last = dice.randrange(first + 1, len(keys))
    rows = [world.entries[key] for key in keys]
    for at in range(first, last):
        world.entries[keys[at]] = rows[at + 1]
    if dice.random() < 0.5:
        world.entries[keys[last]] = rows[first]  # the first is the last
    else:
        del world.entries[keys[last]]


def swap(world: World, dice: Random, settled: Sequence[AgentId]) -> None:
    """Two ids are exchanged."""
    keys = sorted(settled if world.made else world.entries)
    if len(keys) > 1:
        first, two = dice.sample(keys, 2)
        world.entries[first], world.entries[two] = world.entries[two], world.entries[first]


def give_again(world: World, dice: Random, settled: Sequence[AgentId]) -> None:
    """An id is given to somebody new, with another name, at once or after a leaver."""
    del settled
    if world.made:
        return
    left = [key for entries in world.earlier[-3:] for key in entries if key not in world.entries]
    key = dice.choice(left) if left and dice.random() < 0.7 else dice.choice(sorted(world.entries) or [world.new_id()])
    before = {entries[key].name for entries in world.earlier if key in entries}
    world.entries.pop(key, None)
    names = (name for name in iter(lambda: a_name(dice), "") if name not in before)
    world.join(key, name=next(names), unit=dice.choice(UNITS))


def migrate(world: World, dice: Random, settled: Sequence[AgentId]) -> None:
    """Some people get a new id, login and mail domain; the old entries are deleted, disabled, or go later."""
    way, domain = dice.randrange(3), dice.randrange(3)
    for key in dice.sample(settled, min(len(settled), dice.randrange(1, 4))):
        entry = world.entries[key]
        world.entries[world.new_id()] = replace(entry, scheme=(entry.scheme + 1) % 3, domain=domain)
        if way == 0:
            del world.entries[key]
        elif way == 1:
            world.change(key, enabled=False)


def clean_up(world: World, dice: Random, settled: Sequence[AgentId]) -> None:
    """Of people with two entries the older one goes."""
    del dice, settled
    newest = {entry.person: key for key, entry in sorted(world.entries.items(), key=lambda each: int(each[0][1:]))}
    world.entries = {key: entry for key, entry in world.entries.items() if newest[entry.person] == key}


def merge_trees(world: World, dice: Random, settled: Sequence[AgentId]) -> None:
    """Another tree is read, too: some of its people are here already."""
    for key in dice.sample(settled, min(len(settled), 3)):
        entry = world.entries[key]
        world.entries[world.new_id()] = replace(entry, scheme=(entry.scheme + 1) % 3)
    world.join(name=a_name(dice), unit=dice.choice(UNITS))


def restore(world: World, dice: Random, settled: Sequence[AgentId]) -> None:
    """A backup is put back."""
    del settled
    world.entries = dict(dice.choice(world.earlier[-6:]))


def flap(world: World, dice: Random, settled: Sequence[AgentId]) -> None:
    """Some are disabled or enabled, or not listed."""
    for key in dice.sample(settled, min(len(settled), 3)):
        if dice.random() < 0.3:
            del world.entries[key]
        else:
            world.change(key, enabled=not world.entries[key].enabled)


def marry(world: World, dice: Random, settled: Sequence[AgentId]) -> None:
    """Name, login and mailbox are others at once."""
    for key in dice.sample(settled, min(len(settled), 1)):
        entry, last = world.entries[key], dice.choice(LAST)
        for other in [other for other, each in world.entries.items() if each.person == entry.person]:
            world.change(other, name=f"{entry.name.split()[0]} {last}")


def reorganise(world: World, dice: Random, settled: Sequence[AgentId]) -> None:
    """Everybody is in another unit, with another mail domain."""
    del settled
    domain, turn = dice.randrange(3), dice.randrange(len(UNITS))
    for key, entry in world.entries.items():
        world.change(key, unit=UNITS[(entry.person + turn) % len(UNITS)], domain=domain)


def join(world: World, dice: Random, settled: Sequence[AgentId]) -> None:
    """Somebody new, at times with a name that is there already."""
    del settled
    world.join(name=a_name(dice), unit=dice.choice(UNITS))


def leave(world: World, dice: Random, settled: Sequence[AgentId]) -> None:
    """Somebody leaves."""
    del settled
    if world.entries:
        del world.entries[dice.choice(sorted(world.entries))]


def nothing(world: World, dice: Random, settled: Sequence[AgentId]) -> None:
    """Time passes."""
    del world, dice, settled


HAPPENINGS: tuple[Happening, ...] = (
    shift, swap, give_again, give_again, migrate, migrate, clean_up, merge_trees, restore, flap, flap, marry, reorganise, join,
    leave, nothing,
)  # fmt: skip


def a_name(dice: Random) -> str:
    return f"{dice.choice(FIRST)} {dice.choice(LAST)}"


__all__ = ["HAPPENINGS", "a_name"]
