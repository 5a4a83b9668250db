"""What can be read, by whom, and in which language."""

import json
from dataclasses import replace

import pytest

from provisioner.api.callers import Role
from provisioner.api.reading import MOST_LINES
from provisioner.errors import StoreError
from provisioner.ports import JournalEntry
from provisioner.reasons.reason import NONE
from provisioner.reasons.store import URL_UNREADABLE
from tests.builders.api import an_api_site, ask, serving
from tests.builders.cluster import NOW
from tests.builders.core import a_desktop
from tests.builders.views import a_publication

pytestmark = pytest.mark.long

DOCUMENTS = (
    "status", "figures", "desktops", "agents", "nodes", "storages", "waves", "plan", "intents", "findings", "daemon", "config",
    "journal", "ready", "capacity",
)  # fmt: skip
FOR_THE_BOARD = {"figures", "waves", "daemon", "ready", "capacity"}


@pytest.fixture(scope="module")
def api(tmp_path_factory):
    published = a_publication(a_desktop(1), a_desktop(2), wanted=2, agents=2)
    with serving(tmp_path_factory.mktemp("api"), an_api_site(published)) as socket:
        yield socket


@pytest.mark.parametrize("name", DOCUMENTS)
def test_each_resource_answers(api, name):
    answer = ask(api, f"/v1/{name}")

    assert (answer.status, answer.headers["content-type"]) == (200, "application/json")
    assert isinstance(answer.document, dict)


def test_a_daemon_that_has_just_started_says_so(tmp_path):
    with serving(tmp_path, an_api_site()) as socket:
        status, daemon = ask(socket, "/v1/status"), ask(socket, "/v1/daemon")

    assert (status.status, status.codes, status.headers["retry-after"]) == (503, ["api_no_cycle_yet"], "5")
    assert (daemon.status, daemon.document["cycle_ended_at"], daemon.document["cycle_age_s"]) == (200, None, None)


def test_the_daemon_says_how_old_its_last_cycle_is(api):
    assert ask(api, "/v1/daemon").document["cycle_age_s"] == 2.0


def test_texts_are_in_the_callers_language_and_codes_in_none(tmp_path):
    with serving(tmp_path, an_api_site()) as socket:
        english = ask(socket, "/v1/status", Accept_Language="de, en;q=0.5")
        french = ask(socket, "/v1/status", Accept_Language="fr-FR, en;q=0.8")

    assert english.codes == french.codes
    (said,), (dit,) = english.document["reasons"], french.document["reasons"]
    assert (said["text"][:8], dit["text"][:5]) == ("no cycle", "aucun")
    assert (english.headers["content-language"], french.headers["content-language"]) == ("en", "fr")


def test_documents_are_made_in_each_language(api):
    texts = {language: ask(api, "/v1/desktops", Accept_Language=language).document for language in ("en", "fr", "en", "fr")}

    because = {language: document["desktops"][0]["because"] for language, document in texts.items()}
    assert because["en"]["code"] == because["fr"]["code"]
    assert because["en"]["text"] != because["fr"]["text"]


def test_a_document_that_has_not_changed_is_not_sent_again(tmp_path):
    published = a_publication(a_desktop(1), wanted=1)
    site = an_api_site(published)
    with serving(tmp_path, site) as socket:
        first = ask(socket, "/v1/desktops")
        same = ask(socket, "/v1/desktops", If_None_Match=first.headers["etag"])
        french = ask(socket, "/v1/desktops", If_None_Match=first.headers["etag"], Accept_Language="fr")
        site.board.publish(replace(published, status=replace(published.status, at=NOW + 5)))
        later = ask(socket, "/v1/desktops", If_None_Match=first.headers["etag"])

    assert (same.status, same.body, same.headers["etag"]) == (304, b"", first.headers["etag"])
    assert (french.status, later.status) == (200, 200)


def test_the_board_reads_numbers_without_people(tmp_path):
    published = a_publication(a_desktop(1), wanted=1, agents=2)
    with serving(tmp_path, an_api_site(published), role=Role.BOARD) as socket:
        answers = {name: ask(socket, f"/v1/{name}") for name in DOCUMENTS}

    assert {name for name, answer in answers.items() if answer.status == 200} == FOR_THE_BOARD
    assert {answer.status for name, answer in answers.items() if name not in FOR_THE_BOARD} == {403}
    read = json.dumps([answers[name].document for name in FOR_THE_BOARD])
    assert all(word not in read for word in ("login0", "Agent ", "agent-", "vd-5"))


