"""A site in Paris with two profiles, a pool that is lent on request, and a rotation of twice as many people as desktops.

It is played on twins as a daemon would run it, and asked for its forecast at any time of it.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from provisioner.doctor.question import Question
from provisioner.model.ids import ClusterId, DesktopPoolName, Instant, ProfileName
from provisioner.model.machines.twin_spec import TwinSpec
from provisioner.model.people.profiles import Selection
from provisioner.model.pools import AfterPerson, DesktopPool, Lend, ResetRules
from provisioner.model.scenario.calendars import Calendar, DailyHours, HalfDay
from provisioner.model.scenario.etas import Measurement
from provisioner.model.scenario.half_days import Share
from provisioner.model.scenario.rotation import Rotation
from provisioner.model.scenario.scenarios import Scenario
from provisioner.model.site_config import SiteConfig
from provisioner.rehearsal.beginning import beginning_of
from provisioner.rehearsal.rehearse import Rehearsal, Stage
from provisioner.rehearsal.stages import stage_now
from tests.builders.core import a_roster
from tests.builders.rehearsal import a_config_on, a_profile_on

PARIS = ZoneInfo("Europe/Paris")
OFFICE = Calendar(
    zone="Europe/Paris",
    working_days=frozenset(range(5)),
    half_days=(HalfDay(name="am", begins=480, ends=750), HalfDay(name="pm", begins=810, ends=1080)),
)
DESK, HELP = DesktopPoolName("shared"), DesktopPoolName("help-desk")
SIZE, HELP_SIZE = 6, 3


def paris(text: str) -> Instant:
    """A time by the wall clock: 2026-11-30T08:00."""
    return datetime.fromisoformat(text).replace(tzinfo=PARIS).timestamp()


def a_shared_scenario(**changed: Any) -> Scenario:
    """Started by hand: everybody has one of two half-days."""
    rotation = Rotation(pool=DESK, share=Share(slots=5, of=10), who=Selection())
    return Scenario(
        **{"name": "turns", "waves": (), "planned": True, "by_hand": True, "calendar": OFFICE, "rotation": rotation, **changed}
    )


def a_shared_site(spec: TwinSpec, *, size: int = SIZE, **changed: Any) -> SiteConfig:
    """`changed`: fields of the configuration."""
    standard, office = a_profile_on(spec), a_profile_on(spec, home_share="//files/homes")
    office = replace(office, name=ProfileName("office"))
    resets = ResetRules(at_once=4, hours=DailyHours(begins=1200, ends=360, zone="Europe/Paris"))
    pools = (
        DesktopPool(
            name=DESK, profile=office.name, size=size, lend=Lend.BY_PLAN, after_person=AfterPerson.OVERNIGHT, resets=resets
        ),
        DesktopPool(name=HELP, profile=office.name, size=HELP_SIZE, spare=2),
    )
    config = a_config_on(spec, profile=standard, scenario=a_shared_scenario())
    config = replace(config, profiles={standard.name: standard, office.name: office})
    return replace(config, **{"desktop_pools": {pool.name: pool for pool in pools}, **changed})


def played(config: SiteConfig, spec: TwinSpec, *, begins: str, until: str, agents: int = 12, listeners: Any = ()) -> Rehearsal:
    """The site as a daemon runs it from then on, after its scenario was started; hours of rest are skipped."""
    begun = replace(config, scenario=replace(config.scenario, by_hand=False))
    stage = Stage(
        config=begun,
        roster=a_roster(agents),
        twins={ClusterId(spec.name): spec},
        begins_at=paris(begins),
        at_most_s=paris(until) - paris(begins),
        listeners=(*listeners,),
    )
    reality = Rehearsal(stage)
    reality.go_on(until=lambda: reality.events.now >= paris(until))
    return reality


def asked(reality: Rehearsal, config: SiteConfig, *, measured: Iterable[Measurement] = ()) -> Question:
    """What `bascule forecast` asks at this moment, from what the store and the listings say."""
    loop, now = reality.reconciler, reality.events.now
    begins = beginning_of(config, loop.records.surge, now)
    records, views = replace(loop.records, surge=begins.run), loop.flight.snapshot.clusters.values()
    stage = stage_now(begins.config, reality.stage.roster, records, views, now=now)
    return Question(stage=stage, assumptions=begins.supposed, measured=(*measured,))


def not_begun(config: SiteConfig, spec: TwinSpec, *, at: str, agents: int = 12) -> Question:
    """The same before anything was started."""
    begins, now = beginning_of(config, None, paris(at)), paris(at)
    twins = {ClusterId(spec.name): spec}
    stage = Stage(config=begins.config, roster=a_roster(agents), twins=twins, begins_at=now)
    return Question(stage=stage, assumptions=begins.supposed, known=True)


__all__ = [
    "DESK",
    "HELP",
    "HELP_SIZE",
    "OFFICE",
    "SIZE",
    "a_shared_scenario",
    "a_shared_site",
    "asked",
    "not_begun",
    "paris",
    "played",
]
