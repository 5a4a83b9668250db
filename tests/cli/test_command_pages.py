"""docs/commands.md is as the commands are."""

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
