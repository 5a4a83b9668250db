"""The page as text. prometheus_client writes each line once; after that only its number is replaced.

Most of the page is labels, which do not change: with 100,000 desktops on 50 clusters it has 8,600 lines.
"""

import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from prometheus_client.core import Metric as Family
from prometheus_client.registry import Collector

from monitors import table
from monitors.collector import family_of
from monitors.summary import Labels, Rows
from monitors.tally import number

Encoder = Callable[[Collector], bytes]
"""One of prometheus_client's writers (exposition.choose_encoder)."""


class Page:
    """All metrics in one format. Thread-safe."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._lock = threading.Lock()
        self._parts: dict[table.Metric, _Part] = {}

    def text(self, rows: Iterable[tuple[table.Metric, Rows]], others: Collector) -> bytes:
        """The current page: the table's rows, then `others` and the end of the page from the encoder."""
        with self._lock:
            parts = [self._part(row, now) for row, now in rows]
        return "".join(parts).encode() + self._encoder(others)

    def _part(self, row: table.Metric, now: Rows) -> str:
        part = self._parts.get(row)
        if part is None:
            part = self._parts[row] = _Part(row=row, encoder=self._encoder)
        return part.text(now)


@dataclass(slots=True)
class _Part:
    """The lines of one metric."""

    row: table.Metric
    encoder: Encoder
    _head: str = ""
    _starts: dict[Labels, str] = field(default_factory=dict)
    """Each line up to its number."""
    _lines: dict[Labels, tuple[float, str]] = field(default_factory=dict)
    _text: str = ""

    def text(self, now: Rows) -> str:
        """The metric's current lines; only changed lines are rewritten."""
        if not self._text or now.keys() != self._lines.keys():
            self._begin(now)
        changed = [(labels, value) for labels, value in now.items() if self._lines[labels][0] != value]
        for labels, value in changed:
            self._lines[labels] = (value, f"{self._starts[labels]} {number(value)}\n")
        if changed:
            self._text = self._head + "".join([self._lines[labels][1] for labels in now])
        return self._text

    def _begin(self, now: Rows) -> None:
        """Let the library write all lines, and cache them."""
        written = self.encoder(_Alone(family_of(self.row, now))).decode().split("\n")[:-1]
        self._head = "".join(f"{line}\n" for line in written if line.startswith("# ") and line != "# EOF")
        lines = [line for line in written if not line.startswith("#")]
        self._starts = {labels: line.rpartition(" ")[0] for labels, line in zip(now, lines, strict=True)}
        self._lines = {labels: (value, f"{line}\n") for (labels, value), line in zip(now.items(), lines, strict=True)}
        self._text = self._head + "".join([line for _, line in self._lines.values()])


class _Alone(Collector):
    """A collector with a single family."""

    def __init__(self, family: Family) -> None:
        self._family = family

    def collect(self) -> Iterator[Family]:
        yield self._family
