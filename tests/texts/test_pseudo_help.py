"""Help pages in the language of the command."""

import pytest

from tests.builders.pseudo import pseudo, untranslated

METAVARS = {
    "ARGS",
    "COMMAND",
    "FILE",
    "FLOAT",
    "ID",
    "INTEGER",
    "OPTIONS",
    "PATH",
    "RANGE",
    "TEXT",
    "login",
    "mail",
    "ATTRIBUTE",
}
OF_TYPER = {"Usage", "bool", "file", "float", "int", "list", "path", "range", "str"}
NAMES = {"bascule", "/etc/bascule/bascule.yaml", "BASCULE_CONFIG", "dc=example,dc=org"}


@pytest.mark.parametrize(
    "words",
    [
        ("directory",),
        ("directory", "diff"),
        ("directory", "accept"),
        ("directory", "rekey"),
        ("directory", "distinct"),
        ("check",),
        ("check", "directory"),
        ("check", "storage"),
        ("backup",),
        ("restore",),
        ("forecast",),
        ("demo",),
    ],
)
def test_a_help_page_is_translated(words: tuple[str, ...]) -> None:
    ended = pseudo(*words, "--help")

    assert ended.code == 0
    commands = {"directory", "diff", "accept", "rekey", "distinct", "check", "storage", "backup", "restore", "forecast", "demo"}
    assert set(untranslated(ended.out, names=NAMES)) <= METAVARS | OF_TYPER | commands
