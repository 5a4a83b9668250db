"""Write the log: Bascule's lines, and warnings and errors of libraries, in one form on one stream.

It contains no secret: model values contain none, and debug lines of libraries, which may contain headers and filters, are not
written. With `names` it contains no person's name either: all names of a person become one pseudonym.
"""

import contextlib
import logging
from typing import Any, TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from provisioner.adapters.logs.lines import with_code
from provisioner.adapters.logs.messages import LineEvents, LogLine
from provisioner.adapters.logs.pseudonyms import Pseudonyms
from provisioner.model.people.agents import Roster
from provisioner.model.people.plain_text import one_line
from provisioner.model.status import Status

LIBRARIES = ("aiohttp", "alembic", "apscheduler", "ldap3", "paramiko", "proxmoxer", "sqlalchemy", "urllib3")
"""Never below WARNING, whatever the configured level: their debug lines quote requests."""

_OURS = ("monitors", "provisioner")
_KEYS = ("timestamp", "level", "subject", "event", "code", "exception")
_COLOURS = {"error": "\033[31m", "critical": "\033[31m", "warning": "\033[33m", "debug": "\033[2m"}


def configure(*, format: str, level: str, stream: TextIO, names: Pseudonyms | None = None) -> None:
    """Configure logging of the whole process; a second call replaces the first.

    `format` is `json` (an object per line: timestamp, level, subject, event, code of a reason) or `console`; `level` is debug,
    info, warning or error, for our own lines. `names` hides people's names, also in lines of libraries.
    """
    least = logging.getLevelNamesMapping()[level.upper()]
    renderer, shared = _renderer(format, stream), _shared(names)
    structlog.configure(
        processors=[*shared, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(least),
        logger_factory=structlog.WriteLoggerFactory(file=stream),
        cache_logger_on_first_use=False,
    )
    _take_over_standard_logging(renderer, stream, least, shared)


class StructuredLog(LineEvents):
    """A listener (ports.Events) that writes each line with structlog as configured."""

    def __init__(self, names: Pseudonyms | None = None) -> None:
        super().__init__(write_line)
        self.names = names
        """Learns every roster before the line about it is written."""

    def directory_read(self, roster: Roster | None, error: str) -> None:
        """See ports.Events."""
        self._learn(roster)
        super().directory_read(roster, error)

    def status(self, status: Status) -> None:
        """See ports.Events."""
        self._learn(status.roster)
        super().status(status)

    def _learn(self, roster: Roster | None) -> None:
        if self.names is not None and roster is not None:
            self.names.learn(roster)


def write_line(line: LogLine) -> None:
    """Write one line. A full disk or a closed pipe must not stop a switch."""
    with contextlib.suppress(OSError, ValueError):
        level = logging.getLevelNamesMapping()[line.level.upper()]
        structlog.get_logger().log(level, line.sentence, subject=line.subject, code=line.code)


def _shared(names: Pseudonyms | None) -> list[Processor]:
    return [
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        *([_Hidden(names)] if names is not None else ()),
        _one_line,
    ]


class _Hidden:
    """Hides names in a line, except in the subject's first word, which is ours."""

    def __init__(self, names: Pseudonyms) -> None:
        self._hide = names.hide

    def __call__(self, _: WrappedLogger, __: str, event: EventDict) -> EventDict:
        kind, space, rest = str(event.get("subject", "")).partition(" ")
        text = str(event.get("event", ""))
        own = f"{kind}{space}" if kind and text.startswith(kind) else ""
        hidden = {"subject": f"{kind}{space}{self._hide(rest)}", "event": f"{own}{self._hide(text[len(own) :])}"}
        if event.get("exception"):
            hidden["exception"] = self._hide(str(event["exception"]))
        return {**event, **hidden}


def _renderer(format: str, stream: TextIO) -> Processor:
    if format == "json":
        return structlog.processors.JSONRenderer(ensure_ascii=False, sort_keys=False)
    if format == "console":
        return _Console(colours=stream.isatty())
    raise ValueError(f"log format {format!r}: json or console")


class _Console:
    """`2020-03-16T08:00:00Z warning  cluster pve: paused: no quorum`."""

    def __init__(self, *, colours: bool) -> None:
        self._colours = _COLOURS if colours else {}

    def __call__(self, _: WrappedLogger, __: str, event: EventDict) -> str:
        level = str(event.get("level", ""))
        colour = self._colours.get(level, "")
        end = "\033[0m" if colour else ""
        trace = f" | {event['exception']}" if event.get("exception") else ""
        text = with_code(str(event.get("event", "")), str(event.get("code", "")))
        return f"{event.get('timestamp', '')} {colour}{level:<8}{end} {text}{trace}"


def _one_line(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Only our keys, in order. A line break in another system's error text must not forge a log line."""
    return {key: one_line(str(event[key])) for key in _KEYS if event.get(key)}


def _take_over_standard_logging(renderer: Processor, stream: TextIO, least: int, shared: list[Processor]) -> None:
    handler = _QuietHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[_subject_of_library, *shared[:-1]],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, _one_line, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(max(least, logging.WARNING))
    for name in LIBRARIES:
        logging.getLogger(name).setLevel(max(least, logging.WARNING))
    logging.captureWarnings(True)


class _QuietHandler(logging.StreamHandler[Any]):
    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 (the base class's name)
        """Ignore a stream that cannot be written to, as for our own lines."""


def _subject_of_library(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    package = event["_record"].name.partition(".")[0]
    event["subject"] = "daemon" if package in _OURS else f"library {package}"
    event["event"] = f"{event['subject']}: {event['event']}"
    return event
