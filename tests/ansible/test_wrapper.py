"""The command that the role installs: who it runs as when root types it."""

import os
import subprocess
from pathlib import Path

import jinja2
import pytest

from tests.builders.ansible import ANSIBLE
from tests.cli.test_commands import COMMANDS

TEMPLATE = ANSIBLE / "roles" / "bascule" / "templates" / "bascule.sh.j2"
AS_ROOT = {("init",), ("store", "backup"), ("store", "restore"), ("guest", "files"), ("guest", "receiver")}
"""They read and write files that root alone may; any other would leave a store that the daemon cannot write."""
PROGRAMS = {"id": "echo 0", "setpriv": "echo another account"}
"""As root's `id`; whoever becomes somebody else says so."""


@pytest.fixture(scope="module")
def wrapper(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("wrapper")
    text = jinja2.Template(TEMPLATE.read_text()).render(ansible_managed="by a test")
    programs = {"bascule": text.replace("/opt/bascule/current/bin/bascule", "echo root itself:"), **PROGRAMS}
    for name, program in programs.items():
        (folder / name).write_text(program if program.startswith("#!") else f"#!/bin/sh\n{program}\n")
        (folder / name).chmod(0o755)
    return folder / "bascule"


def said_by(wrapper: Path, *words: str) -> str:
    environment = {**os.environ, "PATH": f"{wrapper.parent}:{os.environ['PATH']}"}
    return subprocess.run([wrapper, *words], capture_output=True, text=True, timeout=20, check=True, env=environment).stdout


@pytest.mark.parametrize("path", [pytest.param(path, id=" ".join(path)) for path in COMMANDS])
def test_root_stays_root_only_for_files_that_root_alone_may_read_or_write(wrapper, path):
    said = f"root itself: {' '.join(path)} x" if path in AS_ROOT else "another account"
    assert said_by(wrapper, *path, "x") == f"{said}\n"


@pytest.mark.parametrize("language", [("--lang", "fr"), ("--lang=fr",)])
@pytest.mark.parametrize(("path", "said"), [(("store", "backup"), "root itself: "), (("store", "check"), "another account")])
def test_a_language_before_the_command_changes_nothing(wrapper, language, path, said):
    """`bascule --lang fr store backup` was run by the daemon's account, which may not write root's files."""
    assert said_by(wrapper, *language, *path).startswith(said)
