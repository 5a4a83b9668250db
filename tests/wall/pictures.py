"""Draws docs/pictures from a recorded surge of 1,700 on 16 nodes: `python -m tests.wall.pictures`. Minutes of one processor.

The cluster has memory for 1,500 desktops, and a node has lost power five minutes before: a bad evening.
"""

from pathlib import Path
from tempfile import TemporaryDirectory

from tests.builders.cluster import NOW
from tests.servers.prometheus import prometheus_with
from tests.wall.drawing import draw
from tests.wall.fired import as_samples, fired
from tests.wall.recorded import SCRAPE_S, Surge, record
from tests.wall.shipped import dashboards

PICTURES = Path(__file__).parents[2] / "docs" / "pictures"
SURGE = Surge(
    people=1700,
    nodes=16,
    lasts_s=4200.0,
    node_lost_at=2600,
    node_back_after=900,
    slow_at=700,
    frozen=(3500, 3620),
    memory_mib=480 * 1024,
)
AT = 2925.0
"""Seconds from the beginning; the pictures show what was until then."""
SHOWN = ("en/crisis", "fr/crisis", "en/waves", "en/capacity", "en/provisioning", "en/sessions", "en/directory", "en/daemon")


def with_alerts(samples: Path, home: Path, *, ends: float) -> Path:
    """The same samples, and the alerts that they raise."""
    with prometheus_with(samples, home) as server:
        found = fired(server, begins=NOW + SCRAPE_S, ends=ends)
    path = home / "with-alerts.txt"
    path.write_text(samples.read_text().removesuffix("# EOF\n") + "".join(as_samples(found)) + "# EOF\n")
    return path


def draw_all(samples: Path, home: Path) -> None:
    """Every picture."""
    PICTURES.mkdir(exist_ok=True)
    with prometheus_with(samples, home) as server:
        for name in SHOWN:
            picture = draw(dashboards()[name], server, at=NOW + AT, since_s=AT)
            language, _, short = name.partition("/")
            (PICTURES / f"{short}-{language}.svg").write_text(picture, encoding="utf-8")


def main() -> None:
    """Record, raise the alerts, draw."""
    with TemporaryDirectory() as first, TemporaryDirectory() as second:
        samples = Path(first) / "surge.txt"
        record(SURGE).write(samples)
        draw_all(with_alerts(samples, Path(first), ends=NOW + AT), Path(second))


if __name__ == "__main__":
    main()
