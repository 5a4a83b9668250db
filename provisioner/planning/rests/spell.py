"""A time in which desktops rest, as a policy says it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import inf

from provisioner.model.demand import Want
from provisioner.model.ids import Instant
from provisioner.model.kept.records import Records
from provisioner.model.site_config import SiteConfig
from provisioner.reasons.reason import Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class RestFacts:
    """What a policy is computed from."""

    config: SiteConfig
    records: Records
    now: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class Spell:
    """A time in which desktops rest."""

    when: Reason
    """In few words, after a verb: `outside the hours`."""
    because: Reason
    """Why, until when, and what ends it sooner."""
    since: Instant
    until: Instant = inf
    """When they are needed again; infinite: nobody knows."""
    up_before_s: float = 0.0
    """So many seconds before that they are up again."""
    concerns: Callable[[Want], bool] = lambda _: True
    """Whose desktop rests, of the people who were given it."""


Policy = Callable[[RestFacts], Iterable[Spell]]
"""Its spells that go on, and the next ones."""

__all__ = ["Policy", "RestFacts", "Spell"]
