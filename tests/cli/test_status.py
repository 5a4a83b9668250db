"""Commands that compute here, of a site whose cluster does not answer: what is known, why the rest is unknown, and 3."""

from dataclasses import replace

import pytest

from provisioner.cli.why_parts import standing_lines
from provisioner.daemon.composition import site_config_of
from provisioner.model.guard import GuardRecord
from provisioner.model.scenario.scenarios import Scenario
from provisioner.ports import Changes
from tests.builders.actions import a_reservation
from tests.builders.cli import a_lonely_site, bascule, files_of, keep
from tests.builders.pseudo import dotted, pseudo, untranslated
from tests.builders.records import a_step
from tests.builders.store import an_outcome

COMPUTED = "computed here, without the daemon: what it is doing at this moment is not visible; the store's journal is empty"
REFUSED = "cluster melun cannot be observed: "


@pytest.fixture
def site(tmp_path):
    """With an empty store."""
    site = a_lonely_site(tmp_path, agents=3)
    keep(site)
    return site


def _look(site, *words):
    before = files_of(site.folder)
    ended = bascule(*words, "--config", str(site.main))
    assert files_of(site.folder) == before, "looking leaves nothing behind"
    return ended


@pytest.mark.long
@pytest.mark.parametrize(
    ("command", "shown"),
    [
        pytest.param("report plan --offline", "the next cycle would do: nothing", id="plan"),
        pytest.param("report plan --offline", "3 cluster melun has not been observed yet", id="plan: why not"),
        pytest.param("status --offline", "0 of 3 wanted desktops ready; 0 open sessions", id="status"),
        pytest.param("status --offline", "standard: 3 not created yet", id="status: no desktop"),
        pytest.param("desktop list --offline", "there is no desktop yet", id="desktops"),
        pytest.param("agent list --offline", "cluster melun has not been observed yet", id="agents: each with the reason"),
    ],
)
def test_a_cluster_that_does_not_answer_is_said_beside_what_is_known(site, command, shown):
    ended = _look(site, *command.split())

    assert ended.code == 3
    assert shown in " ".join(ended.out.split())
    computed, refused = ended.err.splitlines()
    assert computed == COMPUTED
    assert refused.startswith(REFUSED)
    assert "Connection refused" in refused


@pytest.mark.long
@pytest.mark.parametrize("command", ["report plan", "status", "desktop list", "agent list"])
def test_json_stays_json_when_something_cannot_be_seen(site, command):
    ended = _look(site, *command.split(), "--offline", "--json")

    assert ended.code == 3
    assert ended.document["unseen"].keys() == {"melun"}
    assert REFUSED in ended.err


def test_the_figures_of_status_for_programs(site):
    document = _look(site, "status", "--offline", "--json").document
    status = document["status"]

    figures = status["figures"]
    assert (figures["wanted"], figures["ready"], figures["desktops"], figures["sessions"]["open"]) == (3, 0, {}, 0)
    assert [(group["count"], group["example"]["text"]) for group in status["waiting"]] == [
        (3, "cluster melun has not been observed yet")
    ]
    assert document["unseen"].keys() == {"melun"}
    assert document["directory_error"] == ""


def test_status_says_what_is_made_ahead_of_need_by_wave(site):
    site.append("scenario: later.yaml\n")
    site.write("later.yaml", "name: later\nwaves:\n  - {name: all, who: everyone, after: 2h, prepare: stopped}\n")

    said = _look(site, "status", "--offline").out.splitlines()
    document = _look(site, "status", "--offline", "--json").document["status"]

    (made,) = (line for line in said if line.startswith("wave all (standard) opens "))
    assert made.endswith(": 3 made ahead, 0 stopped, 0 running, 3 missing")
    (wave,) = document["preparations"]
    assert (wave["wave"], wave["level"], wave["wanted"], wave["missing"]) == ("all", "stopped", 3, 3)
    assert (document["figures"]["wanted"], document["not_wanted"]) == (0, [])


def test_the_plan_for_programs(site):
    document = _look(site, "report", "plan", "--offline", "--json").document

    assert document["actions"] == []
    assert len(document["deferred"]) == 3
    assert {deferral["because"]["text"] for deferral in document["deferred"]} == {"cluster melun has not been observed yet"}


def test_a_row_of_a_table_is_one_line_in_a_pipe(site):
    lines = _look(site, "agent", "list", "--offline").out.splitlines()

    assert len(lines) == 4
    assert lines[0].split() == ["login", "name", "wave", "desktop", "phase", "because"]


def test_a_directory_that_does_not_answer_is_said_too(site):
    site.change("ldif: people.ldif", "urls: [ldap://127.0.0.1:1]\n  tls: none\n  insecure: true")

    ended = _look(site, "status", "--offline")

    assert ended.code == 3
    assert "0 of 0 wanted desktops ready" in ended.out
    assert len(ended.err.splitlines()) == 3
    assert "directory: ldap://127.0.0.1:1: no answer" in ended.err


def test_a_journal_without_a_line_is_empty(site):
    ended = _look(site, "report", "journal", "--offline")

    assert (ended.code, ended.out) == (0, "nothing has been ordered yet\n")
    assert ended.err == "from the store, without the daemon; the store's journal is empty\n"
    assert _look(site, "report", "journal", "--offline", "--json").document == {"lines": []}


