"""Every command before, amid and after a switch, as people see it and as programs read it; and the demonstration itself."""

import contextlib
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from provisioner.adapters.sql.store import SqlStore
from provisioner.demo.people import demo_people, write_server_ldif
from provisioner.settings.bascule import load_settings
from tests.builders.cli import Ended, bascule
from tests.builders.store import StillClock
from tests.e2e.switch import Switch
from tests.servers.certificates import Authority
from tests.servers.slapd import PASSWORD, READER, SUFFIX, slapd

pytestmark = pytest.mark.real

AGENTS = 20
NODES = 2
ASKED = ("report plan", "desktop list", "agent list", "node list", "report journal")
"""What the daemon is asked for; and with `--offline` the store and the cluster."""
QUICK = (*(f"{command} --offline" for command in (*ASKED, "status")), "report drift")
LOOKS = (*QUICK, "check", "check storage", "forecast")
WHENCE = {"computed here, without the daemon", "from the store, without the daemon"}
LOOKED = {"before": LOOKS, "amid": (*QUICK, *ASKED), "after": (*LOOKS, *ASKED)}
"""The commands of each moment."""
LOGINS = {person.login for person in demo_people(AGENTS)}
Answers = dict[tuple[str, str], Ended]


@pytest.fixture(scope="module")
def answers(tmp_path_factory) -> Iterator[Answers]:
    """The answer of every command, by moment and command, also with `--json`."""
    folder = tmp_path_factory.mktemp("commands")
    said: Answers = {}
    with Switch(folder, agents=AGENTS, scale=10) as switch:
        switch.change_config(_slow_and_without_waves)
        with closing(SqlStore(load_settings(switch.config, environment={}).store.url, clock=StillClock())) as store:
            store.claim()
        _look(switch, "before", said)
        truth = switch.truth()
        assert (truth["writes"], truth["desktops"]) == (0, 0), "looking changes nothing"

        switch.start()
        switch.wait_for(lambda truth: truth["clones"] >= 6)
        _look(switch, "amid", said)
        said["amid", "run"] = bascule("run", "--config", str(switch.config))
        assert switch.daemon is not None
        said["amid", "pid"] = Ended(code=0, out=str(switch.daemon.pid), err="")

        switch.wait_for(lambda truth: truth["ready"] >= AGENTS)
        assert switch.said(f"{AGENTS} wanted, {AGENTS} ready"), switch.log()[-3000:]
        _look(switch, "after", said)
        said["after", "status"] = _ended(switch.bascule("status"))
        said["after", "status as a process"] = _ended(switch.bascule("status", "--offline", "--json"))
        assert switch.stop() == 0
        said["ended", "forecast --json"] = _ended(switch.bascule("forecast", "--json"))
        yield said


def _slow_and_without_waves(document: dict[str, Any]) -> None:
    del document["scenario"]
    templates = document["profiles"]["standard"]["templates"][0]
    templates["vmids"] = dict(list(templates["vmids"].items())[:NODES])


def _look(switch: Switch, moment: str, said: Answers) -> None:
    environment = switch.environment()
    for command in LOOKED[moment]:
        for words in (command.split(), [*command.split(), "--json"]):
            said[moment, " ".join(words)] = bascule(*words, "--config", str(switch.config), **environment)


def _ended(process: "subprocess.CompletedProcess[str]") -> Ended:
    return Ended(code=process.returncode, out=process.stdout, err=process.stderr)


@pytest.mark.parametrize(
    ("moment", "command"),
    [(moment, command) for moment in ("before", "amid", "after") for command in LOOKED[moment]],
)
def test_a_command_ends_well_and_prints_json_when_asked(answers: Answers, moment, command):
    plain, programs = answers[moment, command], answers[moment, f"{command} --json"]

    assert (plain.code, programs.code) == (0, 0)
    said = {line.partition(":")[0].partition(";")[0] for line in (plain.err + programs.err).splitlines()}
    assert said <= (WHENCE if "--offline" in command else set())
    assert plain.out
    assert isinstance(programs.document, list | dict)


