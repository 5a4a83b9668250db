"""The rules in force as JSON: who is entitled to what, and the scenario."""

from dataclasses import asdict
from typing import Any

from provisioner.model.ids import ProfileName, WaveName
from provisioner.model.profiles import Entitlement, Selection
from provisioner.model.rules import Rules
from provisioner.model.scenarios import PreparationLevel, Scenario, Wave

_SETS = ("groups", "departments", "sites", "logins", "units")


def plain_rules(rules: Rules) -> dict[str, Any]:
    """Lists, texts and numbers alone; the same rules give the same."""
    scenario = rules.scenario
    return {
        "entitlements": [{"profile": rule.profile, "who": _plain_who(rule.who)} for rule in rules.entitlements],
        "scenario": {
            "name": scenario.name,
            "starts_at": scenario.starts_at,
            "by_hand": scenario.by_hand,
            "waves": [{**asdict(wave), "who": _plain_who(wave.who), "prepare": wave.prepare.value} for wave in scenario.waves],
        },
    }


def rules_of(raw: dict[str, Any]) -> Rules:
    """The rules that `plain_rules` gave."""
    entitlements = (Entitlement(profile=ProfileName(rule["profile"]), who=_who_of(rule["who"])) for rule in raw["entitlements"])
    scenario = raw["scenario"]
    return Rules(
        entitlements=tuple(entitlements),
        scenario=Scenario(
            name=scenario["name"],
            starts_at=scenario["starts_at"],
            by_hand=scenario.get("by_hand", False),
            waves=tuple(_wave_of(wave) for wave in scenario["waves"]),
        ),
    )


def _wave_of(raw: dict[str, Any]) -> Wave:
    return Wave(
        **{**raw, "name": WaveName(raw["name"]), "who": _who_of(raw["who"]), "prepare": PreparationLevel(raw["prepare"])}
    )


def _plain_who(who: Selection) -> dict[str, Any]:
    sets = {name: sorted(getattr(who, name)) for name in _SETS}
    return {**sets, "attributes": [[name, sorted(values)] for name, values in who.attributes]}


def _who_of(raw: dict[str, Any]) -> Selection:
    attributes = tuple((name, frozenset(values)) for name, values in raw["attributes"])
    return Selection(**{name: frozenset(raw[name]) for name in _SETS}, attributes=attributes)


__all__ = ["plain_rules", "rules_of"]
