"""B9: names and error texts come from outside: none may move the cursor, reverse a line or forge a row."""

import json
import unicodedata
from contextlib import closing

import pytest

from provisioner.adapters.sql.store import SqlStore
from provisioner.model.people.plain_text import one_line
from tests.builders.actions import a_name, a_reservation
from tests.builders.cli import a_lonely_site, bascule
from tests.builders.directory import FixedClock
from tests.builders.https import https, says
from tests.builders.records import a_step
from tests.builders.store import an_outcome
from tests.servers.certificates import Authority

HOSTILE = "no\nforged\rforged\u2028forged\u0085forged \x1b[2J \x9b31m \u202etxt.exe \u2066a\u2069 \u200b \U000e0041"
"""All kinds of line ends, C0 and C1 controls, bidi overrides and isolates, an invisible character and a tag."""
TABLES = (
    *(
        "report plan --offline",
        "status --offline",
        "desktop list --offline",
        "agent list --offline",
        "report journal --offline",
        "report drift",
    ),
    *("node list --offline", "check"),
)


@pytest.fixture(scope="module")
def said(tmp_path_factory):
    """The output of each command for a hostile cluster, journal and directory, by command."""
    site = a_lonely_site(tmp_path_factory.mktemp("hostile"))
    certificate = Authority(site.folder / "ca").issue("server")
    with closing(SqlStore(f"sqlite:///{site.folder}/bascule.db", clock=FixedClock())) as store:
        store.claim()
        store.commit(a_step(reserved=(a_reservation(1),), outcomes=(an_outcome(5001, reason=HOSTILE),)))
    body = json.dumps({"data": None, "message": HOSTILE}).encode()
    with https(certificate, says(500, "no", body=body)) as server:
        text = (site.folder / "bascule.yaml").read_text()
        port = text.partition("https://127.0.0.1:")[2].partition("]")[0]
        site.change(port, str(server.port))
        words = [tuple(table.split()) + more for table in TABLES for more in ((), ("--json",))]
        return {" ".join(command): bascule(*command, "--config", str(site.main)) for command in words}


def unprintable(text: str) -> set[str]:
    return {char for char in text if char != "\n" and unicodedata.category(char) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")}


@pytest.mark.long
def test_no_command_prints_what_a_terminal_obeys(said):
    """B9: in tables, complaints and JSON alike."""
    found = {command: unprintable(ended.out + ended.err) for command, ended in said.items()}

    assert {command: chars for command, chars in found.items() if chars} == {}


def test_no_row_is_forged(said):
    """B9: an error with a line break stays one line."""
    lines = {command: (ended.out + ended.err).splitlines() for command, ended in said.items()}
    forged = [command for command, all_lines in lines.items() if any(line.strip().startswith("forged") for line in all_lines)]

    assert forged == []


def test_programs_read_the_very_text(said):
    """B9: JSON escapes it, and loses nothing."""
    (entry,) = said["report journal --offline --json"].document["lines"]

    assert (entry["subject"], entry["reason"]["text"]) == (a_name(1), HOSTILE)


def test_each_command_met_the_hostile_text(said):
    """B9: otherwise the tests above would prove nothing."""
    met = [command for command, ended in said.items() if "txt.exe" in ended.out + ended.err]

    assert sorted(met) == sorted(said)


def test_a_problem_of_a_configuration_is_one_line_each(tmp_path):
    """B9: values in a configuration file are input, too."""
    site = a_lonely_site(tmp_path).append('log: {level: "loud\\nok  settings: valid\\e[2J"}\n')

    ended = bascule("check", "--config", str(site.main))

    assert (ended.code, len(ended.err.splitlines())) == (2, 1)
    assert unprintable(ended.err) == set()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("Zoé Lefèvre", "Zoé Lefèvre", id="a space that does not break is a sign"),
        pytest.param("مرحبا 你好 🙂", "مرحبا 你好 🙂", id="every script"),
        pytest.param("a\nb", "a␤b", id="a line end"),
        pytest.param("a\u2028b\x85c", "a�b�c", id="a line end that few know"),
        pytest.param("a\tb", "a b", id="a tab"),
        pytest.param("\u202egpj.exe", "�gpj.exe", id="turned round"),
        pytest.param("\x9b2J\x1b[2J", "�2J�[2J", id="escapes"),
    ],
)
def test_text_as_it_is_shown(text, shown):
    """B9: printable characters stay unchanged."""
    assert one_line(text) == shown
