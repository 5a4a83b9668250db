"""F21: a runbook and its French are one thing, and so are the files that `init` writes: neither is changed alone."""

import re
from pathlib import Path

import pytest

from tests.builders.english import english_in
from tests.texts.pairs import changed_alone, kept, pairs, sums

ROOT = Path(__file__).parents[2]
RUNBOOKS = [pair for pair in pairs() if pair[0].startswith("docs/en/runbooks/")]
FRENCH = [french for english, french in pairs() if english.endswith(".md")]
_CODE = re.compile(r"`([^`]+)`")
_LINK = re.compile(r"\]\((?:\.\./)*(?:en/)?([^)]*)\)")


def text(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8").partition("<!-- from here on")[0]


def sections(path: str) -> dict[str, str]:
    """By heading; what stands before the first is under the empty one."""
    first, *others = text(path).split("\n## ")
    return {"": first.partition("\n")[2], **dict(each.partition("\n")[::2] for each in others)}


def links(section: str) -> list[str]:
    """Where they lead. A heading of another page is in that page's language; those of runbooks are names of alerts."""
    return sorted(link if "#bascule" in link else link.partition("#")[0] for link in _LINK.findall(section))


@pytest.mark.parametrize(("english", "french"), list(pairs()))
def test_each_file_is_there_in_both_languages(english: str, french: str):
    assert (ROOT / english).is_file()
    assert (ROOT / french).is_file()


def test_no_french_page_is_left_without_its_english():
    assert {str(path.relative_to(ROOT)) for path in (ROOT / "docs/fr/runbooks").iterdir()} == {french for _, french in RUNBOOKS}


def test_no_pair_was_changed_in_one_language_alone():
    """If this fails: change the other language too, then run `python -m tests.texts.pairs`."""
    assert changed_alone(kept(), sums()) == []
    assert kept() == sums()


def test_a_change_of_one_file_is_found_and_of_both_is_not():
    before = {"a": ("1", "1"), "b": ("1", "1"), "c": ("1", "1")}

    assert changed_alone(before, {"a": ("2", "1"), "b": ("2", "2"), "c": ("1", "3"), "d": ("1", "1")}) == ["a", "c"]


@pytest.mark.parametrize(("english", "french"), RUNBOOKS)
def test_a_runbook_has_the_same_anchors_commands_and_links_in_both_languages(english: str, french: str):
    """The alert's `runbook_url` leads to the same heading in both."""
    ours, theirs = sections(english), sections(french)

    assert list(theirs) == list(ours)
    for heading, section in ours.items():
        assert sorted(_CODE.findall(theirs[heading])) == sorted(_CODE.findall(section)), heading
        assert links(theirs[heading]) == links(section), heading


@pytest.mark.parametrize(("english", "french"), RUNBOOKS)
def test_a_section_begins_with_the_same_command(english: str, french: str):
    theirs = sections(french)

    for heading, section in sections(english).items():
        first = _CODE.search(section.strip().partition("\n")[0])
        assert first is None or not heading or theirs[heading].strip().startswith(first[0]), heading


@pytest.mark.parametrize("french", FRENCH)
def test_no_french_page_has_english_in_it(french: str):
    assert english_in(text(french)) == []
    assert re.findall(r"\w [:;?!»](?!\w)|« |[^\s`*] :(?=\s)", text(french)) == []


@pytest.mark.parametrize("french", FRENCH)
def test_a_link_of_a_french_page_leads_to_a_file(french: str):
    found = re.findall(r"\]\((?!https:|#)([^)]*)\)", text(french))
    places = [(ROOT / french).parent / link.partition("#")[0] for link in found]

    assert [str(place) for place in places if not place.is_file()] == []
