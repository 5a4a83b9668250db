"""Which of an order's pairs of ids can be carried out: no agent gets another agent's desktop, or a second desktop. Pure."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from provisioner.model.ids import AgentId, DesktopName
from provisioner.model.intents import Rekey
from provisioner.model.kept.records import Records
from provisioner.model.machines.desktops import Reservation
from provisioner.planning.roster.departed import known_in
from provisioner.reasons.directory import NAMED_TWICE, NEW_SERVED, NOT_REKEYED, OLD_UNKNOWN, SECOND_USED
from provisioner.reasons.reason import NONE, Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class RekeyResult:
    """The pairs of an order that are carried out, and the others."""

    rekeys: dict[AgentId, AgentId]
    refused: tuple[Reason, ...] = ()
    seconds: Mapping[DesktopName, DesktopName] = field(default_factory=dict)
    """Empty desktops that were made for the new ids, each with the desktop that the person has had all along: superseded."""


def owners_of_empty(records: Records) -> frozenset[AgentId]:
    """Agents with a desktop, where nobody was ever logged on: a second desktop that a new id was given."""
    used = {record.reservation.agent_id for record in records.desktops.values() if record.logged_on or record.lease is not None}
    return records.owners - used


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
    # An empty second desktop is superseded by the one that the person has had all along.
    refusals = {old: why for old, new in rekeys.items() if (why := _why_not_second(old, new, records))}
    while served := [old for old, new in rekeys.items() if old in refusals and new not in rekeys]:
        for old in served:
            refused.append(NOT_REKEYED(old=old, new=rekeys.pop(old), why=refusals[old]))
    return RekeyResult(rekeys=rekeys, refused=tuple(refused), seconds=dict(_seconds(rekeys, records)))


def _why_not_second(old: AgentId, new: AgentId, records: Records) -> Reason:
    """Why what the new id has is not a second desktop of the same person; empty: it is one, or the new id has none."""
    seconds, firsts = _desktops_of(new, records), _desktops_of(old, records)
    if not seconds:
        return NONE
    desktop = seconds[0].name
    if not firsts or any(second.reserved_at <= firsts[0].reserved_at for second in seconds):
        return NEW_SERVED(new=new, desktop=desktop)
    return NONE if new in owners_of_empty(records) else SECOND_USED(new=new, desktop=desktop)


def _seconds(rekeys: Mapping[AgentId, AgentId], records: Records) -> Iterator[tuple[DesktopName, DesktopName]]:
    """What the new ids have that nobody passes on."""
    for old, new in rekeys.items():
        if new not in rekeys:
            yield from ((second.name, _desktops_of(old, records)[0].name) for second in _desktops_of(new, records))


def _desktops_of(agent_id: AgentId, records: Records) -> list[Reservation]:
    """The desktop that the agent uses comes first."""
    own = (record for record in records.desktops.values() if record.reservation.agent_id == agent_id)
    in_order = sorted(own, key=lambda record: (record.superseded_by is not None, record.reservation.name))
    return [record.reservation for record in in_order]


def _why_not(pair: Rekey, *, known: bool, alone: bool) -> Reason:
    if not alone:
        return NAMED_TWICE()
    return NONE if known else OLD_UNKNOWN(old=pair.old)
