"""The ways into the documents: short, in both languages, and with the commands that the other tests run."""

import re
from pathlib import Path

import pytest

from tests.ansible.operated.pages import pasted

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
WAYS = ("try", "install", "night", "help-desk-page")
MOST_LINES = 100
"""Two printed pages."""
README_LINES = 150


def commands(block: str) -> list[str]:
    """Without comments, which are in the page's language."""
    lines = (re.sub(r"(^| +)# .*", "", line).rstrip() for line in block.splitlines())
    return [line for line in lines if line]


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_first_page_leads_to_each_first(language: str):
    page = (DOCS / language / "index.md").read_text(encoding="utf-8")
    first = page.split("\n## ")[1]

    assert re.findall(r"\]\(([\w-]+)\.md\)", first) == list(WAYS)


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("way", WAYS)
def test_a_way_in_is_short(way: str, language: str):
    assert len((DOCS / language / f"{way}.md").read_text(encoding="utf-8").splitlines()) <= MOST_LINES


def test_the_installation_is_word_for_word_what_the_playbooks_tests_paste():
    """ansible/README.md's steps are typed on a guest by tests/ansible/operated/test_pages.py."""
    install, check, *_ = pasted("ansible/README.md")

    assert pasted("docs/en/install.md")[:2] == (install, check)


@pytest.mark.parametrize("way", ["try", "install"])
def test_both_languages_have_the_same_typed(way: str):
    english, french = (list(map(commands, pasted(f"docs/{language}/{way}.md"))) for language in ("en", "fr"))

    assert len(english) >= 2
    assert french == english


@pytest.mark.parametrize("name", ["README.md", "README.fr.md"])
def test_the_readme_is_short_and_leads_to_files_that_exist(name: str):
    text = (ROOT / name).read_text(encoding="utf-8")
    links = re.findall(r"\]\(([^)#]+)\)", text)

    assert len(text.splitlines()) <= README_LINES
    assert len(links) > 15
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_each_english_page_is_named_on_the_first_page():
    named = set(re.findall(r"\]\(([\w/-]+\.md)\)", (DOCS / "en/index.md").read_text(encoding="utf-8")))
    pages = {path.name for path in (DOCS / "en").glob("*.md")} - {"index.md"}

    assert pages - named == set()
