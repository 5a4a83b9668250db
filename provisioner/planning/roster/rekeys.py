"""Which of an order's pairs of ids can be carried out: no agent gets another agent's desktop, or a second desktop. Pure."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from provisioner.model.ids import AgentId
from provisioner.model.intents import Rekey
from provisioner.model.records import Records
from provisioner.planning.roster.departed import known_in
from provisioner.reasons.directory import NAMED_TWICE, NEW_SERVED, NOT_REKEYED, OLD_UNKNOWN
from provisioner.reasons.reason import NONE, Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class RekeyResult:
    """The pairs of an order that are carried out, and the others."""

    rekeys: dict[AgentId, AgentId]
    refused: tuple[Reason, ...] = ()


def apply_rekeys(order: Iterable[Rekey], records: Records) -> RekeyResult:
    """Check each pair. Pairs already carried out, by a daemon that was killed right after, are skipped silently, and so are ids
    that stay: the next reading is judged by them (`who`)."""
    order = tuple(dict.fromkeys(order))
    owned = {desktop.agent_id: desktop.name for desktop in records.reservations if desktop.agent_id is not None}
    known = owned.keys() | known_in(records.roster).keys()
    olds, news = Counter(pair.old for pair in order), Counter(pair.new for pair in order)
    rekeys: dict[AgentId, AgentId] = {}
    refused: list[Reason] = []
    for pair in order:
        if pair.old == pair.new or (records.rekeyed.get(pair.old) == pair.new and pair.old not in known):
            continue
        if why := _why_not(pair, known=pair.old in known, alone=olds[pair.old] == news[pair.new] == 1):
            refused.append(NOT_REKEYED(old=pair.old, new=pair.new, why=why))
        else:
            rekeys[pair.old] = pair.new
    # Who has a new id so far goes on under another one by the same order, or nobody does under that id.
    while served := [old for old, new in rekeys.items() if new in owned and new not in rekeys]:
        for old in served:
            new = rekeys.pop(old)
            refused.append(NOT_REKEYED(old=old, new=new, why=NEW_SERVED(new=new, desktop=owned[new])))
    return RekeyResult(rekeys=rekeys, refused=tuple(refused))


def _why_not(pair: Rekey, *, known: bool, alone: bool) -> Reason:
    if not alone:
        return NAMED_TWICE()
    return NONE if known else OLD_UNKNOWN(old=pair.old)
