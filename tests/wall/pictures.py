"""Draws docs/pictures from the recorded surge of 1,700 on 16 nodes: `python -m tests.wall.pictures`. Minutes of one processor.

A node has lost power five minutes before, and others have taken so many seats of the VPN that 200 people get no desktop.
"""

from pathlib import Path
from tempfile import TemporaryDirectory

from tests.builders.cluster import NOW
from tests.servers.prometheus import prometheus_with
from tests.wall.drawing import draw
from tests.wall.fired import as_samples, fired
from tests.wall.recorded import SCRAPE_S, Recording, record
from tests.wall.shipped import dashboards
from tests.wall.surge import Surge

PICTURES = Path(__file__).parents[2] / "docs" / "pictures"
AT = 1845.0
"""Seconds from the beginning; the pictures show what was until then."""
SHOWN = ("en/crisis", "fr/crisis", "en/waves", "en/capacity", "en/provisioning", "en/sessions", "en/directory", "en/daemon")


def with_alerts(recording: Recording, home: Path, *, ends: float) -> Path:
    """The recorded samples, and the alerts that they raise."""
    bare, whole = home / "surge.txt", home / "with-alerts.txt"
    recording.write(bare)
    with prometheus_with(bare, home) as server:
        found = fired(server, begins=NOW + SCRAPE_S, ends=ends)
    recording.write(whole, alerts=as_samples(found))
    return whole


def draw_all(samples: Path, home: Path, *, at_s: float = AT, into: Path = PICTURES) -> None:
    """Every picture."""
    into.mkdir(exist_ok=True)
    with prometheus_with(samples, home) as server:
        for name in SHOWN:
            picture = draw(dashboards()[name], server, at=NOW + at_s, since_s=at_s)
            language, _, short = name.partition("/")
            (into / f"{short}-{language}.svg").write_text(picture, encoding="utf-8")


def main() -> None:
    """Record, raise the alerts, draw."""
    with TemporaryDirectory() as first, TemporaryDirectory() as second:
        samples = with_alerts(record(Surge()), Path(first), ends=NOW + AT)
        draw_all(samples, Path(second))


if __name__ == "__main__":
    main()