def test_whoever_has_no_role_reads_nothing_and_is_told_what_to_do(tmp_path):
    with serving(tmp_path, an_api_site(a_publication()), role=None) as socket:
        answers = [ask(socket, f"/v1/{name}") for name in DOCUMENTS]

    assert {answer.status for answer in answers} == {403}
    assert answers[0].document["reasons"][0]["text"].startswith("zoe has no role here: `api:` in bascule.yaml")


def test_the_journal_is_read_newest_first_and_of_one_subject(tmp_path):
    asked = []

    def journal(lines, subject):
        asked.append((lines, subject))
        yield JournalEntry(at=NOW, what="clone", subject="vd-5001", result="done", reason=NONE, sequence=9)

    with serving(tmp_path, an_api_site(journal=journal)) as socket:
        (line,) = ask(socket, "/v1/journal?lines=3&subject=vd-5001").document["lines"]

    assert (asked, line["sequence"], line["reason"]) == ([(3, "vd-5001")], 9, None)


def test_a_store_that_cannot_be_read_is_a_reason(tmp_path):
    def journal(_, __):
        raise StoreError(URL_UNREADABLE())

    with serving(tmp_path, an_api_site(journal=journal)) as socket:
        answer = ask(socket, "/v1/journal")

    assert (answer.status, answer.codes) == (503, [URL_UNREADABLE.code])


@pytest.mark.parametrize("query", ["lines=0", f"lines={MOST_LINES + 1}", "lines=x", "subject=" + 300 * "x"])
def test_a_wrong_parameter_is_named(api, query):
    answer = ask(api, f"/v1/journal?{query}")

    assert (answer.status, answer.codes) == (422, ["api_parameter_wrong"])
    assert answer.document["reasons"][0]["arguments"]["name"] == query.partition("=")[0]


def test_one_thing_is_explained_and_several_are_listed(api):
    explained, listed = ask(api, "/v1/why?of=LOGIN0001").document, ask(api, "/v1/why?of=login").document

    assert (explained["source"], explained["seat"]["desktop"]["name"]) == ("daemon", "vd-5001")
    assert (listed["matching"], [match["name"] for match in listed["matches"]], listed["seat"]) == (
        2,
        ["login0001", "login0002"],
        None,
    )


def test_a_name_that_nothing_has_is_not_found_and_others_are_proposed(api):
    nothing, slip = ask(api, "/v1/why?of=xyzzy"), ask(api, "/v1/why?of=logni0001", Accept_Language="fr")

    assert (nothing.status, nothing.codes, slip.status, slip.codes) == (404, ["nothing_matches"], 404, ["nothing_like"])
    assert "login0001" in slip.document["reasons"][0]["text"]


def test_why_reads_the_journal_of_what_it_explains(tmp_path):
    asked = []

    def journal(_, subject):
        asked.append(subject)
        yield JournalEntry(at=NOW - 5, what="clone", subject=subject, result="done", reason=NONE, sequence=len(asked))

    with serving(tmp_path, an_api_site(a_publication(a_desktop(1), wanted=1), journal=journal)) as socket:
        lines = ask(socket, "/v1/why?of=vd-5001").document["seat"]["journal"]

    assert (asked, [line["subject"] for line in lines]) == (["vd-5001", "agent-0001"], ["agent-0001", "vd-5001"])


@pytest.mark.parametrize(
    ("path", "method", "status"), [("/", "GET", 404), ("/v1/status/", "GET", 404), ("/v1/status", "POST", 405)]
)
def test_what_is_not_there_is_a_reason_too(api, path, method, status):
    answer = ask(api, path, method=method)

    assert (answer.status, len(answer.codes)) == (status, 1)


def test_a_bug_is_a_line_in_the_log_and_no_traceback_in_the_answer(tmp_path, caplog):
    def journal(_, __):
        raise RuntimeError("secret")

    with serving(tmp_path, an_api_site(journal=journal)) as socket:
        answer = ask(socket, "/v1/journal")

    assert (answer.status, answer.codes) == (500, ["api_failed"])
    assert b"secret" not in answer.body
    assert "a bug" in caplog.text
