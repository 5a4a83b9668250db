"""`bascule config diff`: which keys on disk are not in force, by the daemon's word."""

from dataclasses import replace

import pytest

from provisioner.reasons.files import PROBLEM
from provisioner.reasons.reason import LINES, join_reasons
from provisioner.views.daemon import DifferenceDocument
from provisioner.views.reasons import reason_document
from tests.builders.api import SAME, an_api_site, serving
from tests.builders.cli import a_lonely_site, bascule
from tests.builders.pseudo import pseudo, untranslated

VCPUS = DifferenceDocument(key="profiles.standard.vcpus", in_force="2", on_disk="4", by_restart=False)
TOKEN = DifferenceDocument(key="clusters.melun.token_secret", in_force="(secret)", on_disk="(secret)", by_restart=True)
SCENARIO = DifferenceDocument(key="scenario", in_force="/etc/bascule/surge.yaml", on_disk=None, by_restart=False)
FAULTY = join_reasons([PROBLEM(place=f"surge.yaml:{line}:1", path="wavs", message="unknown key") for line in (1, 2)], LINES)


def diff(folder, document, *words, run=bascule):
    with serving(folder, replace(an_api_site(), config=lambda: document)) as at:
        return run("config", "diff", *words, "--socket", str(at))


@pytest.mark.long
def test_what_is_in_force_is_no_difference(tmp_path):
    ended = diff(tmp_path, SAME)

    assert (ended.code, ended.out, ended.err) == (0, "bascule.yaml is in force\n", "")


@pytest.mark.long
def test_each_key_has_both_values_and_what_takes_it_up(tmp_path):
    differing = replace(SAME, differs=True, changed=("profiles",), differences=(TOKEN, VCPUS, SCENARIO))

    ended = diff(tmp_path, differing)

    assert (ended.code, ended.err) == (1, "")
    assert [line.split() for line in ended.out.splitlines()] == [
        ["key", "in", "force", "on", "disk", "taken", "up", "by"],
        ["clusters.melun.token_secret", "(secret)", "(secret)", "a", "restart"],
        ["profiles.standard.vcpus", "2", "4", "a", "reload"],
        ["scenario", "/etc/bascule/surge.yaml", "not", "set", "a", "reload"],
    ]


@pytest.mark.long
def test_faulty_files_are_told_problem_by_problem(tmp_path):
    ended = diff(tmp_path, replace(SAME, differs=None, problem=reason_document(FAULTY)))

    assert (ended.code, ended.out) == (1, "the files are faulty: a reload would change nothing\n")
    assert ended.err.splitlines() == ["surge.yaml:1:1 wavs: unknown key", "surge.yaml:2:1 wavs: unknown key"]


@pytest.mark.long
def test_programs_get_the_daemons_document(tmp_path):
    ended = diff(tmp_path, replace(SAME, differs=True, differences=(VCPUS,)), "--json")

    assert ended.code == 1
    assert ended.document["differences"] == [
        {"key": "profiles.standard.vcpus", "in_force": "2", "on_disk": "4", "by_restart": False}
    ]


def test_without_a_daemon_nobody_knows_what_is_in_force(tmp_path):
    ended = bascule("config", "diff", "--config", str(a_lonely_site(tmp_path).main))

    assert (ended.code, ended.out) == (3, "")
    assert ended.err != ""


@pytest.mark.long
@pytest.mark.parametrize("document", [SAME, replace(SAME, differs=True, differences=(VCPUS, SCENARIO))], ids=["same", "other"])
def test_it_speaks_a_language(tmp_path, document):
    ended = diff(tmp_path, document, run=pseudo)

    names = ("bascule.yaml", VCPUS.key, SCENARIO.key, SCENARIO.in_force)
    assert untranslated(ended.out, names=names) == []
