"""Which of an order's pairs of ids can be carried out: no agent gets another agent's desktop, or a second desktop. Pure."""

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
    """The pairs of an order that are carried out, and the others."""

    rekeys: dict[AgentId, AgentId]
    refused: tuple[Reason, ...] = ()


def apply_rekeys(order: Iterable[Rekey], records: Records) -> RekeyResult:
    """Check each pair. Pairs already carried out, by a daemon that was killed right after, are skipped silently."""
    order = tuple(dict.fromkeys(order))
    owned = {desktop.agent_id: desktop.name for desktop in records.reservations if desktop.agent_id is not None}
    known = owned.keys() | known_in(records.roster).keys()
    olds, news = Counter(pair.old for pair in order), Counter(pair.new for pair in order)
    rekeys: dict[AgentId, AgentId] = {}
    refused: list[Reason] = []
    for pair in order:
        if records.rekeyed.get(pair.old) == pair.new and pair.old not in known:
            continue
        if why := _why_not(pair, owned, known=pair.old in known, alone=olds[pair.old] == news[pair.new] == 1):
            refused.append(NOT_REKEYED(old=pair.old, new=pair.new, why=why))
        else:
            rekeys[pair.old] = pair.new
    return RekeyResult(rekeys=rekeys, refused=tuple(refused))


def _why_not(pair: Rekey, owned: dict[AgentId, DesktopName], *, known: bool, alone: bool) -> Reason:
    if not alone:
        return NAMED_TWICE()
    if pair.old == pair.new:
        return SAME_ID()
    if not known:
        return OLD_UNKNOWN(old=pair.old)
    return NEW_SERVED(new=pair.new, desktop=owned[pair.new]) if pair.new in owned else NONE
