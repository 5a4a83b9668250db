"""`bascule person`: the card in a terminal, its exit code, and in both languages."""

from dataclasses import replace
from typing import Any

import pytest

from provisioner.api.callers import Role
from provisioner.cli.output import plain
from provisioner.cli.people.person import card_lines
from provisioner.cli.why.command import folded
from provisioner.views.person.document import person_document
from tests.builders.api import an_api_site, ask, serving
from tests.builders.cli import Ended, bascule
from tests.builders.core import a_session
from tests.builders.monitors import SetClock
from tests.builders.person import WITHIN_S, asked, published_by
from tests.builders.pseudo import speaking_pseudo, untranslated
from tests.builders.reconciler import ready_since_long
from tests.views.person_calls import addressed, answers_no_more, at_work, go_on, hangs_beside_a_pool, node_lost_and_replaced
from tests.views.test_why import nothing_in_the_journal

WELL = published_by(addressed())


@pytest.fixture(scope="module")
def daemon(tmp_path_factory):
    site = an_api_site(WELL, clock=SetClock(WELL.status.at + 2))
    with serving(tmp_path_factory.mktemp("api"), site) as at:
        yield at


def person(at, *words, language="en") -> Ended:
    return bascule("--lang", language, "person", *words, "--socket", str(at))


def test_the_sentence_comes_first_then_the_orders_then_the_rest(daemon):
    ended = person(daemon, "login0001")

    lines = ended.out.splitlines()
    assert (ended.code, ended.err) == (0, "")
    assert lines[:7] == [
        "Agent 1 has a desktop that is ready: connect to vd-5001 at 10.40.0.10",
        "  bascule desktop restart vd-5001",
        "    restarts it; nobody was logged on at 2027-01-15 09:03",
        "",
        "Agent 1 (login0001)",
        "desktop vd-5001: VM pve/5001 on node n1, profile office",
        "ready, since 2027-01-15 09:02: first boot has finished and its log-on port",
    ]
    assert "logged on at 2027-01-15 09:03: nobody" in lines
    assert lines[-2].endswith("; directory read at 2027-01-15 08:50")
    assert lines[-1] == "times are those of Europe/Paris"
    assert all(len(line) <= 80 for line in lines)


def test_in_french_all_of_it_is(daemon):
    ended = person(daemon, "login0001", language="fr")

    first = ended.out.splitlines()[0].replace("\u00a0", " ")
    assert first == "Agent 1 a un poste prêt : se connecter à vd-5001, à l'adresse 10.40.0.10"
    assert "prêt, depuis 2027-01-15 09:02" in ended.out


@pytest.mark.parametrize("language", ["en", "fr"])
def test_programs_get_the_same_document_in_every_language(daemon, language):
    document = person(daemon, "login0001", "--json", language=language).document

    assert document["card"]["says"]["text"].startswith("Agent 1 has a desktop that is ready")
    assert (document["of"], document["card"]["standing"], document["card"]["in_the_way"]) == ("login0001", "ready", False)


@pytest.mark.long
def test_whoever_is_in_the_way_ends_with_1(tmp_path):
    with serving(tmp_path, an_api_site(published_by(answers_no_more()), cycle_within_s=1e9)) as at:
        ended = person(at, "login0001")

    assert ended.code == 1
    assert ended.out.startswith("Agent 1 has desktop vd-5001, which has not answered since 2027-01-15 09:03 and\n  may hang")


@pytest.mark.long
def test_a_daemon_without_a_cycle_for_long_ends_with_1(tmp_path):
    with serving(tmp_path, an_api_site(WELL, clock=SetClock(WELL.status.at + 600))) as at:
        ended = person(at, "login0001")

    assert ended.code == 1
    assert ended.out.startswith("nothing is known after 2027-01-15 09:08, as no cycle has ended since; as it was")


def test_a_slip_proposes_a_name_and_several_are_listed(daemon):
    slip, several = person(daemon, "logni0001"), person(daemon, "agent")

    assert (slip.code, slip.out) == (2, "")
    assert "did you mean login0001" in slip.err
    assert several.code == 2
    assert several.out.splitlines() == ["'agent' is a part of 2 names:", *(f"  agent login000{n} (Agent {n})" for n in (1, 2))]


def test_without_a_daemon_nothing_is_said(tmp_path):
    ended = person(tmp_path / "nobody.sock", "login0001")

    assert (ended.code, ended.out) == (3, "")


def test_before_the_directory_was_read_nobody_is_missing(tmp_path):
    unread = replace(WELL, status=replace(WELL.status, roster=None))
    with serving(tmp_path, an_api_site(unread, cycle_within_s=1e9)) as at:
        ended, answer = person(at, "login0001"), ask(at, "/v1/person?of=login0001")

    assert (ended.code, answer.status, answer.codes) == (3, 503, ["no_roster_yet"])


@pytest.mark.long
def test_it_is_for_whoever_may_see_people(tmp_path):
    with serving(tmp_path, an_api_site(WELL), role=Role.BOARD) as at:
        assert ask(at, "/v1/person?of=login0001").status == 403
    with serving(tmp_path, an_api_site(WELL), role=Role.VIEWER) as at:
        assert ask(at, "/v1/person?of=nobody").status == 404


@pytest.mark.long
@pytest.mark.parametrize("made", [at_work, node_lost_and_replaced, hangs_beside_a_pool])
@pytest.mark.parametrize("language", ["en", "fr"])
def test_it_fits_a_terminal_of_eighty_columns_and_a_screen(made, language):
    document = asked(made(), "login0001", language)
    lines = list(folded(card_lines(document["card"], at=document["at"], now=2e9)))

    assert all(len(line) <= 80 for line in lines)
    assert len(lines) <= 24


@pytest.mark.long
def test_no_text_of_it_is_untranslated():
    site = addressed()
    site.cluster.sessions[5001] = (a_session("bob"), a_session("login0001"))
    published = published_by(go_on(site, 1200))
    with speaking_pseudo():
        found = person_document(published, "login0001", nothing_in_the_journal, now=published.status.at, within_s=WITHIN_S)
        document: Any = plain(found)
        lines = [line for line in card_lines(document["card"], at=document["at"], now=2e9) if "bascule" not in line]

    names = (
        "Agent 1",
        "login0001",
        "bob",
        "vd-5001",
        "VM pve/5001",
        "n1",
        "pve",
        " min",
        "office",
        "everyone",
        "10.40.0.10",
        "2027-01-15",
    )
    assert [word for line in lines for word in untranslated(line, names=names)] == []


def test_nobody_else_is_named_in_the_sentence():
    site = ready_since_long(1)
    site.cluster.sessions[5001] = (a_session("bob"),)
    card = asked(go_on(site, 1200), "login0001")["card"]

    assert "bob" not in card["says"]["text"]
    assert [each["login"] for each in card["on"]] == ["bob"]
