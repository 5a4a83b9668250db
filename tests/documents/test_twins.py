"""Which page is there in both languages, which is not, and that a French page has what its English one has."""

import re
from collections import Counter
from pathlib import Path

import pytest

from tests.documents.typed import ROOT, Typed, typed, typed_in

DOCS = ROOT / "docs"
ENGLISH_ONLY = {
    "api": "for who writes software",
    "check": "each code of `bascule check`, whose findings are French with --lang fr",
    "commands": "generated: `bascule --lang fr COMMAND --help` has the same in French",
    "comparison": "for a decision that is made once",
    "install-by-hand": "whoever reads French installs with Ansible, as install.md says",
    "lifecycle": "generated in part: the phases of a desktop, for developers too",
    "metrics": "generated: names of metrics are English",
    "performance": "generated from measurements",
    "tests": "for developers",
    "windows-image": "not tested here",
}
"""Pages without a French one on purpose, and why."""
NOT_YET = frozenset({
    "connections", "dashboards", "directory", "dns", "domain", "first-boot", "forecast",
    "golden-image", "guacamole", "leavers", "monitoring", "nodes", "notices", "pools", "privacy", "probes",
    "profiles", "readiness", "reconciliation", "reload", "reports", "rotation", "security",
    "sessions", "sizing", "storage", "twin", "words",
})  # fmt: skip
"""Pages whose French is still to be written: docs/fr/index.md says that they are in English."""
_HEADING = re.compile(r"(?m)^(#+) ")
_BLOCK = re.compile(r"(?ms)^ *```.*?^ *```$")
_COMMANDS = re.compile(r"(?ms)^ *```(?:sh|cron)\n(.*?)^ *```$")


def names(language: str) -> set[str]:
    """Of the pages of a language; the runbooks with their folder."""
    return {str(path.relative_to(DOCS / language).with_suffix("")) for path in (DOCS / language).rglob("*.md")}


TWINS = sorted(names("en") & names("fr") - {"index"})


def test_each_page_without_a_french_one_is_known():
    assert names("en") - names("fr") == ENGLISH_ONLY.keys() | NOT_YET
    assert names("fr") - names("en") == set()


def headings(text: str) -> list[int]:
    """The depth of each."""
    return [len(found) for found in _HEADING.findall(_BLOCK.sub("", text))]


def called(each: Typed) -> str:
    """A command without what the languages have each their own: placeholders and texts."""
    return " ".join(word for word in each.words if word == each.words[0] or re.fullmatch(r"-{1,2}[a-z][\w-]*|[a-z]+", word))


def commands(found: list[Typed]) -> Counter[str]:
    """Of `bascule` alone: how often each is there."""
    return Counter(called(each) for each in found if each.program == "bascule" and "--lang" not in each.words)


@pytest.mark.parametrize("name", TWINS)
def test_a_french_page_has_the_headings_of_its_english_one(name: str):
    english, french = ((DOCS / language / f"{name}.md").read_text(encoding="utf-8") for language in ("en", "fr"))

    assert headings(french) == headings(english)


def pasted(text: str) -> list[str]:
    """What each block of commands has typed, without comments, texts in quotes and the language of the commands."""
    lines = [re.sub(r"(^| +)# .*", "", line) for block in _COMMANDS.findall(text) for line in block.splitlines()]
    return [re.sub(r'"[^"]*"|BASCULE_LANG=\w+', "", line).rstrip() for line in lines]


@pytest.mark.parametrize("name", TWINS)
def test_a_french_page_has_the_blocks_of_its_english_one(name: str):
    english, french = ((DOCS / language / f"{name}.md").read_text(encoding="utf-8") for language in ("en", "fr"))

    assert pasted(french) == pasted(english)


@pytest.mark.parametrize("name", TWINS)
def test_a_french_page_has_the_commands_of_its_english_one(name: str):
    english, french = (commands(typed(f"docs/{language}/{name}.md")) for language in ("en", "fr"))

    assert french == english


def test_a_heading_and_a_command_that_are_missing_are_found():
    english, french = "# A\n## B\n`bascule freeze --reason WHY`", "# A\n`bascule freeze`"

    assert headings(english) != headings(french)
    assert commands(typed_in(english)) - commands(typed_in(french)) == {"bascule freeze --reason": 1}


def test_what_the_first_pages_say_of_french_ones_is_so():
    """docs/fr/index.md lists each French page, and no English one that has a French one."""
    linked = set(re.findall(r"\]\(([\w./-]+)\.md", (DOCS / "fr/index.md").read_text(encoding="utf-8")))
    pages = {Path(name).name for name in names("fr") if "/" not in name} - {"index"}

    assert pages - linked == set()
    assert {f"../en/{name}" for name in pages} & linked == set()


@pytest.mark.parametrize("name", sorted(names("fr")))
def test_a_french_page_leads_to_french_pages_where_there_are_any(name: str):
    """But for the line that says where the page is in English."""
    text = (DOCS / "fr" / f"{name}.md").read_text(encoding="utf-8")
    english = re.findall(r"\]\((?:\.\./)+en/([\w/-]+)\.md", text)

    assert [page for page in english if page in names("fr") and page not in (name, "index")] == []