@pytest.mark.parametrize("moment", ["before", "after"])
def test_check_finds_nothing_in_the_way(answers: Answers, moment):
    findings = answers[moment, "check --json"].document

    assert {finding["grade"] for finding in findings} == {"good"}
    *lines, result = answers[moment, "check"].out.splitlines()
    assert (len(lines), result) == (len(findings), "result: 0 faults (BAD), 0 doubts")


def test_check_storage_measures_the_clones_that_were_made(answers: Answers):
    before, after = answers["before", "check storage --json"].document, answers["after", "check storage --json"].document

    assert [domain["hold"] for domain in before["domains"]] == [None] * NODES
    assert before["pools"][0]["rests_on"].startswith("no measurement yet: ")
    # A clone alone in its lock domain says less and is left out: each node's first, and whichever a busy machine ordered late.
    assert AGENTS / 2 <= sum(domain["hold"]["clones"] for domain in after["domains"]) <= AGENTS
    (pool,) = after["pools"]
    assert (pool["profiles"], pool["wanted"]) == (["standard"], AGENTS)
    # 0.6 s an operation, two a clone.
    assert 1.0 < pool["seconds"] / (AGENTS / NODES) < 2.0
    assert {remedy["name"] for remedy in pool["remedies"]} == {
        "cloud-init drive on another storage",
        "twice as many storage ids",
        "full clones (slower)",
    }
    assert [reach["nodes"] for reach in before["reaches"]] == [[f"pve{number:02}" for number in range(1, NODES + 1)]]
    assert before["capacity"]["standard"]["free"] >= AGENTS


@pytest.mark.parametrize(
    ("moment", "ready", "desktops"),
    [pytest.param("before", 0, 0, id="before"), pytest.param("after", AGENTS, AGENTS, id="after")],
)
def test_status_says_how_far_it_is(answers: Answers, moment, ready, desktops):
    figures = answers[moment, "status --offline --json"].document["status"]["figures"]

    assert (figures["wanted"], figures["ready"], sum(figures["desktops"].values())) == (AGENTS, ready, desktops)
    assert answers[moment, "status --offline"].out.startswith(f"{ready} of {AGENTS} wanted desktops ready; 0 open sessions")


def test_the_daemon_says_how_far_it_is(answers: Answers):
    lines = answers["after", "status"].out.splitlines()

    assert lines[0].startswith("daemon up for ")
    assert lines[1].startswith(f"{AGENTS} of {AGENTS} wanted desktops ready; 0 open sessions (desktops counted: {AGENTS},")


def test_amid_the_switch_some_are_under_way(answers: Answers):
    figures = answers["amid", "status --offline --json"].document["status"]["figures"]

    assert figures["wanted"] == AGENTS
    assert figures["ready"] < AGENTS
    assert sum(figures["desktops"].values()) >= 6


def test_the_plan_orders_what_there_is_room_for_and_defers_the_rest(answers: Answers):
    before, after = (answers[moment, "report plan --offline --json"].document for moment in ("before", "after"))

    assert Counter(action["action"] for action in before["actions"]) == {"clone": NODES}, "one alone on each storage"
    assert len(before["deferred"]) == AGENTS - NODES
    assert f"the next cycle would do: {NODES} × clone" in answers["before", "report plan --offline"].out
    assert [action for action in after["actions"] if action["action"] not in ("checkguest", "assign")] == []
    assert after["deferred"] == []
    assert " ordered: " in answers["after", "report plan"].out
    assert answers["after", "report plan --json"].document["deferred"] == []


def test_every_agent_is_listed_with_a_desktop_or_the_reason_for_none(answers: Answers):
    before, after = answers["before", "agent list --offline --json"].document, answers["after", "agent list --json"].document
    before, after = before["agents"], after["agents"]

    assert {agent["login"] for agent in before} == {agent["login"] for agent in after} == LOGINS
    assert {agent["phase"] for agent in before} == {None}
    assert all(agent["because"] for agent in before)
    assert {agent["phase"] for agent in after} == {"ready"}
    assert len({agent["desktop"] for agent in after}) == AGENTS


