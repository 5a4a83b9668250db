"""The first evening, English and French, word for word: what it has typed is pasted into a terminal, what it shows is shown."""

import os
import re
import shutil
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.builders.terminal import Terminal
from tests.packaging.wheels import CHECKOUT, build_wheel

pytestmark = pytest.mark.real

EXPECTED_FAILURES = ["bascule check", "bascule status"]
"""Commands of which the page says that they end with 1; in their order."""
WITHIN_S = 420
"""Real seconds. Alone on two cores it takes about a third; installing is half of that."""
TRAP = "trap 'echo \"=== exit $?: $BASH_COMMAND\"' ERR"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Commands of the page, and the lines that it shows after them."""

    commands: str
    shown: tuple[str, ...]


def steps_of(page: str) -> list[Step]:
    """The code blocks of this page, each with the output that follows."""
    text = (CHECKOUT / page).read_text(encoding="utf-8")
    blocks = re.findall(r"(?ms)^```(sh)?\n(.*?)^```$", text)
    steps: list[Step] = []
    for kind, block in blocks:
        if kind:
            steps.append(Step(commands=block, shown=()))
        else:
            steps[-1] = Step(commands=steps[-1].commands, shown=tuple(block.splitlines()))
    return steps


def plain(text: str) -> str:
    """Numbers and blanks may differ from one run to the next."""
    return re.sub(r"\d+", "0", " ".join(text.split()))


@pytest.fixture
def evening(tmp_path: Path) -> Iterator[Path]:
    """A folder with what `make build` leaves; whatever still runs in the end is ended."""
    shutil.copy(CHECKOUT / "requirements-twin.lock", tmp_path)
    build_wheel(tmp_path / "dist")
    yield tmp_path
    for name in ("daemon.pid", "twin.pid", "directory/slapd.pid"):
        if (tmp_path / name).exists():
            try:
                os.kill(int((tmp_path / name).read_text()), signal.SIGTERM)
            except ProcessLookupError:
                continue


def pasted(folder: Path, steps: list[Step], *, locale: str) -> list[str]:
    """What each step prints, all pasted into one terminal; with what the last prints, if the time ends."""
    environment = {
        "PATH": "/usr/bin:/bin",
        "HOME": str(folder),
        "LANG": "C.UTF-8",
        "LC_MESSAGES": locale,  # the outputs are in the page's language, whatever the locale
        "PIP_CACHE_DIR": str(CHECKOUT / "build" / "pip"),  # what was fetched once need not be fetched again
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    }
    terminal = Terminal(folder, environment)
    end = time.monotonic() + WITHIN_S
    outputs: list[str] = []
    try:
        terminal.paste(TRAP, within_s=10)
        for step in steps:
            outputs.append(terminal.paste(step.commands, within_s=end - time.monotonic()))
    except TimeoutError as late:
        outputs.append(f"{late}\n=== not ended after {WITHIN_S} s: {step.commands}")
    finally:
        terminal.close()
    return outputs


@pytest.mark.parametrize(
    ("page", "locale"),
    [
        ("docs/en/evening.md", "fr_FR.UTF-8"),
        pytest.param("docs/fr/evening.md", "en_GB.UTF-8", marks=pytest.mark.night),
    ],
)
def test_the_evening_goes_as_the_page_says(evening: Path, page: str, locale: str):
    """F20: in a terminal a person has the history, and 80 columns."""
    steps = steps_of(page)
    assert len(steps) >= 12

    outputs = pasted(evening, steps, locale=locale)

    log = (evening / "daemon.log").read_text()[-2000:] if (evening / "daemon.log").exists() else ""
    assert len(outputs) == len(steps), (outputs[-1], log)
    missing = [
        (step.commands, line, output)
        for step, output in zip(steps, outputs, strict=True)
        for line in step.shown
        if plain(line) not in plain(output)
    ]
    assert missing == [], "\n".join(map(str, missing))
    failed = re.findall(r"=== exit (\d+): (.*)", "".join(outputs))
    assert failed == [("1", command) for command in EXPECTED_FAILURES]
    assert {path.name for path in evening.iterdir()} == {"requirements-twin.lock", "dist"} | HOME_LEFT.intersection(
        path.name for path in evening.iterdir()
    )


HOME_LEFT = {".cache", ".local", ".config"}
"""What pip may leave in a home."""
