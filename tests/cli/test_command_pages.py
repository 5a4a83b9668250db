"""docs/en/commands.md is as the commands are, and no text names a command that there is not."""

import re
from pathlib import Path

from tests.cli.command_pages import PAGE, command_pages, page
from tests.cli.test_commands import COMMANDS


def test_the_page_is_as_the_commands_are():
    assert PAGE.read_text(encoding="utf-8") == page(), "run: make texts"


def test_every_command_has_its_page():
    assert {command.words for command in command_pages()} == set(COMMANDS)


def test_every_parameter_is_explained():
    assert [
        (command.words, parameter.names)
        for command in command_pages()
        for parameter in command.parameters
        if not parameter.help
    ] == []


_NAMED = re.compile(r"(?:`|\bcommand(?:: |=\")|/bin/)bascule ([a-z][a-z-]*+)(?![=:])(?: ([a-z][a-z-]*))?")
"""A command within backquotes, of an alert, or in a unit; notes on the cluster (`bascule installation=…`) are none."""
_TEXTS = (
    *(
        "README.md",
        "README.fr.md",
        "ARCHITECTURE.md",
        "CHANGELOG.md",
        "CONTRIBUTING.md",
        "docs/**/*.md",
        "contributing/*.md",
        "tests/wall/*.py",
    ),
    *(
        f"{folder}/**/*.{ending}"
        for folder in ("ansible", "config")
        for ending in ("md", "yaml", "yml", "j2", "service", "json")
    ),
    *(f"{folder}/**/*.{ending}" for folder in ("provisioner", "monitors") for ending in ("py", "po")),
)


def _is_known(first: str, second: str) -> bool:
    """What follows the name of a group is another command, if it is a word and no option."""
    inner = {words[1] for words in COMMANDS if words[0] == first and len(words) > 1}
    return any(words[0] == first for words in COMMANDS) and (not inner or not second or second in inner)


def test_every_text_names_commands_that_there_are():
    root = Path(__file__).parents[2]
    wrong = [
        f"{file.relative_to(root)}: bascule {first} {second}"
        for pattern in _TEXTS
        for file in root.glob(pattern)
        for first, second in _NAMED.findall(file.read_text(encoding="utf-8"))
        if not _is_known(first, second)
    ]

    assert wrong == []