def test_every_desktop_is_listed_with_its_agent_and_node(answers: Answers):
    assert answers["before", "desktop list --offline"].out == "there is no desktop yet\n"
    after = answers["after", "desktop list --json"].document["desktops"]

    assert {desktop["login"] for desktop in after} == LOGINS
    assert {desktop["node"] for desktop in after} == {"pve01", "pve02"}
    lines = answers["after", "desktop list"].out.splitlines()
    assert len(lines) == AGENTS + 1
    assert all("ready" in line for line in lines[1:])


def test_the_journal_keeps_what_was_ordered_and_what_came_of_it(answers: Answers):
    assert answers["before", "report journal --offline"].out == "nothing has been ordered yet\n"
    entries = answers["after", "report journal --json"].document["lines"]
    assert answers["after", "report journal --offline --json"].document["lines"] == entries

    assert len(entries) == 50
    assert {entry["result"] for entry in entries} == {"done"}
    assert {"start", "ready"} <= {entry["what"] for entry in entries}
    assert all(entry["reason"] or entry["because"] for entry in entries), "each line says why"
    assert {entry["because"]["code"] for entry in entries if entry["what"] == "start"} == {"wanted"}
    assert "wants a standard desktop for" in answers["after", "report journal"].out


def test_the_forecast_goes_on_from_where_the_switch_is(answers: Answers):
    before, after = answers["before", "forecast --json"].document, answers["after", "forecast --json"].document

    assert (before["wanted"], before["ready"]) == (AGENTS, AGENTS)
    assert 0 < before["seconds_to"]["50%"] <= before["seconds_to"]["90%"] <= before["seconds_to"]["100%"] < 3600
    assert f"{AGENTS} of {AGENTS} wanted desktops would be ready" in answers["before", "forecast"].out
    assert (after["wanted"], after["ready"], after["ready_now"]) == (AGENTS, AGENTS, AGENTS)
    assert answers["after", "forecast"].out.startswith(f"all {AGENTS} wanted desktops are ready already")


def test_what_the_daemon_has_measured_is_kept_for_the_next_forecast(answers: Answers):
    assert answers["before", "forecast --json"].document["measured"] == 0
    assert answers["ended", "forecast --json"].document["measured"] == AGENTS


def test_a_second_daemon_is_refused_with_the_owner_of_the_store(answers: Answers):
    second = answers["amid", "run"]

    assert (second.code, second.out) == (3, "")
    assert f"owned by process {answers['amid', 'pid'].out} on " in second.err
    assert second.err.splitlines()[1:] == ["times are those of UTC"]


def test_a_command_of_its_own_process_says_the_same(answers: Answers):
    alone, here = answers["after", "status as a process"], answers["after", "status --offline --json"]

    assert alone.code == 0
    both = [ended.document["status"]["figures"]["desktops"] for ended in (alone, here)]
    assert both == [{"ready": AGENTS}] * 2


@pytest.fixture(scope="module")
def directory_options(tmp_path_factory) -> Iterator[list[str]]:
    """A real directory server with forty people, who may not be read anonymously."""
    home = tmp_path_factory.mktemp("demo")
    authority = Authority(home / "ca")
    write_server_ldif(home / "people.ldif", 40)
    with slapd(home / "slapd", certificate=authority.issue("slapd"), ldif=home / "people.ldif") as server:
        password = home / "reader"
        password.touch(mode=0o600)
        password.write_text(PASSWORD)
        yield [
            *("--ldap", server.ldaps, "--ldap-base", f"ou=people,{SUFFIX}", "--ldap-ca", str(authority.ca_file)),
            *("--ldap-user", READER, "--ldap-password-file", str(password)),
        ]


def _demo(folder: Path, *options: str) -> Ended:
    words = ["demo", "--port", "0", "--json", str(folder / "summary.json"), *options]
    process = subprocess.run(
        [Path(sys.executable).with_name("bascule"), *words],
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
        cwd=folder,
    )
    return _ended(process)


def _figures(folder: Path) -> dict[str, Any]:
    figures: dict[str, Any] = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    return figures


