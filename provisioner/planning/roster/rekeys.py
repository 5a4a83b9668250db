"""Which of an order's pairs of ids can be carried out: nobody is given somebody else's desktop, and nobody gets two. Pure."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from provisioner.model.ids import AgentId, DesktopName
from provisioner.model.intents import Rekey
from provisioner.model.records import Records
from provisioner.planning.roster.departed import known_in
from provisioner.reasons.directory import NAMED_TWICE, NEW_SERVED, NOT_REKEYED, OLD_UNKNOWN, SAME_ID
from provisioner.reasons.reason import NONE, Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class RekeyResult:
    """What is carried out of an order."""

    rekeys: dict[AgentId, AgentId]
    refused: tuple[Reason, ...] = ()
    """The others, each with the reason."""


def apply_rekeys(order: Iterable[Rekey], records: Records) -> RekeyResult:
    """Pairs that were carried out before, by a daemon that was killed right after, are no news and no refusal."""
    order = tuple(dict.fromkeys(order))
    owned = {one.agent_id: one.name for one in records.reservations if one.agent_id is not None}
    known = owned.keys() | known_in(records.roster).keys()
    olds, news = Counter(one.old for one in order), Counter(one.new for one in order)
    rekeys: dict[AgentId, AgentId] = {}
    refused: list[Reason] = []
    for one in order:
        if records.rekeyed.get(one.old) == one.new and one.old not in known:
            continue
        if why := _why_not(one, owned, known=one.old in known, alone=olds[one.old] == news[one.new] == 1):
            refused.append(NOT_REKEYED(old=one.old, new=one.new, why=why))
        else:
            rekeys[one.old] = one.new
    return RekeyResult(rekeys=rekeys, refused=tuple(refused))


def _why_not(one: Rekey, owned: dict[AgentId, DesktopName], *, known: bool, alone: bool) -> Reason:
    if not alone:
        return NAMED_TWICE()
    if one.old == one.new:
        return SAME_ID()
    if not known:
        return OLD_UNKNOWN(old=one.old)
    return NEW_SERVED(new=one.new, desktop=owned[one.new]) if one.new in owned else NONE
