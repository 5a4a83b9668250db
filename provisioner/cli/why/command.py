"""`why`: the daemon's own answer, or what the store alone says of it."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from textwrap import wrap
from typing import Annotated, Any

import typer

from provisioner.cli.clocks import clock_of_commands
from provisioner.cli.daemon_client import DaemonSilent, SocketOption, ask_daemon, daemon_socket
from provisioner.cli.documents import WHY, JournalLine, WhyDocument
from provisioner.cli.output import CONFIG, ConfigOption, JsonOption, complain, plain, print_json, say
from provisioner.cli.pool_lines import pool_lines
from provisioner.cli.times import duration, in_words, instant
from provisioner.cli.why.places import entry_lines, is_empty, node_lines, wave_lines
from provisioner.cli.why.seat import seat_lines
from provisioner.cli.why_parts import journal_lines, match_lines
from provisioner.errors import BasculeError
from provisioner.model.ids import Instant
from provisioner.reasons.commands import STORE_LACKS
from provisioner.reasons.reason import Reason
from provisioner.reasons.steps import INSTEAD
from provisioner.texts.translate import _

OfArgument = Annotated[
    list[str],
    typer.Argument(metavar="AGENT|DESKTOP|NODE|WAVE|POOL", help="A name or a part of it; case and accents do not count."),
]
_COLUMNS, _LINES = 80, 20
_LEAST_JOURNAL = 3
"""Lines of the journal, however much there is to say."""


def why(of: OfArgument, config: ConfigOption = CONFIG, json: JsonOption = False, socket: SocketOption = None) -> None:
    """Why an agent, a desktop, a node, a wave or a pool is as it is.

    What is wanted, what stands against it, what was done. Exit code 2 when nothing matches, or several things do, or the wave
    has nobody. 3 when the daemon cannot be asked: then it is what the store keeps, and how old that is.
    """
    asked, silent = " ".join(of), None
    try:
        document = ask_daemon(daemon_socket(socket, config), WHY, of=asked)
    except DaemonSilent as error:
        silent, document = error.reason, _stored(config, asked, error.reason)
    now = clock_of_commands().now()
    if json:
        print_json(document)
    else:
        for line in lines_of(document, now):
            say(line)
    if silent is not None:
        _say_whence(silent, document, now)
        raise typer.Exit(3)
    if document["matching"] != 1 or (document["wave"] is not None and is_empty(document["wave"]["wave"])):
        raise typer.Exit(2)


def lines_of(document: WhyDocument, now: Instant) -> Iterator[str]:
    """At most 80 columns each, and about 20: the journal is cut."""
    if document["matching"] != 1:
        yield from folded(match_lines(document))
        return
    lines = list(folded(_explained(document)))
    yield from lines
    yield from last_day(document, _LINES - len(lines) - 4)
    if document["source"] == "daemon":
        yield age_line(document, now)


def age_line(document: WhyDocument, now: Instant) -> str:
    """How old a daemon's answer is."""
    return _("by the cycle that ended {age} ago", age=duration(max(0.0, now - instant(document["at"]))))


def _explained(document: WhyDocument) -> Iterator[str]:
    if document["seat"] is not None:
        yield from seat_lines(document["seat"], document["at"])
    elif document["node"] is not None:
        yield from node_lines(document["node"])
    elif document["wave"] is not None:
        yield from wave_lines(document["wave"], at=document["at"])
    elif document["pool"] is not None:
        yield from pool_lines(document["pool"]["pool"])
    elif document["entry"] is not None:
        yield from entry_lines(document["entry"])


def last_day(document: WhyDocument, room: int) -> Iterator[str]:
    """The last day's lines of the journal, `room` at most, but at least 3."""
    part = document["seat"] or document["node"] or document["pool"]
    if part is None or not part["journal"]:
        return
    yield _("the last 24 hours:")
    lines = part["journal"][: max(room, _LEAST_JOURNAL)]
    others = document["seat"]["others"] if document["seat"] else ()
    for line, text in zip(lines, journal_lines(lines, document["at"], others=others), strict=True):
        yield from folded(iter([f"  {text}"])) if _tells_a_loss(line) else _cut(f"  {in_words(text)}")
    if rest := len(part["journal"]) - len(lines):
        yield "  " + _("… and {count} more: `bascule report journal`", count=rest)


def _tells_a_loss(line: JournalLine) -> bool:
    """Whether it says why a person has another desktop than before: whoever is asked for it reads it whole."""
    return line["because"] is not None and line["because"]["code"] == INSTEAD.code


def folded(lines: Iterator[str]) -> Iterator[str]:
    """Lines of at most 80 columns."""
    for line in lines:
        indent = line[: len(line) - len(line.lstrip())]
        yield from wrap(in_words(line), _COLUMNS, subsequent_indent=f"{indent}  ", break_on_hyphens=False)


def _cut(line: str) -> Iterator[str]:
    """At the end of a word."""
    yield line if len(line) <= _COLUMNS else f"{line[: _COLUMNS - 1].rpartition(' ')[0]} …"


def _stored(config: Path, of: str, silent: Reason) -> WhyDocument:
    """From the store alone. Raises SettingsError, StoreError, and BasculeError if nothing matches: the daemon knows more."""
    from provisioner.cli.store_access import access_to_store
    from provisioner.daemon.keeping import store_of
    from provisioner.views.why.document import nothing_matches
    from provisioner.views.why.past import MOST_LINES
    from provisioner.views.why.stored import why_stored

    clock = clock_of_commands()
    with closing(store_of(access_to_store(config), clock=clock)) as store:
        newest = next(iter(store.journal(limit=1)), None)
        document = why_stored(
            store.load(),
            of,
            lambda subject: store.journal(limit=MOST_LINES, subject=subject),
            newest=newest,
            now=clock.now(),
        )
    if not document.matches:
        raise BasculeError(STORE_LACKS(found=nothing_matches(document), why=silent))
    kept: Any = plain(document)
    kept_document: WhyDocument = kept
    return kept_document


def _say_whence(silent: Reason, document: WhyDocument, now: Instant) -> None:
    """A kept picture must not pass for the present."""
    age = duration(max(0.0, now - instant(document["at"])))
    complain(_("without the daemon ({why}): this is what the store keeps, last written {age} ago", why=silent, age=age))