def test_the_demonstration_ends_with_everybody_ready_and_every_session_counted(tmp_path):
    ended = _demo(tmp_path, "--agents", "60", "--scale", "20", "--keep", "site")

    assert (ended.code, ended.err) == (0, "")
    _is_as_it_should_be(_figures(tmp_path), agents=60, sessions=55)
    assert "desktops ready, by the twin's truth" in ended.out
    assert {"bascule.yaml", "bascule.db", "daemon.log", "people.ldif"} <= {path.name for path in (tmp_path / "site").iterdir()}


def test_the_demonstration_reads_a_real_directory(tmp_path, directory_options):
    ended = _demo(tmp_path, "--scale", "40", *directory_options)

    assert (ended.code, ended.err) == (0, "")
    assert "directory: 40 agents" in ended.out
    _is_as_it_should_be(_figures(tmp_path), agents=40, sessions=40)
    assert PASSWORD not in ended.said


def test_a_demonstration_without_its_directory_ends_in_3(tmp_path):
    ended = _demo(tmp_path, "--ldap", "ldap://127.0.0.1:1")

    assert ended.code == 3
    assert ended.err.startswith("directory: ldap://127.0.0.1:1: no answer")
    assert len(ended.err.splitlines()) == 1
    assert not (tmp_path / "summary.json").exists()


def _is_as_it_should_be(figures: dict[str, Any], *, agents: int, sessions: int) -> None:
    assert (figures["agents"], figures["ready"]) == (agents, agents)
    assert (figures["sessions"], figures["sessions_true"], figures["sessions_peak"]) == (sessions, sessions, sessions)
    assert (figures["duplicates"], figures["orphans"], figures["lock_timeouts"]) == (0, 0, 0)
    assert figures["writes_per_desktop"] <= 3
    assert 0 < figures["efficiency"] <= 1
    assert 0 < figures["bound_seconds"] <= figures["virtual_seconds"]
    assert figures["wall_seconds"] < 120


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        pytest.param(["--json", "nowhere/summary.json"], "nowhere/summary.json: its folder does not exist", id="no place"),
        pytest.param(["--keep", "full"], "full: is not an empty folder", id="a folder that is not empty"),
        pytest.param(["--ldap-user", "cn=x"], "--ldap-user and --ldap-password-file go together", id="half an account"),
        pytest.param(["--agents", "0"], "'--agents'", id="nobody"),
        pytest.param(["--ldap", "directory.example.org"], "--ldap: must be an address such as ldaps://", id="no address"),
        pytest.param(
            ["--ldap", "ldaps://localhost", "--ldap-starttls"], "--ldap-starttls is for an ldap:// address", id="TLS twice"
        ),
    ],
)
def test_a_demonstration_that_cannot_end_well_does_not_begin(tmp_path, options, complaint):
    (tmp_path / "full" / "inner").mkdir(parents=True)

    with contextlib.chdir(tmp_path):
        ended = bascule("demo", *options)

    assert ended.code == 2
    assert complaint in ended.said
    assert "starting a twin" not in ended.out


def test_a_demonstration_sends_no_password_in_clear(tmp_path):
    """B5: a name of another machine: any system in between can read the password of the directory's reader."""
    (tmp_path / "reader").touch(mode=0o600)
    (tmp_path / "reader").write_text(PASSWORD)
    account = ("--ldap-user", READER, "--ldap-password-file", str(tmp_path / "reader"))

    ended = bascule("demo", "--port", "0", "--agents", "1", "--ldap", "ldap://directory.invalid", *account)

    said = "--ldap-user: its password would cross the network in clear: give ldaps://, or --ldap-starttls\n"
    assert (ended.code, ended.err) == (2, said)
    assert "starting a twin" not in ended.out


@pytest.mark.parametrize("moment", ["before", "amid", "after"])
def test_store_and_cluster_never_differ(answers: Answers, moment):
    assert answers[moment, "report drift --json"].document == {"differences": [], "notes_read": 0, "unseen": {}, "unread": {}}
    assert answers[moment, "report drift"].out == "the clusters are as the store has them\n0 notes read\n"
