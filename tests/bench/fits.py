"""Surges that do not fit, at full size: what binds, the largest wave that would be served in time, and whether a run says so.

Each number is run again: with so many people all are in time, with 2 % more they are not.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from provisioner.model.ids import ClusterId, WaveName
from provisioner.model.machines.twin_spec import TwinSpec
from provisioner.model.people.profiles import Addressing, Profile, Selection
from provisioner.model.scenario.ceilings import Ceiling
from provisioner.model.scenario.scenarios import PlannedTime, Scenario, Wave
from provisioner.reasons.rehearsal import BOOTING, LOCK_OF, ROOM_SHORT
from provisioner.reasons.surges import CEILING
from provisioner.rehearsal.ensemble import Ensemble
from provisioner.rehearsal.fitting import largest, with_at_most
from provisioner.rehearsal.forecast import Forecast
from provisioner.rehearsal.rehearse import Rehearsal, Stage
from tests.bench.parallel import spread
from tests.bench.stage import AGENTS, BEGIN, PROFILE, a_config_on, a_roster, a_spec

_WAVE = WaveName("everyone")
_MORE = 0.02
"""So many people more are to be too many."""
_MEMORY, _SEATS, _ADDRESSES = 1_200, 1_000, 1_500
"""Of 1,700 people, for how many there is enough."""
_AMPLE_S = 4 * 3600.0
_NOT_TIME = frozenset({ROOM_SHORT.code, CEILING.code})
"""What leaves people out at once: only for the others a resource is doubled."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """One site on which 1,700 people are too many."""

    name: str
    binds: str
    """The code of the reason that is right: of what all the others would still be short of if it were not for this."""
    twin: str = "local-16"
    ready_by_s: float = _AMPLE_S
    memory: int | None = None
    seats: int | None = None
    addresses: int | None = None

    def stage(self, people: int) -> Stage:
        """For so many people; everything else is smaller in proportion."""
        spec = a_spec(self.twin)
        if self.memory is not None:
            spec = _with_memory(spec, round(self.memory * people / AGENTS))
        config = a_config_on(spec)
        if self.addresses is not None:
            config = replace(config, profiles={PROFILE: _addressed(config.profiles, round(self.addresses * people / AGENTS))})
        seats = None if self.seats is None else round(self.seats * people / AGENTS)
        due = PlannedTime(after_s=self.ready_by_s if self.ready_by_s == _AMPLE_S else self.ready_by_s * people / AGENTS)
        scenario = Scenario(
            name=self.name,
            planned=True,
            waves=(Wave(name=_WAVE, who=Selection(), priority=0, ready_by=due),),
            ceilings=() if seats is None else (Ceiling(name="vpn", limit=seats),),
        )
        return Stage(
            config=replace(config, scenario=scenario),
            roster=a_roster(people),
            twins={ClusterId(spec.name): spec},
            begins_at=BEGIN,
        )


_ROOM, _CEILING, _BOOTING, _LOCK = ROOM_SHORT.code, CEILING.code, BOOTING.code, LOCK_OF.code
VARIANTS = (
    Variant(name="memory for 1,200", binds=_ROOM, memory=_MEMORY),
    Variant(name="1,000 VPN seats", binds=_CEILING, seats=_SEATS),
    Variant(name="1,500 addresses", binds=_ROOM, addresses=_ADDRESSES),
    Variant(name="memory for 1,200 and 1,000 VPN seats", binds=_CEILING, memory=_MEMORY, seats=_SEATS),
    Variant(name="ready_by after 6 min", binds=_BOOTING, ready_by_s=360.0),
    Variant(name="one storage id, ready_by after 20 min", binds=_LOCK, twin="shared-1", ready_by_s=1200.0),
)


def _with_memory(spec: TwinSpec, desktops: int) -> TwinSpec:
    """Nodes with memory for so many desktops together, at 80 %."""
    each_mib = spec.templates[0].memory_mib
    counts = [desktops // len(spec.nodes) + (number < desktops % len(spec.nodes)) for number in range(len(spec.nodes))]
    nodes = tuple(
        replace(node, memory_mib=round(count * each_mib / 0.8) + 64) for node, count in zip(spec.nodes, counts, strict=True)
    )
    return replace(spec, nodes=nodes)


def _addressed(profiles: Mapping[Any, Profile], count: int) -> Profile:
    first = 10 * 256 + 1  # 10.40.10.1
    last = first + count - 1
    addressing = Addressing(
        network="10.40.0.0/16",
        gateway="10.40.0.1",
        first=f"10.40.{first // 256}.{first % 256}",
        last=f"10.40.{last // 256}.{last % 256}",
    )
    return replace(profiles[PROFILE], addressing=addressing)


def row(variant: Variant, *, people: int) -> dict[str, Any]:
    """What a forecast says of it, and what two runs say to that."""
    began, stage = time.process_time(), variant.stage(people)
    ensemble = Ensemble(stage, (), known=True, draws=0)
    forecasts = [ensemble.run(0)]
    (fit,) = ensemble.outcome(forecasts).fits
    if fit.people > fit.in_time + sum(limit.people for limit in fit.limits if limit.why.code in _NOT_TIME):
        forecasts += [ensemble.run(number) for number in range(1, ensemble.runs)]
        (fit,) = ensemble.outcome(forecasts).fits
    most = largest(ensemble.stage_of(0), fit, _run)
    took_s = time.process_time() - began
    fits, more = (_run(with_at_most(stage, _WAVE, count)) for count in (most, most + max(1, round(_MORE * people))))
    found = {
        "variant": variant.name,
        "people": people,
        "largest": most,
        "binds": str(fit.binds),
        "code": fit.binds.code,
        "right": fit.binds.code == variant.binds,
        "limits": [[limit.people, limit.why.code] for limit in fit.limits],
        "so_many_in_time": fits.in_time == most,
        "more_in_time": more.in_time,
        "more_is_too_many": more.in_time < most + max(1, round(_MORE * people)),
        "cpu_s": round(took_s, 1),
    }
    print(found, flush=True)
    return found


def _run(stage: Stage) -> Forecast:
    return Rehearsal(stage).run()


def run(*, people: int = AGENTS, jobs: int = 1) -> dict[str, Any]:
    """All variants."""
    return {"people": people, "rows": spread(partial(row, people=people), VARIANTS, jobs=jobs)}
