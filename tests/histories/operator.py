"""An operator who says the truth of whoever is held, now and then, and orders nothing else."""

from random import Random

from provisioner.model.ids import AgentId
from provisioner.model.intents import NO_TERMS, Allowance, Intent, IntentKind, Rekey, Terms
from provisioner.planning.roster.departed import known_in
from provisioner.planning.roster.guard import allowance_for
from provisioner.planning.roster.judging import judge_reading
from provisioner.planning.roster.shown import shown_as
from tests.builders.reconciler import Site
from tests.histories.world import World, person_of


def say_who(site: Site, world: World, dice: Random) -> AgentId | None:
    """Of one who is held: the same person, or somebody else. Of a slipped row nothing is said: the directory is put right.

    The id that an order was given about; None: there was none, or it was about two.
    """
    records = site.store.load()
    roster = records.roster
    held = [entry for entry in (roster.rejected if roster is not None else ()) if entry.same_as and entry.agent_id is not None]
    if not held or roster is None:
        return None
    entry = dice.choice(held)
    known, key = known_in(roster), AgentId(entry.agent_id or "")
    shown = world.entries.get(key)
    if shown is None:
        return None
    same = [old for old in entry.same_as if old in known and person_of(known[old]) == shown.person]
    owners = {person_of(known[owner]) for owner in records.owners if owner in known}
    owner = known.get(key) if key in records.owners else None
    terms = Terms(shown=shown_as(world.entry(key), owner))
    if same:
        if same[0] == key:
            _give(site, IntentKind.REKEY, target=key, pairs=(Rekey(key, key),), terms=terms)
            return key
        if same[0] not in world.entries or world.entries[same[0]].person != shown.person:
            _give(site, IntentKind.REKEY, pairs=(Rekey(same[0], key),))
    elif shown.person not in owners:
        _give(site, IntentKind.DISTINCT, target=key, terms=terms)
        return key
    return None


def accept(site: Site, world: World) -> None:
    """Whatever the guard holds back is let through: the operator did not look closely."""
    judgement = judge_reading(world.read(site.clock.at), site.config, site.store.load(), now=site.clock.at)
    if judgement is not None and judgement.verdict.quarantine is not None:
        _give(site, IntentKind.ACCEPT_DIRECTORY, allows=allowance_for(judgement.verdict))


def _give(
    site: Site,
    kind: IntentKind,
    *,
    target: str = "",
    pairs: tuple[Rekey, ...] = (),
    allows: Allowance | None = None,
    terms: Terms = NO_TERMS,
) -> None:
    until, at = site.clock.at + 3600.0 if allows is not None else None, site.clock.at
    order = Intent(kind=kind, by="claire", at=at, target=target, rekeys=pairs, until=until, allows=allows, terms=terms)
    assert site.reconciler.obey(order) == ""


__all__ = ["accept", "say_who"]
