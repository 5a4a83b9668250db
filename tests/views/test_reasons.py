"""Reasons as documents: the same code in every language, the text in the caller's."""

import pytest

from provisioner.reasons.reason import NONE, join_reasons
from provisioner.reasons.views import CLONE_NEXT, NO_REPORT, SUPERSEDED_BY
from provisioner.texts.languages import catalogue_of
from provisioner.texts.translate import use_catalogue
from provisioner.views.reasons import reason_counts, reason_document, reason_or_none


@pytest.fixture(autouse=True)
def _english_afterwards():
    yield
    use_catalogue(catalogue_of("en"))


def test_code_and_arguments_are_the_same_in_every_language():
    reason = SUPERSEDED_BY(name="vd-5002", why=CLONE_NEXT())
    english = reason_document(reason)
    use_catalogue(catalogue_of("fr"))
    french = reason_document(reason)

    assert (english.code, english.arguments["name"]) == (french.code, french.arguments["name"]) == ("superseded_by", "vd-5002")
    assert english.text == "superseded by vd-5002; its clone comes next"
    assert french.text != english.text
    assert french.arguments["why"]["code"] == "clone_next"
    assert french.arguments["why"]["text"] in french.text


def test_words_of_another_system_have_no_code():
    document = reason_document("595: no route to host")

    assert (document.code, document.arguments, document.text) == (None, {}, "595: no route to host")
    assert reason_or_none(NONE) is None


def test_a_list_holds_its_members():
    document = reason_document(join_reasons((CLONE_NEXT(), NO_REPORT(why="no such file"))))

    assert document.code == "several"
    assert [member["code"] for member in document.arguments.values()] == ["clone_next", "no_report"]


def test_reasons_of_a_kind_are_counted_together():
    reasons = [NO_REPORT(why=f"no such file {number}") for number in (1, 2, 3)]
    (group,) = reason_counts(reasons)

    assert (group.count, group.example.code) == (3, "no_report")
