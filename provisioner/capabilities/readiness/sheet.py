"""The last drill of a scenario, on its sheet."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from provisioner.capabilities.readiness.commands.keeping import drill_of
from provisioner.capabilities.readiness.documents import drill_document
from provisioner.capabilities.readiness.history import DRILLS
from provisioner.capabilities.readiness.model import DrillPlace, KeptDrill
from provisioner.capabilities.readiness.reasons import NO_DRILL
from provisioner.cli import times
from provisioner.cli.added import AddedNote, SheetNote
from provisioner.cli.output import complain
from provisioner.errors import SettingsError, StoreError
from provisioner.named_files import read_text_given
from provisioner.ports import Store
from provisioner.texts.translate import _


def _note(store: Store, scenario: str, file: Path | None) -> SheetNote:
    """Raises SettingsError."""
    drill = _last(store, scenario) if file is None else drill_of(_report(file))
    return SheetNote(
        title=_("Last drill"), lines=(_line(drill),), key="drill", document=None if drill is None else drill_document(drill)
    )


def _last(store: Store, scenario: str) -> KeptDrill | None:
    """None also if the store cannot be read: the sheet is a forecast, and says so."""
    try:
        return next((drill for drill in store.latest(DRILLS, DRILLS.most) if drill.scenario == scenario), None)
    except StoreError as error:
        complain(_("drills are not known: {why}", why=error.reason))
        return None


def _report(path: Path) -> Mapping[str, Any]:
    try:
        report = json.loads(read_text_given(path))
        if not isinstance(report["batches"], list) or not report["began_at"] or not report["scenario"]:
            raise TypeError
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise SettingsError(NO_DRILL(file=str(path), why=getattr(error, "strerror", None) or "")) from error
    found: Mapping[str, Any] = report
    return found


def _line(drill: KeptDrill | None) -> str:
    if drill is None:
        return _("None of this scenario is kept (`bascule scenario drill … --on twin`, or `--canary 2%`).")
    figures = {"scenario": drill.scenario, "ready": drill.ready, "planned": drill.planned}
    at = times.dated(drill.at)
    if drill.place is DrillPlace.CANARY:
        return _("Scenario {scenario}, {at}: {ready} of {planned} real desktops were made and reached.", at=at, **figures)
    return _(
        "Scenario {scenario}, {at}: {ready} of {planned} people had a desktop; {late} of {batches} batches were late.",
        at=at,
        late=drill.late_batches,
        batches=drill.batches,
        **figures,
    )


NOTE = AddedNote(note=_note)
