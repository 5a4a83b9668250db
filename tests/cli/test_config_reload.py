"""`bascule config reload`: what was taken up, what waits for a restart, what the guard holds back; a refusal, with reasons."""

from concurrent.futures import Future
from dataclasses import replace

import pytest

from provisioner.model.guard import HeldInput, Quarantine
from provisioner.model.ids import Instant
from provisioner.reasons.directory import WOULD_LEAVE
from provisioner.reasons.files import PROBLEM
from provisioner.reasons.reading import OF_SOURCE
from provisioner.reasons.reason import LINES, NONE, join_reasons
from provisioner.views.daemon import DifferenceDocument
from provisioner.views.times import stamp
from tests.builders.api import RELOADED, an_api_site, serving
from tests.builders.cli import a_lonely_site, bascule
from tests.builders.cluster import NOW
from tests.builders.core import a_roster
from tests.builders.pseudo import pseudo, untranslated
from tests.builders.views import a_publication

VCPUS = DifferenceDocument(key="profiles.standard.vcpus", in_force="2", on_disk="4", by_restart=False)
TOKEN = DifferenceDocument(key="clusters.melun.token_secret", in_force="(secret)", on_disk="(secret)", by_restart=True)
FAULTY = join_reasons([PROBLEM(place=f"surge.yaml:{line}:1", path="wavs", message="unknown key") for line in (1, 2)], LINES)
CHANGED = replace(RELOADED, read_at=stamp(NOW), differences=(VCPUS,))

HELD = Quarantine(
    since=NOW, read_at=NOW + 1, reason=WOULD_LEAVE(count=12, of=12), leavers=12, joiners=0, of=HeldInput.CONFIGURATION
)


def answers(answer):
    """The daemon's way to read again."""

    def reload(by):
        done = Future()
        done.set_result(answer)
        return done

    return reload


def reloaded(folder, answer, *words, run=bascule, read_at: Instant = NOW, held=None, unread=(NONE, 0.0)):
    """The directory was read at `read_at`, and the guard holds this back; `unread`: why a later reading failed, and when."""
    published = a_publication()
    status = published.status
    guard, roster = replace(status.guard, quarantine=held), replace(a_roster(3), read_at=read_at)
    failed = {"directory_error": unread[0], "directory_tried_at": unread[1]}
    published = replace(published, status=replace(status, guard=guard, roster=roster, **failed))
    with serving(folder, an_api_site(published, reload=answers(answer))) as at:
        return run("config", "reload", *words, "--socket", str(at))


@pytest.mark.long
def test_what_is_taken_up_is_named_key_by_key(tmp_path):
    ended = reloaded(tmp_path, CHANGED)

    assert (ended.code, ended.err) == (0, "")
    assert [line.split() for line in ended.out.splitlines()] == [
        ["key", "before", "now", "in", "force"],
        ["profiles.standard.vcpus", "2", "4", "yes"],
    ]


@pytest.mark.long
def test_what_waits_for_a_restart_is_not_in_force_and_the_exit_code_says_so(tmp_path):
    ended = reloaded(tmp_path, replace(CHANGED, differences=(TOKEN, VCPUS), waits_for_restart=("clusters",)))

    assert (ended.code, ended.err) == (1, "keeps its earlier value until a restart: clusters\n")
    assert "(secret)  (secret)  after a restart" in ended.out


@pytest.mark.long
def test_files_that_say_the_same_are_no_change(tmp_path):
    ended = reloaded(tmp_path, RELOADED)

    assert (ended.code, ended.out, ended.err) == (0, "bascule.yaml says what was in force already\n", "")


@pytest.mark.long
def test_a_refusal_has_each_problem_on_its_line_and_nothing_has_changed(tmp_path):
    ended = reloaded(tmp_path, FAULTY)

    assert (ended.code, ended.out) == (1, "")
    assert ended.err.splitlines() == [
        "the files are faulty: nothing has changed, and what was read before stays in force",
        "surge.yaml:1:1 wavs: unknown key",
        "surge.yaml:2:1 wavs: unknown key",
    ]


@pytest.mark.long
def test_what_the_guard_holds_back_has_its_arithmetic(tmp_path):
    ended = reloaded(tmp_path, CHANGED, read_at=NOW - 60, held=HELD)
    document = reloaded(tmp_path, CHANGED, "--json", read_at=NOW - 60, held=HELD).document

    assert (ended.code, "the guard holds back: " in ended.err, "12 of 12 entitled agents would leave" in ended.err) == (
        1,
        True,
        True,
    )
    assert (document["held_back"]["leavers"], document["differences"][0]["key"]) == (12, VCPUS.key)


@pytest.mark.long
@pytest.mark.parametrize(
    ("read_at", "held", "code", "says"),
    [
        pytest.param(NOW + 1, None, 0, "", id="accepted"),
        pytest.param(NOW + 1, replace(HELD, read_at=NOW - 5), 0, "", id="what was held back before is over"),
        pytest.param(NOW - 60, replace(HELD, read_at=NOW - 5), 1, "the directory has not been read since", id="not judged yet"),
    ],
)
def test_only_what_the_guard_has_said_since_counts(tmp_path, monkeypatch, read_at, held, code, says):
    monkeypatch.setattr("provisioner.cli.installing.config_reload._HEARD_WITHIN_S", 0.0)

    ended = reloaded(tmp_path, CHANGED, read_at=read_at, held=held)

    assert (ended.code, ended.err[: len(says)]) == (code, says)


@pytest.mark.long
@pytest.mark.parametrize(
    ("tried_at", "says"),
    [
        pytest.param(NOW - 60, "the directory has not been read since", id="a failure of before the reload"),
        pytest.param(
            NOW, "the directory cannot be read, and the earlier roster stays in force: ldap1: refused", id="one since"
        ),
    ],
)
def test_a_directory_that_cannot_be_read_by_the_new_settings_is_told(tmp_path, monkeypatch, tried_at, says):
    """G7: after a reload that mends `directory:` the failure of before it was taken for the answer."""
    monkeypatch.setattr("provisioner.cli.installing.config_reload._HEARD_WITHIN_S", 0.0)

    ended = reloaded(tmp_path, CHANGED, read_at=NOW - 60, unread=(OF_SOURCE(source="ldap1", why="refused"), tried_at))

    assert (ended.code, ended.err[: len(says)]) == (1, says)


@pytest.mark.long
@pytest.mark.parametrize("answer", [CHANGED, RELOADED, FAULTY], ids=["changed", "the same", "faulty"])
def test_it_speaks_a_language(tmp_path, answer):
    ended = reloaded(tmp_path, answer, run=pseudo)

    assert untranslated(ended.out, names=("bascule.yaml", VCPUS.key)) == []


def test_without_a_daemon_nothing_is_reloaded(tmp_path):
    ended = bascule("config", "reload", "--config", str(a_lonely_site(tmp_path).main))

    assert (ended.code, ended.out) == (3, "")
    assert "nothing was ordered" in ended.err
