"""How far the surge is, for people."""

from collections.abc import Iterator, Sequence

from provisioner.cli import times
from provisioner.cli.ceiling_lines import ceiling_lines
from provisioner.cli.documents import EtaDocument, MoveDocument, ReasonCount, RunDocument, SurgeDocument, WaveDocument
from provisioner.cli.output import print_table, say
from provisioner.cli.reason_lines import example_in, rest_lines
from provisioner.cli.shortage_lines import concerned_lines, stated_in
from provisioner.cli.times import instant
from provisioner.model.order_words import SurgeState
from provisioner.reasons.api import NO_CYCLE_YET
from provisioner.texts.translate import N_, _, headings, plural, translated, word

_WAVES = headings("wave", "open", "ready", "failed", "ahead", "later", "late", "next batch", "due")
_EDITS = headings("wave", "what the edited one does otherwise")
_MOVES = headings("wave", "now", "then", "join", "leave", "without a desktop")


def show_surge(document: SurgeDocument) -> None:
    """The run, its waves, what it waits for, and what was edited."""
    for line in run_lines(document):
        say(line)
    if document["planned_at"] is None:
        say(translated(NO_CYCLE_YET()))
    else:
        _show_waves(document)
    show_moves(document)


def _show_waves(document: SurgeDocument) -> None:
    rows = [_wave(wave, document["at"]) for wave in document["waves"]]
    print_table("", _WAVES, rows, numbers=_WAVES[1:7], empty=_("the scenario has no waves"))
    etas = eta_lines(document["waves"], now=document["at"])
    lines = (*etas, *ceiling_lines(document["ceilings"]), *shortage_lines(document))
    for line in (*rest_lines(document["resting"]), *lines):
        say(line)
    for wait in document["waits"]:
        say(wait_line(wait))


def wait_line(wait: ReasonCount) -> str:
    """`3 wait: …`."""
    return plural("{count} waits: {why}", "{count} wait: {why}", wait["count"], why=example_in(wait))


def eta_lines(waves: Sequence[WaveDocument], *, now: str) -> Iterator[str]:
    """When each wave that is not ready will be, which will be late, and why, and how many of it are in time. `now`: a stamp."""
    known = [(wave["wave"], wave["eta"]) for wave in waves if wave["eta"] is not None]
    for name, eta in known:
        at, early, late = (_time(eta[key], now) for key in ("at", "early_at", "late_at"))
        if eta["at"] is not None and eta["held_by"] is not None:
            yield _("wave {wave}: ready some {minutes} min after it goes on", wave=name, minutes=_minutes(eta["at"], now))
        elif at and eta["on_before"] is not None:
            before = _time(eta["on_before"], now)
            yield _("wave {wave}: ready at about {at}, if the surge goes on before {before}", wave=name, at=at, before=before)
        elif at and early:
            yield _("wave {wave}: ready at {at}, between {early} and {late}", wave=name, at=at, early=early, late=late)
        elif at:
            yield _("wave {wave}: ready at about {at}, if clones take as long as usual", wave=name, at=at)
        if eta["held"]:
            yield _held(name, eta)
    for _name, eta in known:
        if eta["says"] is not None:
            yield eta["says"]["text"]
        if eta["late"] and eta["ready_by"] is not None and eta["ready_by"] > now:
            by, most = _time(eta["ready_by"], now), eta["people"] - eta["late"]
            yield _("  by {by}, {most} of its {people} people will have one", by=by, most=most, people=eta["people"])


def _held(name: str, eta: EtaDocument) -> str:
    """Desktops without a time."""
    if eta["at"] is None:
        return plural(
            "wave {wave}: when {count} desktop will be ready is not known",
            "wave {wave}: when {count} desktops will be ready is not known",
            eta["held"],
            wave=name,
        )
    return plural(
        "  but for {count} desktop, of which that is not known",
        "  but for {count} desktops, of which that is not known",
        eta["held"],
    )


def shortage_lines(document: SurgeDocument) -> Iterator[str]:
    """What the scenario says where not all fit, and whom that concerns; nothing if it says nothing."""
    shortage = document["shortage"]
    if shortage is not None:
        yield from stated_in(shortage)
        yield from concerned_lines(
            shortage["lesser"], shortage["refused"], fewer=shortage["fewer"], left_out=shortage["left_out"]
        )


def show_moves(document: SurgeDocument) -> None:
    """What accepting the configured scenario would change; nothing if it is the one in force."""
    if not document["changed"]:
        return
    say(_("the configured scenario is another than that of the run: `bascule surge accept` takes it up"))
    edits = [(edit["wave"] or _("all waves"), edit["what"]["text"]) for edit in document["edits"]]
    print_table(N_("it would change"), _EDITS, edits)
    moves = map(_move, document["moves"])
    print_table("", _MOVES, moves, numbers=_MOVES[1:], empty=_("nobody would change waves"))


def run_line(run: RunDocument) -> str:
    """`run 1 of scenario 'confinement' is paused since …, by claire`."""
    return _(
        "run {number} of scenario '{scenario}' is {state} since {since}, by {by}",
        number=run["number"],
        scenario=run["scenario"],
        state=word(SurgeState(run["state"])),
        since=times.clock(instant(run["since"])),
        by=run["by"],
    )


def run_lines(document: SurgeDocument) -> Iterator[str]:
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
    if made is not None and run["returned_at"] is not None:
        yield _(
            "{off} of its {made} desktops are off; {in_use} with an open session stay on until it ends, and {unknown} of "
            "which it is not known",
            off=made["desktops"] - made["on"],
            made=made["desktops"],
            in_use=made["in_use"],
            unknown=made["unknown"],
        )


def _times(run: RunDocument) -> Iterator[str]:
    yield _("its time counts from {time}", time=times.clock(instant(run["started_at"])))
    if run["ends_at"] is not None:
        yield _("its desktops go back from {time} on", time=times.clock(instant(run["ends_at"])))
    if run["kept_until"] is not None:
        yield _("what went back is kept until {time}", time=times.clock(instant(run["kept_until"])))


def _wave(wave: WaveDocument, now: str) -> tuple[object, ...]:
    opens, due = (_time(wave[key], now) for key in ("next_opens_at", "next_due_at"))
    return (*(wave[key] for key in ("wave", "wanted", "ready", "failed", "ahead", "later", "late")), opens, due)


def _move(move: MoveDocument) -> tuple[object, ...]:
    return (move["wave"], move["before"], move["after"], move["joining"], move["leaving"], move["unselected"])


def _time(stamp: str | None, now: str) -> str:
    """With the date unless it is today's; None: nothing."""
    return "" if stamp is None else times.clock(instant(stamp), now=instant(now))


def _minutes(stamp: str, now: str) -> int:
    return round((instant(stamp) - instant(now)) / 60.0)
