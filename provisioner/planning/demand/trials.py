"""Trials: desktops that an operator has made to see whether, and how fast, they get ready. Nobody is given them."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from sys import maxsize

from provisioner.model.demand import Demand, Want
from provisioner.model.ids import ProfileName, WaveName
from provisioner.model.intents import Intent, IntentKind
from provisioner.model.machines.seats import trial_seat
from provisioner.model.people.profiles import Profile
from provisioner.model.scenario.scenarios import PreparationLevel
from provisioner.model.trials import trial_named
from provisioner.reasons.trials import ORDERED

_WAVE = WaveName("trial")


def trials_in(intents: Iterable[Intent]) -> tuple[Intent, ...]:
    """The trials that an operator has ordered."""
    return tuple(intent for intent in intents if intent.kind is IntentKind.TRIAL)


def profile_tried(intent: Intent) -> ProfileName:
    """The profile of a trial."""
    name = trial_named(intent.target)
    return ProfileName("") if name is None else name.profile


def with_trials(demand: Demand, trials: Iterable[Intent], profiles: Mapping[ProfileName, Profile]) -> Demand:
    """The demand, and the trials after everybody else: like what is made ahead of need, they take no resource from an agent."""
    wants = (_want(intent) for intent in trials if profile_tried(intent) in profiles)
    return replace(demand, ahead={**demand.ahead, **{want.seat: want for want in wants}})


def _want(intent: Intent) -> Want:
    return Want(
        seat=trial_seat(intent.target),
        login=trial_seat(intent.target),
        profile=profile_tried(intent),
        wave=_WAVE,
        rank=(maxsize, intent.at, intent.target),
        by=ORDERED(by=intent.by),
        level=PreparationLevel.RUNNING,
        only_on=None if (name := trial_named(intent.target)) is None else name.place,
    )
