"""Pools: desktops that are lent, to one person after the other."""

import enum
from dataclasses import dataclass, field
from typing import Annotated

from provisioner.model.autoscale import AutoscaleMode, PoolAutoscale
from provisioner.model.bounds import Bounds, Count
from provisioner.model.ids import DesktopPoolName, Instant, ProfileName
from provisioner.model.scenario.calendars import DailyHours

MOST_SEATS = 10_000
"""More than a cluster carries; a typing error of one digit more is refused."""


class Lend(enum.StrEnum):
    """How people get a desktop of a pool."""

    ON_REQUEST = "on request"
    """Somebody asks for them: the help desk by `bascule pool lend`, or a broker by the API."""
    BY_PLAN = "by plan"
    """A rotation says who has one in which half-day: nobody has to ask."""


class AfterPerson(enum.StrEnum):
    """What becomes of a desktop that its person has given back."""

    RESTART = "restart"
    """It is shut down, and free once it is off: nothing of the last person runs there. Its disk stays as it is."""
    REBUILD = "rebuild"
    """It is deleted and made anew: nothing at all is left of the last person."""
    KEPT = "kept"
    """It waits for the same person, and is lent to nobody else."""
    OVERNIGHT = "restart within a day, rebuild overnight"
    """Within a day as RESTART: the next person of the day has it soon. In the hours of `resets` as REBUILD, and then whatever
    somebody has used since it was made is made anew, too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResetRules:
    """When and how fast desktops of a pool are deleted, to be made anew."""

    at_once: Count = 4
    """Deletions of the pool under way. On a storage there are never more deletions and clones together than its lock takes."""
    hours: DailyHours | None = None
    """None: at any time."""

    def opens_at(self, now: Instant) -> Instant:
        """When deletions may begin: now, or later."""
        return now if self.hours is None else self.hours.opens_at(now)


@dataclass(frozen=True, slots=True, kw_only=True)
class DesktopPool:
    """Desktops of one profile that are lent, to one person after the other."""

    name: DesktopPoolName
    profile: ProfileName
    """A key of `profiles`."""
    size: Annotated[int, Bounds(ge=0, le=MOST_SEATS)]
    """Desktops that are made and kept."""
    spare: Annotated[int | None, Bounds(ge=0, le=MOST_SEATS)] = None
    """Free desktops that are kept on and ready: the next people wait for no boot. The other free ones are made, and stay off
    until they are needed. Left out: all are kept ready."""
    lend: Lend = Lend.ON_REQUEST
    """`on request`: by `bascule pool lend`, or by a broker through the API. `by plan`: as the scenario's `rotation` says."""
    after_person: AfterPerson = AfterPerson.REBUILD
    """`restart`: shut down, its disk as it is; `rebuild`: deleted and made anew; `kept`: for the same person alone. Or
    `{within_a_day: restart, overnight: rebuild}`: overnight is within the hours of `resets`."""
    unused_after_s: float = 900.0
    """A lent desktop on which nobody has been logged on for this long, as it says itself, counts as given back: a broker may
    forget it. From being lent, or being ready, or the last log-off on; unknown sessions never count as none."""
    resets: ResetRules = field(default_factory=ResetRules)
    """Of a pool whose desktops are made anew."""
    autoscale: PoolAutoscale | None = None
    """How the pool follows its people; None: it has `size` and `spare`, always."""

    def after(self, now: Instant) -> AfterPerson:
        """What becomes of a desktop that is given back now: restart, rebuild or kept."""
        if self.after_person is not AfterPerson.OVERNIGHT:
            return self.after_person
        return AfterPerson.REBUILD if self.is_night(now) else AfterPerson.RESTART

    def is_night(self, now: Instant) -> bool:
        """Whether what was used is made anew now, though nobody has just given it back."""
        return self.after_person is AfterPerson.OVERNIGHT and self.resets.opens_at(now) <= now

    @property
    def follows(self) -> bool:
        """Whether its people decide how many desktops there are, and not `size` and `spare`."""
        return self.autoscale is not None and self.autoscale.mode is AutoscaleMode.ON

    @property
    def warm(self) -> int:
        """Free desktops that are kept on."""
        return self.size if self.spare is None else self.spare
