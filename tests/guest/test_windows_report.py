"""The report for Windows: its form is checked here, with PowerShell's grammar; it was never run on Windows."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest
import tree_sitter_powershell
from tree_sitter import Language, Node, Parser

from provisioner.model.status_document import parse_status

_FOLDER = Path(__file__).parents[2] / "config" / "guest" / "windows"
_CMDLETS = {
    "Add-Type", "ConvertTo-Json", "ForEach-Object", "Get-CimInstance", "Join-Path", "New-Object", "Select-Object",
    "Set-StrictMode", "Start-Sleep", "Test-Path", "Where-Object", "Write-Warning",
}  # fmt: skip
"""Of Windows PowerShell 5.1, none of which prints words that differ by language."""
NOW = time.time()
VALUES = {
    "version": 1, "booted_at": NOW - 100, "first_boot": "done", "logon_port": "open", "ready_at": NOW - 50,
    "sessions": [{"user": "jdupont", "state": "disconnected", "since": NOW - 20}], "written_at": NOW, "period_s": 10,
    "image": "2026-11-27", "machine": "0" * 32, "hostname": "vd-20003", "cards": ["02:00:00:00:4e:23"],
    "addresses": ["192.0.2.23", "2001:db8::1:7"],
}  # fmt: skip


@pytest.fixture(scope="module")
def script() -> Node:
    parser = Parser(Language(tree_sitter_powershell.language()))
    return parser.parse((_FOLDER / "bascule-report.ps1").read_bytes()).root_node


def _all(node: Node, kind: str) -> Iterator[Node]:
    if node.type == kind:
        yield node
    for child in node.children:
        yield from _all(child, kind)


def _text(node: Node) -> str:
    assert node.text is not None
    return node.text.decode()


def _function(script: Node, name: str) -> Node:
    (found,) = (node for node in _all(script, "function_statement") if _text(next(_all(node, "function_name"))) == name)
    return found


def _keys(script: Node, function: str) -> set[str]:
    return {_text(key) for key in _all(_function(script, function), "key_expression")}


def test_it_is_powershell(script: Node) -> None:
    assert not script.has_error


def test_it_calls_its_own_functions_and_cmdlets_that_print_no_words(script: Node) -> None:
    own = {_text(node) for node in _all(script, "function_name")}

    assert {_text(node) for node in _all(script, "command_name")} <= own | _CMDLETS


def test_its_document_is_one_that_bascule_reads(script: Node) -> None:
    """With these very keys; a key more, or one that is needed less, would be refused."""
    assert _keys(script, "Get-Sessions") == {"user", "state", "since"}
    assert _keys(script, "Get-Document") == VALUES.keys()

    report = parse_status(json.dumps(VALUES), read_at=NOW, source="guest_agent")

    assert (report.ready, [session.login for session in report.sessions]) == (True, ["jdupont"])


def test_the_task_runs_it_from_the_start_as_the_system() -> None:
    space = "{http://schemas.microsoft.com/windows/2004/02/mit/task}"
    task = ElementTree.parse(_FOLDER / "bascule-report.xml").getroot()  # noqa: S314 (the repository's own file)

    found = {element.tag.removeprefix(space): (element.text or "").strip() for element in task.iter()}

    assert (found["UserId"], found["ExecutionTimeLimit"], "BootTrigger" in found) == ("S-1-5-18", "PT0S", True)
    assert "bascule-report.ps1" in found["Arguments"]
