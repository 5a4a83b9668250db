"""`bascule surge readiness --history`: the answers of earlier nights, with what made each fall."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import typer

from provisioner.capabilities.readiness.history import ANSWERS, DRILLS
from provisioner.cli.documents import READINESS, DrillDocument, ReadinessDocument
from provisioner.cli.output import print_json, print_table
from provisioner.cli.reading import Look
from provisioner.cli.reason_lines import reason_in
from provisioner.cli.report.kept import had_document
from provisioner.cli.times import clock, instant
from provisioner.model.ids import Instant
from provisioner.texts.translate import N_, _, headings

if TYPE_CHECKING:
    from provisioner.ports import Store

_COLUMNS = headings("at", "scenario", "readiness", "ready", "wanted", "because")

_DRILLS = headings("at", "scenario", "how", "ready", "planned", "late batches")
_PLACES = {"twin": N_("rehearsed on twins"), "canary": N_("with real desktops")}


def show_history(look: Look) -> None:
    """Exit code 3 without a daemon: then it is what the store keeps."""
    document, away = had_document(READINESS, {"answers": str(ANSWERS.most)}, look, _kept)
    if look.json:
        print_json(document)
    else:
        title = N_("standing readiness, the newest first")
        empty = _("no answer is kept: `readiness:` in bascule.yaml has the daemon ask each night")
        print_table(title, _COLUMNS, map(_row, document["answers"]), numbers=_COLUMNS[2:5], empty=empty)
        print_table(N_("drills, the newest first"), _DRILLS, map(_drill, document["drills"]), numbers=_DRILLS[3:5])
    raise typer.Exit(3 if away else 0)


def _kept(store: "Store", _: Instant) -> object:
    from provisioner.capabilities.readiness.documents import readiness_history_document

    return readiness_history_document(store.latest(ANSWERS, ANSWERS.most), store.latest(DRILLS, DRILLS.most))


def _drill(drill: DrillDocument) -> tuple[object, ...]:
    how = _(_PLACES[drill["place"]])
    return clock(instant(drill["at"])), drill["scenario"], how, drill["ready"], drill["planned"], drill["late_batches"]


def _row(answer: ReadinessDocument) -> tuple[object, ...]:
    first = next(iter(answer["causes"]), None)
    why = answer["untried"] if first is None else first["because"]
    because = "" if why is None else reason_in(why)
    return clock(instant(answer["at"])), answer["scenario"], *_numbers(answer), because


def _numbers(answer: ReadinessDocument) -> Iterator[object]:
    yield "?" if answer["percent"] is None else answer["percent"]
    yield from (answer["ready"], answer["wanted"])


__all__ = ["show_history"]
