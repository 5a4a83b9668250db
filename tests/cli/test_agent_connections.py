"""`bascule agent connections`: the daemon's document as CSV, table, JSON, and as files that carry a signature."""

import csv
import io
from dataclasses import replace

import pytest

from provisioner.model.machines.desktops import Phase
from provisioner.model.status import Status
from provisioner.views.published import Published
from tests.builders.api import an_api_site, serving
from tests.builders.cli import a_lonely_site, bascule
from tests.builders.cluster import NOW
from tests.builders.core import a_desktop
from tests.builders.views import a_publication
from tests.servers.certificates import a_publisher

pytestmark = pytest.mark.long


def a_site_with_two() -> Published:
    """One who can connect, one whose desktop starts."""
    made = a_publication(a_desktop(1, address="10.20.0.13"), a_desktop(2, Phase.STARTING), wanted=2, agents=2)
    records = {name: replace(record, assigned_to=record.reservation.agent_id) for name, record in made.records.items()}
    return replace(made, records=records)


TWO = a_site_with_two()


@pytest.fixture
def at(tmp_path):
    with serving(tmp_path, an_api_site(TWO)) as socket:
        yield str(socket)


@pytest.fixture
def config(tmp_path):
    folder = tmp_path / "site"
    folder.mkdir()
    site = a_lonely_site(folder)
    a_publisher(folder)
    site.append("connections: {certificate: publisher.pem, key: publisher.key}\n")
    return str(site.main)


def test_a_pipe_gets_csv_with_stable_columns(at):
    for language in ("en", "fr"):
        ended = bascule("--lang", language, "agent", "connections", "--socket", at)
        rows = list(csv.DictReader(io.StringIO(ended.out)))

        assert ended.code == 0
        assert list(rows[0]) == ["login", "desktop", "address", "host", "port", "gateway", "ready", "because"]
        assert rows[0] == {
            "login": "login0001", "desktop": "vd-5001", "address": "10.20.0.13", "host": "10.20.0.13", "port": "3389",
            "gateway": "", "ready": "yes", "because": "",
        }  # fmt: skip
        assert rows[1]["ready"] == "no"
        assert rows[1]["because"]


def test_json_is_the_document_and_one_person_can_be_asked_for(at):
    document = bascule("--lang", "fr", "agent", "connections", "--json", "--login", "LOGIN0002", "--socket", at).document

    assert [row["login"] for row in document["connections"]] == ["login0002"]
    assert document["connections"][0]["because"]["text"].startswith("running, but has not reported ready")


def test_an_unknown_login_is_a_wrong_call(at):
    ended = bascule("agent", "connections", "--login", "nobody", "--socket", at)

    assert (ended.code, ended.out) == (2, "")
    assert "no agent of the roster has the login 'nobody'" in ended.said


def test_without_a_roster_nothing_is_removed_and_nothing_said(tmp_path):
    with serving(tmp_path, an_api_site(Published(status=Status(at=NOW)))) as at:
        ended = bascule("agent", "connections", "--rdp", str(tmp_path / "rdp"), "--socket", str(at))

    assert ended.code == 3
    assert not (tmp_path / "rdp").exists()


def test_each_person_who_is_ready_gets_a_file(at, config, tmp_path):
    folder = tmp_path / "rdp"
    ended = bascule("agent", "connections", "--rdp", str(folder), "--socket", at, "--config", config)

    assert (ended.code, ended.err) == (0, "")
    assert ended.out.splitlines()[0] == f"1 connection file in {folder}: 1 written, 0 removed"
    assert "without a file" in ended.out
    assert [path.name for path in folder.iterdir()] == ["login0001.rdp"]
    lines = (folder / "login0001.rdp").read_bytes().decode("utf-16").split("\r\n")
    assert "full address:s:10.20.0.13" in lines
    assert "bascule installation:s:seine" in lines


def test_programs_are_told_the_files(at, config, tmp_path):
    words = ("agent", "connections", "--rdp", str(tmp_path / "rdp"), "--json", "--socket", at, "--config", config)

    assert bascule(*words).document == {"written": ["login0001.rdp"], "unchanged": [], "removed": [], "waiting": 1}
    assert bascule(*words).document == {"written": [], "unchanged": ["login0001.rdp"], "removed": [], "waiting": 1}


def test_a_desktop_that_restarts_keeps_its_persons_file_and_a_leavers_goes(config, tmp_path):
    folder = str(tmp_path / "rdp")
    restarting = a_publication(a_desktop(1, Phase.STARTING, address="10.20.0.13"), wanted=1, agents=1)
    gone = a_publication(wanted=0, agents=0)
    for published, left in ((TWO, 1), (restarting, 1), (gone, 0)):
        with serving(tmp_path, an_api_site(published)) as at:
            ended = bascule("agent", "connections", "--rdp", folder, "--socket", str(at), "--config", config)
        assert ended.code == 0
        assert len(list((tmp_path / "rdp").iterdir())) == left


def test_without_a_publisher_no_file_is_made(at, tmp_path):
    (tmp_path / "site").mkdir()
    site = a_lonely_site(tmp_path / "site")
    ended = bascule("agent", "connections", "--rdp", str(tmp_path / "rdp"), "--socket", at, "--config", str(site.main))

    assert ended.code == 2
    assert "no connection file can be signed" in ended.said
    assert not (tmp_path / "rdp").exists()
