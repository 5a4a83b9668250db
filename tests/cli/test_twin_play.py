"""`bascule twin truth`, `break` and `mend`: on a served twin, and refused by one message on anything else."""

import json
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from provisioner.cli.clocks import TWIN_STATE
from provisioner.demo.outage import is_away
from provisioner.demo.site import DemoSite
from provisioner.model.machines.twin_spec import GuestSpec
from provisioner.settings.shipped import shipped
from provisioner.settings.twins import load_twin
from provisioner.twin.server.keeping import STATE_FILE
from provisioner.twin.server.state import TwinState
from tests.builders.cli import bascule
from tests.builders.pseudo import pseudo, untranslated
from tests.builders.twin_http import Served, a_twin_spec, serve
from tests.servers.processes import free_port

DESKTOPS = tuple(
    GuestSpec(vmid=vmid, node="pve1", name=f"vd-{vmid}", storage="qcow", desktop=True, set_up=True, ready_for_s=9.0)
    for vmid in (101, 102)
)


@pytest.fixture(scope="module")
def home(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("twin")


@pytest.fixture(scope="module")
def served(home):
    with serve(a_twin_spec(guests=DESKTOPS), home) as served:
        served.state.write(home / STATE_FILE)
        yield served


def played(home: Path, *words: str, run=bascule):
    return run("twin", *words, **{TWIN_STATE: str(home / STATE_FILE)})


@pytest.mark.real
def test_what_is_broken_is_in_the_truth_until_it_is_mended(served: Served, home: Path):
    for words in (("node", "pve2"), ("desktop", "vd-102"), ("storage", "pve1/qcow"), ("quorum",)):
        assert played(home, "break", *words).code == 0, words
    broken = played(home, "truth", "--desktops")
    document = played(home, "truth", "--json", "--folder", str(home)).document
    again = played(home, "break", "node", "pve2", "--json")
    for words in (("node", "pve2"), ("desktop", "102"), ("storage", "qcow"), ("quorum",)):
        assert played(home, "mend", *words).code == 0, words
    mended = played(home, "truth")

    assert broken.out.splitlines()[0] == (
        "1 of 2 desktops ready; 0 open sessions; 1 desktop hangs; 1 node without power; 1 storage full; no quorum"
    )
    assert [line.split() for line in broken.out.splitlines() if line.startswith(("pve", "vd-"))] == [
        ["pve1", "on", "2", "1", "1", "0"],
        ["pve2", "off", "0", "0", "0", "0"],
        ["pve1/qcow", "4096", "4096", "yes"],
        ["pve2/qcow", "8", "4096", "no"],
        ["vd-101", "101", "pve1", "is", "ready", "-"],
        ["vd-102", "102", "pve1", "hangs", "-"],
    ]
    assert {desktop["name"]: desktop["state"] for desktop in document["desktops"]} == {"vd-101": "ready", "vd-102": "hung"}
    assert again.document == {"what": "node", "name": "pve2", "broken": True, "changed": False}
    assert mended.out.splitlines()[0] == "2 of 2 desktops ready; 0 open sessions"


@pytest.mark.real
@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("node", "pve9"), "the twin has no pve9 of this kind, only pve1, pve2"),
        (("desktop", "vd-999"), "the twin has no vd-999 of this kind; `bascule twin truth --desktops` lists what it has"),
        (("node",), "say which: node, desktop and storage need a name"),
        (("quorum", "pve1"), "quorum and ldap take no name"),
    ],
)
def test_a_name_that_is_wrong_or_lacks_is_one_message(served: Served, home: Path, words, says):
    ended = played(home, "break", *words)

    assert (ended.code, ended.out, says in ended.err) == (2, "", True), ended.said


@pytest.mark.real
def test_the_directory_of_the_twins_site_is_away_until_it_is_put_back(served: Served, home: Path, tmp_path: Path):
    site = DemoSite(tmp_path, agents=3, sessions=0, port=0, ldap=None)
    site.spec = load_twin(shipped() / "twins" / "local-16.yaml")
    config = site.write_config(replace(served.state, tokens={"root@pam!full": "secret"}))
    other = tmp_path / "other.yaml"
    other.write_text(config.read_text().replace(served.url, "https://pve1.example.org"))
    people = tmp_path / "people.ldif"

    foreign = played(home, "break", "ldap", "--config", str(other))
    assert (foreign.code, is_away(people), "this command is for no real site" in foreign.err) == (2, False, True)
    assert (played(home, "break", "ldap", "--config", str(config)).code, is_away(people)) == (0, True)
    assert (played(home, "mend", "ldap", "--config", str(config)).code, is_away(people)) == (0, False)

    document = json.loads(config.read_text())
    document["directory"] = {"urls": ["ldaps://directory.example.org"], "base": "dc=example"}
    config.write_text(json.dumps(document))
    server = played(home, "break", "ldap", "--config", str(config))
    assert (server.code, "is a server (ldaps://directory.example.org)" in server.err) == (2, True)


COMMANDS = [("truth",), ("break", "node", "pve1"), ("mend", "quorum"), ("break", "ldap")]


@pytest.mark.parametrize("words", COMMANDS)
def test_without_a_twin_there_is_one_message_and_nothing_is_asked(tmp_path: Path, words):
    ended = bascule("twin", *words, "--folder", str(tmp_path))

    assert (ended.code, ended.out, len(ended.err.splitlines())) == (2, "", 1)
    assert f"{tmp_path}/twin.json does not exist" in ended.err
    assert "for no real cluster" in ended.err


@pytest.mark.parametrize("words", COMMANDS)
def test_what_is_not_this_twin_is_one_message_and_gets_neither_order_nor_secret(tmp_path: Path, words):
    state = TwinState(
        port=free_port(),
        ca_file=str(tmp_path / "ca.pem"),
        cluster="lab",
        epoch0=0.0,
        monotonic0=0.0,
        scale=1.0,
        control="s3cret",
    )
    (tmp_path / STATE_FILE).write_text(json.dumps(asdict(state)))

    ended = bascule("twin", *words, "--folder", str(tmp_path))

    assert (ended.code, ended.out, len(ended.err.splitlines())) == (3, "", 1)
    assert "is not the twin of" in ended.err
    assert "nothing was done" in ended.err
    assert "s3cret" not in ended.err


@pytest.mark.real
def test_nothing_that_people_read_is_left_in_english(served: Served, home: Path):
    for words in (("truth", "--desktops"), ("break", "storage", "qcow"), ("mend", "storage", "qcow")):
        ended = played(home, *words, run=pseudo)
        assert untranslated(ended.out, names=("pve1", "pve2", "vd-101", "vd-102", "qcow")) == [], ended.out
