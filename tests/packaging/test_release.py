"""B4: the documents of a release: its packages, their licences and known vulnerabilities."""

import json
import os
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from tests.packaging.wheels import CHECKOUT

ARTICLES = [
    "Definitions", "Scope of the rights granted by the Licence", "Communication of the Source Code", "Limitations on copyright",
    "Obligations of the Licensee", "Chain of Authorship", "Disclaimer of Warranty", "Disclaimer of Liability",
    "Additional agreements", "Acceptance of the Licence", "Information to the public", "Termination of the Licence",
    "Miscellaneous", "Jurisdiction", "Applicable Law",
]  # fmt: skip
"""The annex of Commission Implementing Decision (EU) 2017/863."""
WORDS_OF_THE_LICENCE = 2_239
"""In the annex's English text with its appendix, as SPDX has it; ScanCode's has the same without the appendix."""


def make(*words: str) -> "subprocess.CompletedProcess[str]":
    """A target, as a person calls it."""
    command = ["make", "--no-print-directory", *words]
    # Not as a part of the `make` that runs the tests.
    alone = {name: value for name, value in os.environ.items() if name not in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS")}
    return subprocess.run(command, capture_output=True, text=True, timeout=300, check=False, cwd=CHECKOUT, env=alone)


@pytest.fixture(scope="module")
def bills(tmp_path_factory):
    """The folder with both."""
    folder = tmp_path_factory.mktemp("bills")
    done = make("sbom", f"DIST={folder}")
    assert done.returncode == 0, done.stderr
    return folder


@pytest.mark.real
@pytest.mark.parametrize(
    ("name", "lock"),
    [("bascule.cdx.json", "requirements.lock"), ("bascule-twin.cdx.json", "requirements-twin.lock")],
    ids=["daemon", "with the twin"],
)
def test_the_bill_of_materials_names_each_locked_package_with_its_hashes(bills, name, lock):
    """B4: as CycloneDX 1.6 wants it, from the lock that the role installs and from the one with the twin."""
    # Here alone: it compiles forty grammars, longer than all other files take to be collected.
    from cyclonedx.schema import SchemaVersion
    from cyclonedx.validation.json import JsonStrictValidator

    text = (bills / name).read_text(encoding="utf-8")
    document = json.loads(text)
    named = {
        component["purl"]: {held["content"] for held in component["externalReferences"][0]["hashes"]}
        for component in document["components"]
    }

    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    assert (document["metadata"]["component"]["name"], document["bomFormat"]) == ("bascule", "CycloneDX")
    assert named == _locked((CHECKOUT / lock).read_text(encoding="utf-8"))


@pytest.mark.real
def test_the_same_locks_make_the_same_bill_of_materials(bills, tmp_path):
    # The file is the same; validating it against the schema once more would take seconds.
    assert make("sbom", f"DIST={tmp_path}", "SBOM_OPTIONS=--no-validate").returncode == 0

    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == {
        file.name: file.read_bytes() for file in bills.iterdir()
    }


def _locked(text: str) -> dict[str, set[str]]:
    """Hashes by package address."""
    entries = re.findall(r"(?m)^([a-z0-9-]+)==(\S+?)(?: ;[^\\]*)? \\\n((?:    --hash=sha256:\w+(?: \\)?\n)+)", text)
    return {f"pkg:pypi/{name}@{version}": set(re.findall(r"sha256:(\w+)", hashes)) for name, version, hashes in entries}


def test_the_licence_is_there_in_full():
    """B4: article 5 wants a copy of the licence with every copy of the work."""
    text = (CHECKOUT / "LICENSE").read_text(encoding="utf-8")
    licence = text[text.find("EUROPEAN UNION PUBLIC LICENCE v. 1.2") :]

    assert "SPDX-License-Identifier: EUPL-1.2" in text
    assert re.findall(r"(?m)^\d+\.(.*)$", licence) == ARTICLES
    assert "‘Compatible Licences’ according to Article 5 EUPL are:" in licence
    assert licence.rstrip().endswith("require the production of a new EUPL version.")
    assert len(re.findall(r"\w+", licence)) == WORDS_OF_THE_LICENCE


@pytest.mark.real
@pytest.mark.parametrize(
    ("vulnerable", "code"),
    [
        pytest.param("", 0, id="nothing is known"),
        pytest.param("paramiko", 2, id="of the daemon's"),
        pytest.param("aiohttp", 2, id="of the twin's"),
        pytest.param("hatchling", 2, id="of the build's"),
    ],
)
def test_a_known_vulnerability_in_an_installed_package_fails_the_check(vulnerable, code):
    """B4: asked of a service of OSV's kind; 2 is what make ends with when a target fails."""
    with _osv(vulnerable) as (url, asked):
        done = make("audit", f"AUDIT=--vulnerability-service osv --osv-url {url}")

    assert done.returncode == code, done.stdout + done.stderr
    assert {"paramiko", "aiohttp", "hatchling"} <= asked
    assert ("MADE-UP-1" in done.stdout) == bool(vulnerable)


@contextmanager
def _osv(vulnerable: str) -> Iterator[tuple[str, set[str]]]:
    """OSV's API as far as it is asked: one package has a vulnerability. Also: the packages that were asked about."""
    asked: set[str] = set()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            query = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            asked.add(query["package"]["name"])
            found = [_vulnerability(vulnerable)] if query["package"]["name"] == vulnerable else []
            body = json.dumps({"vulns": found}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            """Silent."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/v1/query", asked
        server.shutdown()


def _vulnerability(package: str) -> dict[str, object]:
    affected = {
        "package": {"name": package, "ecosystem": "PyPI"},
        "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}]}],
    }
    return {"id": "MADE-UP-1", "summary": "made up", "modified": "2026-01-01T00:00:00Z", "affected": [affected]}
