"""Help pages are translated."""

import pytest

from tests.builders.pseudo import pseudo, untranslated
from tests.cli.test_commands import COMMANDS

METAVARS = {
    "AGENT",
    "ARGS",
    "ATTRIBUTE",
    "CLUSTER",
    "COMMAND",
    "DATE",
    "DESKTOP",
    "DIR",
    "FIRST",
    "LAST",
    "DURATION",
    "FILE",
    "FLOAT",
    "ID",
    "INTEGER",
    "LOGIN",
    "PAGE",
    "MINUTES",
    "N",
    "NAME",
    "PERCENT",
    "NODE",
    "ROLE",
    "SCENARIO",
    "SECONDS",
    "OPTIONS",
    "PATH",
    "POOL",
    "PSEUDONYM",
    "RANGE",
    "REASON",
    "TEXT",
    "TIME",
    "TWIN",
    "VMID",
    "WAVE",
    "WHAT",
    "PERSON",
    "ask",
    "department",
    "erase",
    "keep",
    "ldap",
    "leave",
    "login",
    "mail",
    "quorum",
    "return",
    "site",
    "VLAN",
}
OF_TYPER = {"Usage", "bool", "file", "float", "int", "list", "path", "range", "str"}
NAMES = {
    "bascule",
    "/etc/bascule/bascule.yaml",
    "BASCULE_CONFIG",
    "BASCULE_LANG",
    "BASCULE_SOCKET",
    "BASCULE_TWIN_STATE",
    "en|fr",
    "rfc|fr",
    "rfc",
    "local-16",
    "bash|zsh|fish",
    "dc=example,dc=org",
}


PAGES = sorted({path[:length] for path in COMMANDS for length in range(len(path) + 1)})
"""The pages of commands, of groups and of `bascule` itself."""


@pytest.mark.parametrize("words", PAGES, ids=" ".join)
def test_a_help_page_is_translated(words: tuple[str, ...]) -> None:
    ended = pseudo(*words, "--help")

    assert ended.code == 0
    assert set(untranslated(ended.out, names=NAMES)) <= METAVARS | OF_TYPER | {
        word for path in COMMANDS for name in path for word in name.split("-")
    }
