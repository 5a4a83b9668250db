"""`bascule directory rekey`: match old and new ids of agents, from a fresh reading of the directory. Nothing is changed."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from provisioner.daemon.composition import OutsideSystems, site_config_of
from provisioner.errors import SettingsError
from provisioner.model.ids import AgentId
from provisioner.model.intents import Rekey
from provisioner.model.people.agents import Agent, Roster
from provisioner.named_files import read_text_given
from provisioner.planning.roster.judging import in_force_of
from provisioner.planning.roster.matching import LOGIN, MAIL, gone_from, listed_as, match_recreated
from provisioner.planning.roster.owners import OtherPerson
from provisioner.planning.roster.recreated import Recreations
from provisioner.planning.roster.rekeys import owners_of_empty
from provisioner.planning.roster.traits import Likeness
from provisioner.planning.roster.who import who_is_who
from provisioner.reasons.directory import NO_ATTRIBUTE, PAIR_INCOMPLETE, PAIRS_EMPTY, PAIRS_UNREADABLE
from provisioner.settings.values import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class RekeyPlan:
    """Pairs of old and new ids, and agents without a match."""

    found: Recreations
    renamed: tuple[OtherPerson, ...] = ()
    """The same people under the same id, as the operator says."""
    held: tuple[OtherPerson, ...] = ()
    """Ids that seem to show another person, of whom the operator has said nothing."""
    twice: tuple[Likeness, ...] = ()
    """Newcomers who seem to be people who are listed, too."""
    seconds: int = 0
    """New ids that have an empty desktop already."""
    alone: tuple[Agent, ...] = ()
    """Agents who are no longer listed, under no id; by id."""

    @property
    def moves(self) -> tuple[Rekey, ...]:
        """Who goes on under another id."""
        return tuple(Rekey(pair.old.agent_id, pair.new.agent_id) for pair in self.found.pairs)

    @property
    def rekeys(self) -> tuple[Rekey, ...]:
        """Everybody who is carried over."""
        return (*self.moves, *(Rekey(other.agent_id, other.agent_id) for other in self.renamed))


def reading_also(settings: Settings, attribute: str) -> Settings:
    """The settings with one more attribute to read; raises SettingsError if this is not an attribute name."""
    if attribute in ("", LOGIN, MAIL):
        return settings
    if not _NAME.fullmatch(attribute):
        raise SettingsError(NO_ATTRIBUTE(name=attribute))
    names = settings.directory.attributes
    if attribute.lower() in (name.lower() for name in names.extra):
        return settings
    attributes = replace(names, extra=(*names.extra, attribute))
    return replace(settings, directory=replace(settings.directory, attributes=attributes))


def rekey_plan(settings: Settings, outside: OutsideSystems, *, by: str, pairs: Iterable[Rekey] = ()) -> RekeyPlan:
    """Match by `pairs` if given, else by the attribute `by` if given, else by everything that identifies people.

    A pair of twice the same id says that whoever is listed under it is still the same person. Nobody else is matched that way.
    Raises DirectoryError and StoreError.
    """
    records, reading = outside.store.load(), outside.directory.read()
    owners, pairs = records.owners, tuple(pairs)
    taken = owners - owners_of_empty(records)
    who = who_is_who(reading, in_force_of(records, site_config_of(settings)), everybody=True)
    same = {pair.new for pair in pairs if pair.old == pair.new}
    if pairs:
        found = listed_as(
            pairs, reading, records.roster, owners, taken=taken, others=(other.entries.old for other in who.others)
        )
    elif by:
        found = match_recreated(reading, records.roster, owners, by=by)
    else:
        found = who.recreated
    moved = {pair.old.agent_id for pair in found.pairs}
    return RekeyPlan(
        found=found,
        renamed=tuple(other for other in who.others if other.agent_id in same),
        held=tuple(other for other in who.others if other.agent_id not in same | moved),
        twice=who.twice,
        seconds=sum(pair.new.agent_id in owners - taken for pair in found.pairs),
        alone=tuple(_alone(found, reading, records.roster, owners)),
    )


def pairs_in(path: Path) -> tuple[Rekey, ...]:
    """Read a file with an old and a new id on each line; raises SettingsError, naming the line."""
    try:
        lines = read_text_given(path).splitlines()
    except (OSError, UnicodeError) as error:
        raise SettingsError(PAIRS_UNREADABLE(path=str(path), said=str(error))) from error
    pairs = []
    for number, line in enumerate(lines, 1):
        ids = re.split(r"[\s,;]+", line.partition("#")[0].strip().lower())
        if ids == [""]:
            continue
        if len(ids) != 2:
            raise SettingsError(PAIR_INCOMPLETE(path=str(path), line=number, count=len(ids)))
        pairs.append(Rekey(AgentId(ids[0]), AgentId(ids[1])))
    if not pairs:
        raise SettingsError(PAIRS_EMPTY(path=str(path)))
    return tuple(pairs)


_NAME = re.compile(r"[A-Za-z][A-Za-z0-9;.-]*")


def _alone(
    found: Recreations, reading: Roster, accepted: Roster | None, owners: frozenset[AgentId]
) -> Iterable[Agent]:  # fmt: skip
    taken = {pair.old.agent_id for pair in found.pairs} | {agent.agent_id for group in found.unclear for agent in group.old}
    return (agent for agent in gone_from(reading, accepted, owners) if agent.agent_id not in taken)
