"""What is shown, from the source: one entry per page or line, by its name."""

import re
import string
from collections.abc import Callable, Mapping
from pathlib import Path

from provisioner.model.status import Status
from provisioner.reasons.reason import KINDS, ReasonKind
from provisioner.reasons.table import table
from tests.builders.cli import bascule
from tests.builders.monitors import MONDAY, a_recorder
from tests.cli.test_commands import COMMANDS
from tests.monitors.scraping import page
from tests.monitors.shipped import alerts

GOLDENS = Path(__file__).parent / "goldens"
WIDTH = "100"
"""Columns of the help pages."""
PAGES = sorted({path[:length] for path in COMMANDS for length in range(len(path) + 1)})
"""Of commands, of groups and of `bascule` itself."""


def help_page(words: tuple[str, ...]) -> str:
    """As on a terminal of this width that knows no colours."""
    shown = bascule(*words, "--help", COLUMNS=WIDTH, TERMINAL_WIDTH=WIDTH, NO_COLOR="1", TERM="dumb", BASCULE_LANG="en")
    return "".join(f"{line.rstrip()}\n" for line in shown.out.splitlines())


def asked(words: tuple[str, ...]) -> str:
    """The line above a page."""
    return f"$ {' '.join(('bascule', *words, '--help'))}\n"


def help_pages() -> str:
    """All of them, each below its command."""
    return "".join(asked(words) + help_page(words) for words in PAGES)


def metrics() -> str:
    """The page of a daemon that has just seen an empty site: every name with its help and type, and whatever is zero then.
    Without what the process and its version are like.
    """
    recorder = a_recorder()
    recorder.status(Status(at=MONDAY, planned_at=MONDAY))
    lines = page(recorder).splitlines(keepends=True)
    return "".join(line for line in lines if re.match(r"(# (HELP|TYPE) )?bascule_(?!build_info{)", line))


def reasons() -> str:
    """Code and arguments of each kind, of every table."""
    table()
    return "".join(f"{code}({', '.join(arguments_of(kind))})\n" for code, kind in sorted(KINDS.items()))


def arguments_of(kind: ReasonKind) -> list[str]:
    """The names in its text and in its advice."""
    return sorted({name for _, name, _, _ in string.Formatter().parse(kind.text + kind.act) if name})


def alert_rules() -> str:
    """What a site routes alerts by, and silences them by."""
    lines = [f"{each['alert']} severity={each['labels']['severity']} for={each.get('for', '0')}" for each in alerts()]
    return "".join(f"{line}\n" for line in lines)


GOLDEN: Mapping[str, Callable[[], str]] = {
    "help.txt": help_pages,
    "metrics.txt": metrics,
    "reasons.txt": reasons,
    "alerts.txt": alert_rules,
}
