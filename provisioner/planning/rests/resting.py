"""The policies, and the demand in which their desktops rest."""

from collections.abc import Mapping
from dataclasses import replace

from provisioner.model.demand import Demand, Rest, Want
from provisioner.model.ids import Instant, Seat
from provisioner.model.kept.records import Records
from provisioner.model.rules import Rules
from provisioner.model.scenario.scenarios import PreparationLevel
from provisioner.planning.rests.outside_hours import outside_hours
from provisioner.planning.rests.spell import Policy, RestFacts, Spell

POLICIES: tuple[Policy, ...] = (
    outside_hours,  # the day's work is done
)


def spells_at(facts: RestFacts) -> tuple[Spell, ...]:
    """Of all policies: those that go on, and the next ones."""
    return tuple(spell for policy in POLICIES for spell in policy(facts))


def resting_seats(demand: Demand, rests: Mapping[Rest, Spell], records: Records, rules: Rules) -> dict[Seat, Rest]:
    """Seats of the demand whose desktop rests; of several rests the one that goes on longest."""
    served, found = records.kept_under(rules), dict[Seat, Rest]()
    for rest in sorted(rests, key=lambda rest: (rest.starts_at, rest.until)):
        begun = {record.reservation.seat for record in records.desktops.values() if _is_begun(record.started_at, rest)}
        found |= {
            seat: rest
            for seat, want in demand.wants.items()
            if want.agent_id in served and seat not in begun and rests[rest].concerns(want) and not _is_due_within(want, rest)
        }
    return found


def with_rests(demand: Demand, resting: Mapping[Seat, Rest], now: Instant) -> Demand:
    """The demand with these seats at rest, until they are to be started again."""
    wants, ahead = dict[Seat, Want](), dict(demand.ahead)
    for seat, want in demand.wants.items():
        if (rest := resting.get(seat)) is None:
            wants[seat] = want
        elif now >= rest.starts_at:
            wants[seat] = replace(want, rest=rest)
        else:
            ahead[seat] = replace(want, rest=rest, by=rest.because, level=PreparationLevel.STOPPED)
    return replace(demand, wants=wants, ahead=ahead)


def _is_begun(started_at: Instant | None, rest: Rest) -> bool:
    """Whether somebody has started it since; from `starts_at` on it is us."""
    return started_at is not None and rest.since <= started_at < rest.starts_at


def _is_due_within(want: Want, rest: Rest) -> bool:
    return want.due_at is not None and rest.since <= want.due_at < rest.until


__all__ = ["POLICIES", "resting_seats", "spells_at", "with_rests"]
