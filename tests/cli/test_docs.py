"""`bascule docs`: the pages that come with Bascule."""

import json
from pathlib import Path

import pytest

from tests.builders.cli import bascule

DOCS = Path(__file__).parents[2] / "docs"


def listed(language: str) -> dict[str, dict[str, str]]:
    ended = bascule("--lang", language, "docs", "--json")
    assert ended.code == 0, ended.said
    return {each["page"]: each for each in json.loads(ended.out)}


def test_every_page_is_listed_with_its_title():
    pages = listed("en")

    assert set(pages) == {str(path.relative_to(DOCS / "en").with_suffix("")) for path in (DOCS / "en").rglob("*.md")}
    assert (pages["night"]["title"], pages["night"]["language"]) == ("The night", "en")


def test_a_page_is_in_the_language_of_the_commands_where_there_is_one():
    pages = listed("fr")

    assert (pages["night"]["title"], pages["night"]["language"]) == ("La nuit", "fr")
    assert pages["api"]["language"] == "en"


@pytest.mark.parametrize("name", ["runbooks/waves", "runbooks/waves.md", "docs/en/runbooks/waves.md"])
def test_in_a_pipe_a_page_is_as_written(name):
    """Also by the name that messages give it."""
    ended = bascule("docs", name)

    assert (ended.code, ended.out) == (0, (DOCS / "en/runbooks/waves.md").read_text(encoding="utf-8"))


def test_in_a_terminal_it_is_set():
    ended = bascule("--lang", "fr", "docs", "night", TTY_COMPATIBLE="1", COLUMNS="80")

    assert ended.code == 0
    assert "La nuit" in ended.out
    assert "# La nuit" not in ended.out
    assert "|---" not in ended.out


@pytest.mark.parametrize("name", ["nonsense", "../../SECURITY", "/etc/passwd", "index/.."])
def test_an_unknown_page_is_said_in_a_line(name):
    ended = bascule("docs", name)

    assert (ended.code, ended.out) == (2, "")
    assert f"there is no page '{name}': `bascule docs` lists all pages" in ended.said
