"""How far the desktops are that are made ahead of need, by wave and profile."""

from collections import Counter, defaultdict

from provisioner.model.demand import Want
from provisioner.model.desktops import Phase
from provisioner.model.ids import ProfileName, WaveName
from provisioner.model.status import Preparation
from provisioner.planning.inputs import Situation
from provisioner.planning.survey.survey import Survey


def preparations(situation: Situation, seen: Survey) -> tuple[Preparation, ...]:
    """How far each wave's preparation is, by wave and profile; waves without one are left out."""
    wants: defaultdict[tuple[WaveName, ProfileName], list[Want]] = defaultdict(list)
    for want in situation.demand.ahead.values():
        wants[want.wave, want.profile].append(want)
    return tuple(_preparation(wants[key], seen) for key in sorted(wants))


def _preparation(wants: list[Want], seen: Survey) -> Preparation:
    phases = {one.seat: seen.phases[seen.of_seat[one.seat].name][0] for one in wants if one.seat in seen.of_seat}
    counted = Counter(phases.values())
    first = wants[0]
    assert first.level is not None  # what is wanted ahead has a level
    return Preparation(
        wave=first.wave,
        profile=first.profile,
        level=first.level,
        wanted=len(wants),
        stopped=counted[Phase.STOPPED],
        running=counted[Phase.READY],
        missing=sum(one.seat not in phases or not one.is_met_by(phases[one.seat]) for one in wants),
        opens_at=min(one.opens_at for one in wants),
    )