@pytest.mark.parametrize("command", ["report plan", "status", "desktop list", "agent list", "node list", "report journal"])
def test_a_store_that_is_missing_is_not_an_empty_one(tmp_path, command):
    site = a_lonely_site(tmp_path)

    ended = _look(site, *command.split(), "--offline")

    assert (ended.code, ended.out) == (3, "")
    assert ended.err == (
        f"store {tmp_path}/bascule.db: there is none: no daemon has run with this configuration yet, or its store is in "
        "another place\n"
    )


def test_a_store_that_is_no_store_is_named(site):
    site.write("bascule.db", "this is a letter to the editor, not a database, and long enough to be looked at" * 20)

    ended = _look(site, "status", "--offline")

    assert (ended.code, ended.out) == (3, "")
    assert len(ended.err.splitlines()) == 1
    assert f"store {site.folder}/bascule.db: " in ended.err


def test_check_names_each_fault_with_its_fix(site):
    ended = _look(site, "check")

    assert (ended.code, ended.err) == (1, "")
    said = ended.out.splitlines()
    assert said[1:4] == [
        "ok  store: readable, with 0 desktops in it",
        "ok  directory: 3 agents read",
        "ok  profile standard: 3 agents are entitled and in wave 'everyone' of scenario 'everyone'",
    ]
    assert said[4].startswith("BAD cluster melun: https://") or said[4].startswith("BAD cluster melun: 127.0.0.1:")
    assert said[5:] == [
        "      fix: check endpoints, port 8006 and ca_file",
        "BAD switch: people who wait for a desktop: 3; the daemon would make nobody ready: cluster melun has not been observed "
        "yet",
        "      fix: mend what is named here, as the findings above say",
        "result: 2 faults (BAD), 0 doubts",
    ]


@pytest.mark.long
def test_check_says_that_the_store_has_no_folder(site):
    site.change("sqlite:///bascule.db", "sqlite:///nowhere/bascule.db")

    assert f"BAD store: the folder {site.folder}/nowhere does not exist" in _look(site, "check").out


def test_check_says_that_it_is_frozen(site):
    (site.folder / "freeze").touch()

    assert f"?   freeze file: {site.folder}/freeze exists: nothing is written to any cluster" in _look(site, "check").out


@pytest.mark.long
def test_check_says_that_without_its_scenario_nobody_new_gets_a_desktop(site):
    rules = replace(site_config_of(site.load()).rules, scenario=Scenario(name="surge", waves=()))
    keep(site, Changes(guard=GuardRecord(rules=rules)))

    said = _look(site, "check").out
    explicit = _look(site.append("scenario: everyone\n"), "check").out

    assert "?   scenario: none is configured any more: the desktops that exist are kept, and nobody new gets one\n" in said
    assert "or `scenario: everyone` to give every entitled agent a desktop at once" in said
    assert "scenario: none" not in explicit


@pytest.mark.long
def test_check_speaks_a_language(site):
    ended = pseudo("check", "--offline", "--config", str(site.main))

    assert ended.out.splitlines()[0] == f"{dotted('ok')} {dotted('settings')}: {site.main}: {dotted('valid')}"
    fix = pseudo("check", "--config", str(site.main)).out.splitlines()[-4]
    assert untranslated(fix, names=("endpoints", "ca_file")) == []


def test_check_for_programs(site):
    ended = _look(site, "check", "--json")

    assert ended.code == 1
    findings = ended.document
    bad, nobody = (finding for finding in findings if finding["grade"] == "bad")
    assert nobody["code"] == "nobody_ready"
    assert (bad["subject"], bad["subject_code"]) == ("cluster melun", "subject_cluster")
    assert bad["subject_arguments"] == {"cluster": "melun"}
    assert all(finding["fix"] for finding in findings if finding["grade"] != "good")


@pytest.mark.long
@pytest.mark.parametrize("words", [(), ("--json",)], ids=["table", "JSON"])
@pytest.mark.parametrize("kept", [False, True], ids=["empty", "a desktop"])
def test_a_journal_of_a_desktop_that_is_none_says_so(site, words, kept):
    """D4: a misspelt name is an error, and not an empty journal."""
    if kept:
        keep(site, a_step(reserved=(a_reservation(1),)))

    ended = _look(site, "report", "journal", "--offline", "--desktop", "nope", *words)

    assert (ended.code, ended.out) == (2, "")
    assert ended.err == "there is no desktop nope, and the journal has no line about it\n"


def test_a_journal_of_a_desktop_is_its_own(site):
    """D4: for a desktop that exists, one that existed, and one without any entry."""
    keep(site, a_step(reserved=(a_reservation(1),), outcomes=(an_outcome(2002, action="delete"),)))

    assert (
        _look(site, "report", "journal", "--offline", "--desktop", "vd-5001").out
        == "nothing has been ordered yet for vd-5001\n"
    )
    assert "delete" in _look(site, "report", "journal", "--offline", "--desktop", "vd-2002").out


def test_many_quarantines_take_a_few_lines():
    orders = [
        {"kind": "quarantine", "target": f"vd-{n}", "by": "zoe", "at": "2027-01-15T08:00:00Z", "reason": None, "until": None}
        for n in range(9)
    ]

    lines = list(standing_lines(orders))

    assert len(lines) == 5
    assert lines[-1] == "  … and 5 more"
