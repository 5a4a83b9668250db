"""A real Prometheus on loopback, with a configuration of the caller's; up in a fifth of a second."""

import json
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.servers.processes import START_S, free_port, running

PROMTOOL = "/usr/bin/promtool"
_HANGS_S = 300.0
"""The longest of its tests takes ten seconds of a processor, which a busy machine gives in a minute or two."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prometheus:
    """A running server."""

    port: int

    def wait_until_ready(self) -> None:
        """It listens a moment before it answers."""
        give_up = time.monotonic() + START_S
        while True:
            try:
                self.query("vector(1)")
            except RuntimeError:
                if time.monotonic() > give_up:
                    raise
                time.sleep(0.02)
            else:
                return

    def query(self, expression: str, *, at: float | None = None) -> list[dict[str, Any]]:
        """The series of an instant query; raises RuntimeError with Prometheus' own words when it cannot be evaluated."""
        moment = {} if at is None else {"time": str(at)}
        return list(self._get("query", {"query": expression, **moment})["result"])

    def over(self, expression: str, *, begins: float, ends: float, step: float) -> list[dict[str, Any]]:
        """The series of a range query, each with its values; raises RuntimeError like `query`."""
        span = {"start": str(begins), "end": str(ends), "step": str(step)}
        return list(self._get("query_range", {"query": expression, **span})["result"])

    def label_values(self, label: str, *, of: str, begins: float, ends: float) -> list[str]:
        """The values of a label of a metric, as a dashboard's variable asks for them."""
        return list(self._get(f"label/{label}/values", {"match[]": of, "start": str(begins), "end": str(ends)}))

    def targets(self) -> list[dict[str, Any]]:
        """What it scrapes, with each target's health and last error."""
        return list(self._get("targets", {})["activeTargets"])

    def rules(self) -> list[dict[str, Any]]:
        """Every loaded rule, with its health and last error."""
        return [rule for group in self._get("rules", {})["groups"] for rule in group["rules"]]

    def _get(self, what: str, parameters: Mapping[str, str]) -> Any:
        url = f"http://127.0.0.1:{self.port}/api/v1/{what}?{urllib.parse.urlencode(parameters)}"
        try:
            with urllib.request.urlopen(url, timeout=10) as answer:
                return json.load(answer)["data"]
        except urllib.error.HTTPError as refused:
            raise RuntimeError(f"{what} {parameters}: {refused.read().decode()}") from None


@contextmanager
def prometheus(home: Path, *, configuration: Path, options: Sequence[str] = ()) -> Iterator[Prometheus]:
    """A server that follows this file, until the end of the block."""
    port = free_port()
    command = [
        "/usr/bin/prometheus",
        f"--config.file={configuration}",
        f"--storage.tsdb.path={home / 'tsdb'}",
        f"--web.listen-address=127.0.0.1:{port}",
        "--log.level=warn",
        *options,
    ]
    with running(command, ports=(port,), log=home / "prometheus.log"):
        server = Prometheus(port=port)
        server.wait_until_ready()
        yield server


@contextmanager
def prometheus_with(samples: Path, home: Path, *, rules: Path | None = None) -> Iterator[Prometheus]:
    """A server that scrapes nothing, and has these samples (OpenMetrics text with instants), each 15 s while a series lasts.

    A real scrape marks the end of a series, which such a text cannot: so no sample is looked for that is older than 20 s.
    """
    code, said = promtool("tsdb", "create-blocks-from", "openmetrics", "-q", str(samples), str(home / "tsdb"))
    assert code == 0, said
    configuration = home / "prometheus.yml"
    configuration.write_text("global: {}\n" if rules is None else f"rule_files: ['{rules}']\n")
    with prometheus(home, configuration=configuration, options=("--query.lookback-delta=20s",)) as server:
        yield server


def promtool(*arguments: str, text: str = "", folder: Path | None = None) -> tuple[int, str]:
    """Its exit code and all it says."""
    done = subprocess.run([PROMTOOL, *arguments], input=text, cwd=folder, capture_output=True, text=True, timeout=_HANGS_S)
    return done.returncode, done.stdout + done.stderr
