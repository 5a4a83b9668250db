"""Outside the hours of the scenario's calendar, as long as its run goes on."""

from collections.abc import Iterator

from provisioner.model.scenario.surges import SurgeState
from provisioner.planning.rests.spell import RestFacts, Spell
from provisioner.reasons.targets import OUTSIDE_HOURS, OUTSIDE_THE_HOURS


def outside_hours(facts: RestFacts) -> Iterator[Spell]:
    """From the end of a working day's last half-day until the next first one: the break between two is not a night."""
    scenario, run, calendar = facts.config.scenario, facts.records.surge, facts.config.scenario.calendar
    if scenario.up_before_s is None or calendar is None or run is None or run.is_over or run.state is SurgeState.PENDING:
        return
    if (closed := calendar.next_closed(facts.now)) is None:
        return
    since, until = closed
    because = OUTSIDE_HOURS(until=calendar.words(until))
    yield Spell(when=OUTSIDE_THE_HOURS(), because=because, since=since, until=until, up_before_s=scenario.up_before_s)


__all__ = ["outside_hours"]
