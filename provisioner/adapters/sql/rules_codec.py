"""The rules in force as JSON: who is entitled to what, and the scenario."""

from dataclasses import asdict
from typing import Any

from provisioner.model.ids import ProfileName, WaveName
from provisioner.model.people.profiles import Entitlement, Selection
from provisioner.model.rules import Rules
from provisioner.model.scenario.calendars import Calendar, HalfDay
from provisioner.model.scenario.ceilings import Ceiling, Counted
from provisioner.model.scenario.gates import Gate
from provisioner.model.scenario.half_days import Share
from provisioner.model.scenario.rotation import Absence, Rotation
from provisioner.model.scenario.scenarios import End, PlannedTime, PreparationLevel, Scenario, Shortage, Wave
from provisioner.model.session_rules import HandoverRules


def plain_rules(rules: Rules) -> dict[str, Any]:
    """Lists, texts and numbers alone; the same rules give the same."""
    scenario = rules.scenario
    return {
        "entitlements": [{"profile": rule.profile, "who": _plain_who(rule.who)} for rule in rules.entitlements],
        "scenario": {
            "name": scenario.name,
            "starts_at": scenario.starts_at,
            "waves": [_plain_wave(wave) for wave in scenario.waves],
            "calendar": None if scenario.calendar is None else _plain_calendar(scenario.calendar),
            "planned": scenario.planned,
            "by_hand": scenario.by_hand,
            "end": asdict(scenario.end),
            "ceilings": [{**asdict(ceiling), "counts": ceiling.counts.value} for ceiling in scenario.ceilings],
            "survive_nodes": scenario.survive_nodes,
            "deletes": scenario.deletes,
            "up_before_s": scenario.up_before_s,
            "shortage": asdict(scenario.shortage),
            "rotation": None if scenario.rotation is None else _plain_rotation(scenario.rotation),
        },
    }


def rules_of(raw: dict[str, Any]) -> Rules:
    """The rules that `plain_rules` gave."""
    entitlements = (Entitlement(profile=ProfileName(rule["profile"]), who=_who_of(rule["who"])) for rule in raw["entitlements"])
    return Rules(entitlements=tuple(entitlements), scenario=_scenario_of(raw["scenario"]))


def _scenario_of(raw: dict[str, Any]) -> Scenario:
    calendar, rotation = raw["calendar"], raw["rotation"]
    return Scenario(
        name=raw["name"],
        starts_at=raw["starts_at"],
        waves=tuple(_wave_of(wave) for wave in raw["waves"]),
        calendar=None if calendar is None else _calendar_of(calendar),
        planned=raw["planned"],
        by_hand=raw["by_hand"],
        end=_end_of(raw["end"]),
        ceilings=tuple(map(_ceiling_of, raw["ceilings"])),
        survive_nodes=raw["survive_nodes"],
        deletes=raw["deletes"],
        up_before_s=raw["up_before_s"],
        shortage=_shortage_of(raw["shortage"]),
        rotation=None if rotation is None else _rotation_of(rotation),
    )


def _plain_rotation(rotation: Rotation) -> dict[str, Any]:
    who: dict[str, Any] = {"who": _plain_who(rotation.who), "excepted": [_plain_who(each) for each in rotation.excepted]}
    handover = {"warn_minutes": list(rotation.handover.warn_minutes), "disconnected_s": rotation.handover.disconnected_s}
    who["obliged"] = None if rotation.obliged is None else _plain_who(rotation.obliged)
    return {**asdict(rotation), **who, "handover": handover}


def _rotation_of(raw: dict[str, Any]) -> Rotation:
    changed = {
        "share": Share(**raw["share"]),
        "who": _who_of(raw["who"]),
        "excepted": tuple(map(_who_of, raw["excepted"])),
        "obliged": None if raw["obliged"] is None else _who_of(raw["obliged"]),
        "absences": tuple(Absence(**absence) for absence in raw["absences"]),
        "handover": _handover_of(raw["handover"]),
    }
    return Rotation(**{**raw, **changed})


def _handover_of(raw: dict[str, Any]) -> HandoverRules:
    return HandoverRules(warn_minutes=tuple(raw["warn_minutes"]), disconnected_s=raw["disconnected_s"])


def _ceiling_of(raw: dict[str, Any]) -> Ceiling:
    return Ceiling(**{**raw, "counts": Counted(raw["counts"])})


def _shortage_of(raw: dict[str, Any]) -> Shortage:
    return Shortage(
        profiles=tuple(map(ProfileName, raw["profiles"])),
        shares=tuple(Share(**share) for share in raw["shares"]),
        refuses=raw["refuses"],
    )


def _end_of(raw: dict[str, Any]) -> End:
    when = raw["when"]
    return End(**{**raw, "when": None if when is None else PlannedTime(**when)})


def _plain_wave(wave: Wave) -> dict[str, Any]:
    who = {"who": _plain_who(wave.who), "excepted": [_plain_who(who) for who in wave.excepted]}
    return {**asdict(wave), **who, "prepare": wave.prepare.value, "gate": wave.gate and wave.gate.values}


def _wave_of(raw: dict[str, Any]) -> Wave:
    gate = raw["gate"]
    changed = {
        "gate": None if gate is None else Gate.of(**gate),
        "name": WaveName(raw["name"]),
        "who": _who_of(raw["who"]),
        "excepted": tuple(_who_of(who) for who in raw["excepted"]),
        "prepare": PreparationLevel(raw["prepare"]),
        **{key: PlannedTime(**raw[key]) for key in ("ready_by", "prepare_from") if raw[key] is not None},
    }
    return Wave(**{**raw, **changed})


def _plain_calendar(calendar: Calendar) -> dict[str, Any]:
    return {
        "zone": calendar.zone,
        "working_days": sorted(calendar.working_days),
        "half_days": [asdict(half_day) for half_day in calendar.half_days],
        "closed": sorted(calendar.closed),
    }


def _calendar_of(raw: dict[str, Any]) -> Calendar:
    return Calendar(
        zone=raw["zone"],
        working_days=frozenset(raw["working_days"]),
        half_days=tuple(HalfDay(**half_day) for half_day in raw["half_days"]),
        closed=frozenset(raw["closed"]),
    )


def _plain_who(who: Selection) -> dict[str, Any]:
    sets = {name: sorted(getattr(who, name)) for name in Selection.sets()}
    return {**sets, "attributes": [[name, sorted(values)] for name, values in who.attributes]}


def _who_of(raw: dict[str, Any]) -> Selection:
    attributes = tuple((name, frozenset(values)) for name, values in raw["attributes"])
    return Selection(**{name: frozenset(raw[name]) for name in Selection.sets()}, attributes=attributes)


__all__ = ["plain_rules", "rules_of"]
