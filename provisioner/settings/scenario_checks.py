"""Checks between the waves and keys of one scenario."""

from provisioner.model.scenario.half_days import Share
from provisioner.model.scenario.scenarios import PreparationLevel
from provisioner.reasons.rotation import FEWER_NO_FEWER, FEWER_NO_ROTATION
from provisioner.reasons.settings import (
    AFTER_REFUSAL,
    HOURS_NO_CALENDAR,
    LESS_NO_WAVE,
    NOTHING_STOPPED,
    PREPARED_FOR_NO_AGENT,
    PREPARED_IN_NO_TIME,
    PREPARED_TO_NO_LEVEL,
    PROFILE_TWICE,
    TWO_LANGUAGES,
    WAVE_NO_AGENT,
    WAVE_TWICE,
    WAVES_NEEDED,
)
from provisioner.settings.checking import CheckedDocument
from provisioner.settings.problems import Path, spell
from provisioner.settings.scenario_documents import (
    REFUSE,
    FewerKeys,
    LessKeys,
    OutsideHoursWord,
    PrepareKeys,
    ScenarioKeys,
    WaveKeys,
)
from provisioner.settings.who import catches_all


def check_waves(checked: CheckedDocument[ScenarioKeys], scenario: ScenarioKeys) -> None:
    """Report names that come twice, waves that nobody is left for, and keys that do not go together."""
    _check_somebody(checked)
    names: set[str] = set()
    full = ""
    for index, wave in enumerate(scenario.waves):
        if wave.name in names:
            checked.complain(("waves", index, "name"), WAVE_TWICE(wave=wave.name))
        names.add(wave.name)
        if full:
            checked.complain(("waves", index), WAVE_NO_AGENT(wave=full))
        elif catches_all(wave.who) and wave.except_ is None and wave.percent is None:
            full = wave.name
    _check_shortage(checked, scenario)
    _check_hours(checked, scenario)
    planned_by = next(scenario.planned_keys(), None)
    if planned_by is None:
        _check_preparation(checked, scenario)
        return
    for key in scenario.timed_keys():
        checked.complain(key, TWO_LANGUAGES(key=spell(planned_by)), at_key=True)


def _check_somebody(checked: CheckedDocument[ScenarioKeys]) -> None:
    """There are waves or a rotation; what is wrong with them is reported elsewhere."""
    data = checked.source.data
    if isinstance(data, dict) and "rotation" not in data and data.get("waves", []) == []:
        checked.complain(("waves",), WAVES_NEEDED())


def _check_shortage(checked: CheckedDocument[ScenarioKeys], scenario: ScenarioKeys) -> None:
    """Nothing comes after a refusal, no profile twice, and fewer half-days each time; and there is somebody for each step."""
    profiles, left, refused = set[str](), None if scenario.rotation is None else scenario.rotation.people.slots, False
    for index, step in enumerate(scenario.shortage):
        if refused:
            checked.complain(("shortage", index), AFTER_REFUSAL())
        if isinstance(step, LessKeys):
            _check_less(checked, ("shortage", index, "profile"), step.profile, scenario, profiles)
            profiles.add(step.profile)
        elif isinstance(step, FewerKeys):
            _check_fewer(checked, ("shortage", index, "slots"), step.slots, left)
            left = step.slots
        refused = refused or step == REFUSE


def _check_less(
    checked: CheckedDocument[ScenarioKeys], place: Path, profile: str, scenario: ScenarioKeys, before: set[str]
) -> None:
    if profile in before:
        checked.complain(place, PROFILE_TWICE(profile=profile))
    elif not scenario.waves:
        checked.complain(place, LESS_NO_WAVE())


def _check_fewer(checked: CheckedDocument[ScenarioKeys], place: Path, slots: Share, before: Share | None) -> None:
    if before is None:
        checked.complain(place, FEWER_NO_ROTATION())
    elif slots.part >= before.part:
        checked.complain(place, FEWER_NO_FEWER(before=str(before)))


def _check_hours(checked: CheckedDocument[ScenarioKeys], scenario: ScenarioKeys) -> None:
    """Hours are a calendar's, and `ready_before` is of desktops that were shut down."""
    during = scenario.during
    if during.outside_hours is OutsideHoursWord.STOP and scenario.calendar is None:
        checked.complain(("during", "outside_hours"), HOURS_NO_CALENDAR())
    if during.outside_hours is OutsideHoursWord.RUN and "ready_before" in during.model_fields_set:
        checked.complain(("during", "ready_before"), NOTHING_STOPPED(), at_key=True)


def _check_preparation(checked: CheckedDocument[ScenarioKeys], scenario: ScenarioKeys) -> None:
    """Preparation needs a level and a time."""
    for index, wave in enumerate(scenario.waves):
        if wave.prepare_before is not None and _prepare(wave, scenario) is PreparationLevel.NONE:
            checked.complain(("waves", index, "prepare_before"), PREPARED_TO_NO_LEVEL())
        if wave.prepare not in (None, PreparationLevel.NONE) and _opens_at_once(wave, scenario):
            checked.complain(("waves", index, "prepare"), PREPARED_IN_NO_TIME())
    prepared = [wave for wave in scenario.waves if _prepare(wave, scenario) is not PreparationLevel.NONE]
    if scenario.prepare_before is not None and not prepared:
        checked.complain(("prepare_before",), PREPARED_TO_NO_LEVEL())
    if scenario.prepare is not PreparationLevel.NONE and not prepared:
        checked.complain(("prepare",), PREPARED_FOR_NO_AGENT())
    elif scenario.prepare is not PreparationLevel.NONE and all(_opens_at_once(wave, scenario) for wave in prepared):
        checked.complain(("prepare",), PREPARED_IN_NO_TIME())


def _opens_at_once(wave: WaveKeys, scenario: ScenarioKeys) -> bool:
    """Whether all batches of the wave open as soon as the scenario is in force."""
    return scenario.starts_at is None and not wave.after and not wave.interval


def _prepare(wave: WaveKeys, scenario: ScenarioKeys) -> PreparationLevel | PrepareKeys:
    return scenario.prepare if wave.prepare is None else wave.prepare
