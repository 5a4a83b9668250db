"""The pages that are printed for a night and for the help desk: what they quote is said, and what they have typed is there."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.command_pages import command_pages
from tests.texts.extract import catalogue
from tests.texts.pairs import pairs

ROOT = Path(__file__).parents[2]
PRINTED = [pair for pair in pairs() if pair[0] in ("docs/en/night.md", "docs/en/help-desk-page.md")]
PAGES = [path for pair in PRINTED for path in pair]
OPTIONS = {page.words: {name for each in page.parameters for name in each.names} for page in command_pages()}
_CODE = re.compile(r"`(bascule [^`]+)`|^(bascule .*)$", re.MULTILINE)
_QUOTED = re.compile(r"(?<![*\w])\*([^*\n]+)\*(?!\*)")
_LINK = re.compile(r"\]\(([^)#]*)")
_LONGEST = 100
"""Lines: two printed pages."""


def text(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def typed(path: str) -> Iterator[tuple[tuple[str, ...], frozenset[str]]]:
    """Words and options of each command."""
    for found in _CODE.findall(text(path)):
        _, first, *rest = "".join(found).split()
        words = (first, *rest[:1])
        yield words if words in OPTIONS else (first,), frozenset(word for word in rest if word.startswith("--"))


def said(path: str) -> list[str]:
    """Every text for people in the language of the page."""
    french = path.startswith("docs/fr/")
    both = ((message.id, message.string) for message in catalogue("fr") if message.id)
    chosen = (string if french else id_ for id_, string in both)
    return [form for each in chosen for form in ((each,) if isinstance(each, str) else each)]


def test_there_are_two_in_both_languages():
    assert len(PAGES) == 4
    assert [page for page in PAGES if f"({page})" not in text("README.md")] == []


@pytest.mark.parametrize("page", PAGES)
def test_what_a_page_quotes_is_said_so(page: str):
    """`…` stands for names and times."""
    texts, quoted = said(page), _QUOTED.findall(text(page))
    parts = [part.strip() for quote in quoted for part in quote.split("…")]

    assert len(quoted) >= 7
    assert [part for part in parts if not any(part in each for each in texts)] == []


@pytest.mark.parametrize("page", PAGES)
def test_what_a_page_has_typed_is_there_with_its_options(page: str):
    found = list(typed(page))

    assert len(found) >= 7
    assert [(words, options) for words, options in found if not options <= OPTIONS[words]] == []


@pytest.mark.parametrize(("english", "french"), PRINTED)
def test_both_languages_have_the_same_typed_and_as_many_rows(english: str, french: str):
    assert list(typed(french)) == list(typed(english))
    assert text(french).count("\n|") == text(english).count("\n|")


@pytest.mark.parametrize("page", [english for english, _ in PRINTED])
def test_a_link_leads_to_a_file(page: str):
    assert [link for link in _LINK.findall(text(page)) if link and not (ROOT / page).parent.joinpath(link).is_file()] == []


@pytest.mark.parametrize("page", PAGES)
def test_it_can_be_printed(page: str):
    assert len(text(page).splitlines()) <= _LONGEST
