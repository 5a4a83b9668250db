"""The manual page is that of the commands there are."""

import subprocess

import pytest
import typer

from provisioner.cli.app import whole_app
from provisioner.cli.framework import command_of
from provisioner.cli.man import FILE, commands, manual_page
from tests.cli.test_commands import COMMANDS


def test_the_committed_page_is_current():
    assert FILE.read_text(encoding="utf-8") == manual_page(), "make schema writes it anew"


@pytest.mark.parametrize("path", [pytest.param(path, id=" ".join(path)) for path in COMMANDS])
def test_every_command_is_on_it(path):
    assert f".SS bascule {' '.join(path)}".replace("-", "\\-") in FILE.read_text(encoding="utf-8")


def test_it_is_ascii_and_no_line_is_taken_for_a_request():
    lines = FILE.read_text(encoding="ascii").splitlines()

    assert {line.split()[0] for line in lines if line.startswith((".", "'"))} <= {".TH", ".SH", ".SS", ".B", ".TP", ".PP"}


@pytest.mark.real
def test_groff_has_nothing_to_complain_of():
    ended = subprocess.run(["groff", "-man", "-Tutf8", "-ww", FILE], capture_output=True, text=True, check=True)

    assert ended.stderr == ""


NO_DOCUMENT = {("run",), ("init",), ("twin", "serve"), ("config", "completion"), ("guest", "receiver"), ("guest", "files")}
"""They ask, serve, lay out files, or print what a shell reads."""


def test_every_command_that_answers_or_orders_has_a_document_for_programs():
    tree = command_of(whole_app())
    without = {
        path
        for path, command in commands(tree, ())
        if not any("--json" in option.opts for option in command.get_params(typer.Context(command)))
    }

    assert without == NO_DOCUMENT
