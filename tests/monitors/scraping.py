"""A page of metrics, read as Prometheus reads it."""

from prometheus_client.parser import text_string_to_metric_families

from monitors.collector import StatusCollector
from monitors.exposition import PageText
from monitors.recorder import Recorder
from tests.builders.monitors import SetClock

Series = dict[tuple[str, frozenset[tuple[str, str]]], float]


def page(recorder: Recorder, clock: SetClock | None = None) -> str:
    """The whole page."""
    return PageText(StatusCollector(recorder, clock=clock or SetClock())).text().decode()


def scrape(recorder: Recorder, clock: SetClock | None = None) -> Series:
    """Every series of Bascule's own with its value."""
    families = text_string_to_metric_families(page(recorder, clock))
    samples = (sample for family in families for sample in family.samples if sample.name.startswith("bascule_"))
    return {(sample.name, frozenset(sample.labels.items())): sample.value for sample in samples}


def labels_in(recorder: Recorder) -> dict[str, set[frozenset[str]]]:
    """The labels of every metric that has series."""
    found: dict[str, set[frozenset[str]]] = {}
    for name, labels in scrape(recorder):
        base = name.removesuffix("_bucket").removesuffix("_sum").removesuffix("_count")
        found.setdefault(base, set()).add(frozenset(key for key, _ in labels) - {"le"})
    return found


def value(series: Series, name: str, **labels: str) -> float:
    """One series' value, by its name without `bascule_`; KeyError when it is not exported."""
    return series[f"bascule_{name}", frozenset(labels.items())]
