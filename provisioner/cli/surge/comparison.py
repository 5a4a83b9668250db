"""`bascule surge diff A B`: what one scenario does otherwise than another, by wave."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from provisioner.cli.clocks import clock_of_commands
from provisioner.cli.output import pairs, print_json, print_table, say
from provisioner.cli.scenario.command import roster_of, start_of
from provisioner.cli.site import settings_of
from provisioner.errors import BasculeError
from provisioner.model.people.agents import Roster
from provisioner.model.people.profiles import Entitlement
from provisioner.model.scenario.scenarios import ScenarioDifference
from provisioner.planning.demand.comparison import differences_of
from provisioner.ports import Clock
from provisioner.reasons.reason import NONE, Reason
from provisioner.settings.scenario import load_scenario
from provisioner.texts.translate import _, headings, translated

_COLUMNS = headings("wave", "what the second does otherwise")


def compare(before: Path, after: Path, *, start: str, config: Path, json: bool) -> bool:
    """Show it; whether there is anything. How many people are in each wave counts if the configuration can be read."""
    clock = clock_of_commands()
    old, new = load_scenario(before), load_scenario(after)
    roster, entitlements, unknown = _people(config, clock)
    found = differences_of(old, new, start=start_of(start, old, now=clock.now()), roster=roster, entitlements=entitlements)
    if json:
        print_json({"differences": [_document(each) for each in found], "people_known": roster is not None})
        return bool(found)
    _show(found)
    if found and unknown:
        say(_("How many people that are is not known here: {why}", why=translated(unknown)))
    return bool(found)


def _people(config: Path, clock: Clock) -> tuple[Roster | None, tuple[Entitlement, ...], Reason]:
    try:
        settings = replace(settings_of(config))
        return roster_of(settings, clock), settings.entitlements, NONE
    except BasculeError as error:
        return None, (), error.reason


def _show(found: Sequence[ScenarioDifference]) -> None:
    if not found:
        say(_("both do the same for everybody"))
        return
    print_table("", _COLUMNS, [(each.wave or _("all waves"), each.what) for each in found])


def _document(difference: ScenarioDifference) -> dict[str, object]:
    return {"wave": difference.wave, "sign": difference.sign, **dict(pairs("what", difference.what))}


__all__ = ["compare"]
