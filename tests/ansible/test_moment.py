"""When another release is not put in force: what the role reads of the daemon, and what it says of it."""

import json
import socketserver
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

from tests.builders.ansible import ANSIBLE, short_folder

PROGRAM = ANSIBLE / "roles/bascule/files/moment.py"
NOW = "2026-03-16T07:00:00+00:00"
WAVE: dict[str, Any] = {"wave": "monday", "next_opens_at": None, "next_due_at": None}
FINE: dict[str, Any] = {
    "daemon": {"cycle_age_s": 2.0, "cycle_within_s": 60.0, "now": NOW},
    "waves": {"waves": [WAVE]},
    "intents": {"intents": []},
    "findings": {"wrong": [{"severity": "warning", "text": "a node is away"}]},
}


class _Server(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True


@contextmanager
def daemon(documents: dict[str, Any], folder: Path) -> Iterator[Path]:
    """Answers with these documents, and 503 for any other; the file that names its socket."""

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            document = documents.get(self.path.removeprefix("/v1/"))
            text = json.dumps(document).encode()
            self.send_response(503 if document is None else 200)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *_: Any) -> None:
            """The test's output is its own."""

        def address_string(self) -> str:
            return "socket"

    with _Server(str(folder / "api.sock"), Answers) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        (folder / "site.json").write_text(json.dumps({"socket": str(folder / "api.sock")}))
        yield folder / "site.json"
        server.shutdown()


def refusals(site: Path) -> list[tuple[str, str]]:
    """By the program as the role runs it."""
    done = subprocess.run(
        [sys.executable, "-", site, "30"],
        input=PROGRAM.read_text(encoding="utf-8"),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return [(each["code"], each["text"]) for each in json.loads(done.stdout)]


def said(**other: Any) -> list[tuple[str, str]]:
    with short_folder() as folder, daemon(FINE | other, folder) as site:
        return refusals(site)


def test_nothing_stands_against_it_where_nothing_is_under_way() -> None:
    assert said() == []


@pytest.mark.parametrize(
    ("key", "at", "text"),
    [
        ("next_due_at", "2026-03-16T07:30:00+00:00", "the wave 'monday' is due at 07:30 UTC, within 30 minutes"),
        ("next_opens_at", "2026-03-16T07:10:00+00:00", "the wave 'monday' opens at 07:10 UTC, within 30 minutes"),
        ("next_opens_at", "2026-03-16T08:10:00+01:00", "the wave 'monday' opens at 07:10 UTC, within 30 minutes"),
        ("next_due_at", "2026-03-16T07:31:00+00:00", None),
        ("next_due_at", "2026-03-16T06:59:00+00:00", None),
    ],
)
def test_not_while_a_wave_opens_or_is_due(key: str, at: str, text: str | None) -> None:
    assert said(waves={"waves": [WAVE | {key: at}]}) == ([("wave", text)] if text else [])


def test_not_while_a_desktop_is_rebuilt() -> None:
    orders = [{"kind": "rebuild", "target": f"agent-{number}"} for number in range(6)] + [{"kind": "hold", "target": None}]

    ((code, text),) = said(intents={"intents": orders})

    assert code == "rebuild"
    assert text == "desktops are being rebuilt: agent-0, agent-1, agent-2, agent-3, agent-4 …"


def test_not_while_something_critical_is_wrong() -> None:
    wrong = [{"severity": "critical", "text": "The cluster melun does not answer."}, *FINE["findings"]["wrong"]]

    assert said(findings={"wrong": wrong}) == [
        ("critical", "something critical is wrong: The cluster melun does not answer."),
    ]


@pytest.mark.parametrize(
    "other",
    [
        {"daemon": FINE["daemon"] | {"cycle_age_s": None}},
        {"daemon": FINE["daemon"] | {"cycle_age_s": 61.0}},
        {"daemon": None},
        {"waves": None},
        {"intents": {"wrong": "document"}},
        {"findings": {"wrong": [{"severity": "critical"}]}},
        {"waves": {"waves": [WAVE | {"next_due_at": "soon"}]}},
        {"waves": {"waves": [WAVE | {"next_due_at": "2026-03-16T07:10:00"}]}},
        {"daemon": []},
    ],
    ids=lambda other: str(other)[:40],
)
def test_what_is_not_said_is_unknown_and_never_nothing(other: dict[str, Any]) -> None:
    ((code, _),) = said(**other)

    assert code == "silent"


def test_no_daemon_at_the_socket_is_unknown() -> None:
    with short_folder() as folder:
        (folder / "site.json").write_text(json.dumps({"socket": str(folder / "gone.sock")}))

        assert [code for code, _ in refusals(folder / "site.json")] == ["silent"]
        assert [code for code, _ in refusals(folder / "gone.json")] == ["silent"]


def test_the_keys_that_are_read_are_those_of_the_api() -> None:
    """A key that the daemon has no more would be an upgrade that is always refused."""
    schemas = json.loads((ANSIBLE.parent / "config/schema/api-v1.openapi.json").read_text())["components"]["schemas"]
    read = {
        "DaemonDocument": FINE["daemon"],
        "WavesDocument": FINE["waves"],
        "WaveDocument": WAVE,
        "OrdersDocument": {"intents"},
        "OrderDocument": {"kind", "target"},
        "FindingsDocument": {"wrong"},
        "WrongDocument": FINE["findings"]["wrong"][0],
    }

    assert {name for name, keys in read.items() if set(keys) - set(schemas[name]["properties"])} == set()
