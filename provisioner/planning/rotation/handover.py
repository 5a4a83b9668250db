"""A half-day's change: whose turn it is, and who comes first if the desktops do not suffice for all."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from provisioner.model.ids import AgentId, Instant
from provisioner.model.scenario.half_days import PersonWeek, Slot


def due_at(
    weeks: Iterable[PersonWeek], now: Instant, *, before_s: float, day_of: Callable[[Instant], object]
) -> dict[AgentId, Slot]:
    """Everybody whose half-day goes on or begins soon; between two half-days of the same day a person keeps the desktop."""
    due = ((week.agent_id, _slot(week.slots, now, before_s, day_of)) for week in weeks)
    return {agent_id: slot for agent_id, slot in due if slot is not None}


def _slot(slots: Sequence[Slot], now: Instant, before_s: float, day_of: Callable[[Instant], object]) -> Slot | None:
    previous: Slot | None = None
    for slot in slots:
        if now >= slot.ends:
            previous = slot
        elif now >= slot.begins - before_s or (previous is not None and day_of(previous.ends) == day_of(slot.begins)):
            return slot
        else:
            return None
    return None


def next_slot(weeks: Iterable[PersonWeek], agent_id: AgentId, after: Instant) -> Slot | None:
    """The next half-day of the person that begins later."""
    later = (slot for week in weeks if week.agent_id == agent_id for slot in week.slots if slot.begins > after)
    return min(later, default=None)


def end_of_turn(
    weeks: Iterable[PersonWeek], agent_id: AgentId, now: Instant, *, before_s: float, day_of: Callable[[Instant], object]
) -> Instant | None:
    """When the person's half-day ends, or ended last. None: it goes on in the next one of the same day, or none has begun."""
    own = sorted(slot for week in weeks if week.agent_id == agent_id for slot in week.slots)
    begun = [slot for slot in own if slot.begins <= now]
    following = own[len(begun)] if len(own) > len(begun) else None
    if not begun:
        return None
    last = begun[-1]
    goes_on = following is not None and (
        day_of(following.begins) == day_of(last.ends) or now >= max(last.ends, following.begins - before_s)
    )
    return None if goes_on else last.ends


def in_turn(people: Iterable[AgentId], *, obliged: Callable[[AgentId], bool], waits: Mapping[AgentId, int]) -> list[AgentId]:
    """Who gets a desktop first: people with an obligation, then whoever has waited most. So the largest number of waits stays
    as small as it can: who waits now is whoever has waited least."""
    return sorted(people, key=lambda agent_id: (not obliged(agent_id), -waits.get(agent_id, 0), agent_id))
