"""One grammar: noun and verb, and alone only what one types in a hurry."""

import re
from pathlib import Path

import pytest

from provisioner.cli import app
from provisioner.cli.added import added_to
from provisioner.cli.grammar import EARLIER, ENTRIES, PANELS, Noun
from tests.builders.cli import bascule
from tests.cli.test_commands import COMMANDS

ALONE = {"status", "why", "person", "docs", "check", "forecast", "freeze", "thaw", "demo", "init", "run"}
NOUNS = {name: entry for name, entry in ENTRIES.items() if isinstance(entry, Noun)}
LANGUAGES = pytest.mark.parametrize("language", ["en", "fr"])


def page(language: str) -> list[str]:
    """`bascule --help`, as a terminal of the usual width has it."""
    return bascule("--lang", language, "--help", COLUMNS="80").out.splitlines()


def test_the_top_is_short_and_alone_stands_only_what_one_types_in_a_hurry():
    assert len(ENTRIES) <= 24
    assert len(PANELS) <= 5
    assert {name for name, entry in ENTRIES.items() if not isinstance(entry, Noun) or entry.alone} == ALONE


def test_no_group_has_a_single_command():
    assert [name for name, noun in NOUNS.items() if len([*noun.verbs, *added_to(name)]) < 2] == []


@LANGUAGES
def test_the_help_page_fits_a_terminal(language):
    shown = page(language)

    assert len(shown) <= 50
    assert max(map(len, shown)) <= 80


@LANGUAGES
def test_each_entry_is_one_line(language):
    """Whatever follows the panel of the options is a name and what it is: no line goes on in the next."""
    shown = page(language)
    second = [number for number, line in enumerate(shown) if line.startswith("╭")][1]
    names = [match[1] for line in shown[second:] if (match := re.match(r"│ (\S*)", line))]

    assert names == list(ENTRIES)


@pytest.mark.parametrize(("earlier", "now"), EARLIER.items())
def test_an_earlier_name_is_a_wrong_call_that_says_the_present_name(earlier, now):
    ended = bascule(*earlier.split(), "something")

    assert (ended.code, ended.out) == (2, "")
    assert f"No such command '{earlier.split()[0]}'. Did you mean '{now}'?" in ended.said
    assert tuple(now.split()) in COMMANDS


def test_no_earlier_name_is_in_use():
    assert {earlier.split()[0] for earlier in EARLIER} & ENTRIES.keys() == set()


def test_an_earlier_name_in_french():
    assert "S'agit-il de 'hold end'" in bascule("--lang", "fr", "unhold").said


def test_no_private_name_of_typer_is_used():
    """What typer does not show may change with each of its releases."""
    own = Path(app.__file__).parent.rglob("*.py")
    private = re.compile(r"typer(?:\.\w+)*\._|typer.rich_utils|_runtime_param\b")

    assert [
        file.name for file in own if private.search(file.read_text(encoding="utf-8").replace("get_runtime_param", ""))
    ] == []
