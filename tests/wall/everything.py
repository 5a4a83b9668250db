"""All dashboards."""

from collections.abc import Iterator
from pathlib import Path

from tests.wall.around import AROUND
from tests.wall.capacity import CAPACITY
from tests.wall.crisis import CRISIS
from tests.wall.daemon import DAEMON
from tests.wall.directory import DIRECTORY
from tests.wall.locks import LOCKS
from tests.wall.making import json_of
from tests.wall.readiness import READINESS
from tests.wall.sessions import SESSIONS
from tests.wall.texts import LANGUAGES
from tests.wall.waves import WAVES

FOLDER = Path(__file__).parents[2] / "config" / "grafana" / "dashboards"
DASHBOARDS = (CRISIS, WAVES, CAPACITY, LOCKS, SESSIONS, DIRECTORY, DAEMON, READINESS, AROUND)


def files() -> Iterator[tuple[Path, str]]:
    """Each file, and what is to be in it."""
    for language in LANGUAGES:
        for dashboard in DASHBOARDS:
            yield FOLDER / language / f"{dashboard.uid.removeprefix('bascule-')}.json", json_of(dashboard, language)
