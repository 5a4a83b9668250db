"""How far the surge is, for people."""

from collections.abc import Iterable, Iterator
from typing import Any

from provisioner.cli.ceiling_lines import ceiling_lines
from provisioner.cli.output import print_table, say
from provisioner.cli.shortage_lines import concerned_lines, stated_line
from provisioner.cli.why_parts import Part, instant
from provisioner.model.surges import SurgeState
from provisioner.texts.translate import N_, _, headings, word
from provisioner.views.times import moment

_WAVES = headings("wave", "open", "ready", "failed", "ahead", "later", "late", "next batch", "due")
_MOVES = headings("wave", "now", "then", "join", "leave", "without a desktop")


def show_surge(document: Any) -> None:
    """The run, its waves, what it waits for, and what was edited."""
    for line in run_lines(document):
        say(line)
    print_table("", _WAVES, map(_wave, document["waves"]), numbers=_WAVES[1:7], empty=_("the scenario has no waves"))
    lines = (*eta_lines(document["waves"]), *ceiling_lines(document["ceilings"]), *shortage_lines(document))
    for line in lines:
        say(line)
    for wait in document["waits"]:
        say(_("{count} wait: {why}", count=wait["count"], why=wait["because"]["text"]))
    show_moves(document)


def eta_lines(waves: Iterable[Part]) -> Iterator[str]:
    """When each wave that is not ready will be, and which will be late, and why."""
    for wave in waves:
        eta = wave["eta"]
        if eta is None or eta["at"] is None:
            continue
        if eta["early_at"] is None:
            yield _("wave {wave}: ready at about {at}, if clones take as long as usual", wave=wave["wave"], at=_time(eta["at"]))
        else:
            between = {"early": _time(eta["early_at"]), "late": _time(eta["late_at"])}
            yield _("wave {wave}: ready at {at}, between {early} and {late}", wave=wave["wave"], at=_time(eta["at"]), **between)
    yield from (wave["eta"]["says"]["text"] for wave in waves if wave["eta"] is not None and wave["eta"]["says"] is not None)


def shortage_lines(document: Part) -> Iterator[str]:
    """What the scenario says where not all fit, and whom that concerns; nothing if it says nothing."""
    shortage = document["shortage"]
    if shortage is not None:
        yield stated_line(shortage["profiles"], refuses=shortage["refuses"])
        yield from concerned_lines(shortage["lesser"], shortage["refused"])


def show_moves(document: Part) -> None:
    """What accepting the configured scenario would change; nothing if it is the one in force."""
    if not document["changed"]:
        return
    say(_("the configured scenario is another than that of the run: `bascule surge accept` takes it up"))
    moves = map(_move, document["moves"])
    print_table(N_("it would change"), _MOVES, moves, numbers=_MOVES[1:], empty=_("nobody would change waves"))


def run_line(run: Part) -> str:
    """`run 1 of scenario 'confinement' is paused since …, by claire`."""
    return _(
        "run {number} of scenario '{scenario}' is {state} since {since}, by {by}",
        number=run["number"],
        scenario=run["scenario"],
        state=word(SurgeState(run["state"])),
        since=_time(run["since"]),
        by=run["by"],
    )


def run_lines(document: Part) -> Iterator[str]:
    """The run in some sentences."""
    run = document["run"]
    if run is None:
        yield _("scenario '{scenario}': no surge has been started", scenario=document["scenario"])
        return
    yield run_line(run)
    if run["reason"]:
        yield _("why: {why}", why=run["reason"])
    if document["halted"] is not None:
        yield document["halted"]["text"]
    yield from _times(run)
    made = document["made"]
    if run["returned_at"] is not None:
        yield _(
            "{off} of its {made} desktops are off; {in_use} with an open session stay on until it ends, and {unknown} of "
            "which it is not known",
            off=made["desktops"] - made["on"],
            made=made["desktops"],
            in_use=made["in_use"],
            unknown=made["unknown"],
        )


def _times(run: Part) -> Iterator[str]:
    yield _("its time counts from {time}", time=_time(run["started_at"]))
    if run["ends_at"] is not None:
        yield _("its desktops go back from {time} on", time=_time(run["ends_at"]))
    if run["kept_until"] is not None:
        yield _("what went back is kept until {time}", time=_time(run["kept_until"]))


def _wave(wave: Part) -> tuple[object, ...]:
    opens = "" if wave["next_opens_at"] is None else _time(wave["next_opens_at"])
    due = "" if wave["next_due_at"] is None else _time(wave["next_due_at"])
    return (*(wave[key] for key in ("wave", "wanted", "ready", "failed", "ahead", "later", "late")), opens, due)


def _move(move: Part) -> tuple[object, ...]:
    return (move["wave"], move["before"], move["after"], move["joining"], move["leaving"], move["unselected"])


def _time(stamp: str) -> str:
    return moment(instant(stamp))
