"""What a drill came to, from its report."""

from collections.abc import Mapping
from contextlib import closing
from typing import Any

from provisioner.capabilities.readiness.history import DRILLS
from provisioner.capabilities.readiness.model import DrillPlace, KeptDrill
from provisioner.cli.clocks import clock_of_commands
from provisioner.cli.output import complain
from provisioner.cli.times import instant
from provisioner.daemon.keeping import store_of
from provisioner.errors import StoreError
from provisioner.model.ids import Instant
from provisioner.settings.values import Settings
from provisioner.texts.translate import _


def drill_of(report: Mapping[str, Any], *, at: Instant | None = None) -> KeptDrill:
    """Of a report of a rehearsal, as `bascule scenario drill --json` gives it. `at`: when it was begun; None: as that says."""
    batches = report["batches"]
    return KeptDrill(
        at=instant(str(report["began_at"])) if at is None else at,
        scenario=report["scenario"],
        place=DrillPlace.TWIN,
        planned=sum(batch["planned"] for batch in batches),
        ready=sum(batch["ready"] for batch in batches),
        batches=len(batches),
        late_batches=sum(bool(batch["late_s"]) for batch in batches),
    )


def keep_drill(settings: Settings, drill: KeptDrill) -> None:
    """For the sheet, and for the history of the standing readiness. It fails no drill."""
    try:
        with closing(store_of(settings, clock=clock_of_commands())) as store:
            kept = store.add(DRILLS, drill)
    except StoreError as error:
        complain(_("what came of it is not kept: {why}", why=error.reason))
        return
    if not kept:
        complain(_("what came of it is not kept: there is no store yet"))


__all__ = ["drill_of", "keep_drill"]
