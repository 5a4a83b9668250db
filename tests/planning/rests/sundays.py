"""On Sundays, by the clock of the scenario's calendar: the desktops of counters, which are shut then.

An example of a policy, for `test_sunday_file` alone, which puts it beside those of the product.
"""

from collections.abc import Iterator

from provisioner.planning.rests.spell import RestFacts, Spell
from provisioner.reasons.reason import kind

ON_SUNDAYS = kind("on_sundays", "on Sundays")
SHUT_ON_SUNDAYS = kind("shut_on_sundays", "the counters are shut on Sundays: rests until {until}")
MIDNIGHT = 24 * 60


def sundays(facts: RestFacts) -> Iterator[Spell]:
    """From midnight to midnight."""
    if (calendar := facts.config.scenario.calendar) is None:
        return
    today = calendar.date_of(facts.now)
    sunday = (6 - today.weekday()) * MIDNIGHT
    since, until = calendar.instant(today, sunday), calendar.instant(today, sunday + MIDNIGHT)
    because = SHUT_ON_SUNDAYS(until=f"Monday {calendar.words(until)}")
    yield Spell(when=ON_SUNDAYS(), because=because, since=since, until=until, concerns=lambda want: want.profile == "counter")
