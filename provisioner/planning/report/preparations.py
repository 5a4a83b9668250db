"""Progress of the desktops made ahead of need, by wave and profile."""

from collections import Counter, defaultdict

from provisioner.model.demand import Want
from provisioner.model.ids import ProfileName, WaveName
from provisioner.model.machines.desktops import Phase
from provisioner.model.status import Preparation
from provisioner.planning.inputs import Situation
from provisioner.planning.survey.survey import Survey


def preparations(situation: Situation, survey: Survey) -> tuple[Preparation, ...]:
    """The progress of each wave's preparation, by wave and profile; waves without one are left out."""
    wants: defaultdict[tuple[WaveName, ProfileName], list[Want]] = defaultdict(list)
    for want in situation.demand.ahead.values():
        if want.agent_id is not None and want.rest is None:  # neither a trial nor one that was given
            wants[want.wave, want.profile].append(want)
    return tuple(_preparation(wants[key], survey) for key in sorted(wants))


def _preparation(wants: list[Want], survey: Survey) -> Preparation:
    with_desktop = [want.seat for want in wants if want.seat in survey.of_seat]
    phases = {seat: survey.phases[survey.of_seat[seat].name][0] for seat in with_desktop}
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
        missing=sum(want.seat not in phases or not want.is_met_by(phases[want.seat]) for want in wants),
        opens_at=min(want.opens_at for want in wants),
    )
