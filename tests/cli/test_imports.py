"""What a command loads: libraries of the daemon alone would make every command wait."""

import json
import subprocess
import sys

import pytest

from provisioner.cli.grammar import ENTRIES, places
from tests.pins.shown import PAGES

pytestmark = pytest.mark.long

OF_THE_DAEMON = {"run", "demo"}
ALL = {place.partition(":")[0] for entry in ENTRIES.values() for place in places(entry)}
MODULES = {place.partition(":")[0] for name, entry in ENTRIES.items() if name not in OF_THE_DAEMON for place in places(entry)}


@pytest.mark.parametrize("module", sorted(MODULES))
def test_no_command_loads_the_apis_framework(module):
    program = f"import sys, provisioner.cli.{module}; print(sorted({{'fastapi', 'starlette', 'uvicorn'}} & set(sys.modules)))"
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)

    assert ended.stdout == "[]\n"


CALLS = """\
import json, sys
from provisioner.cli.app import main
for words in json.load(sys.stdin):
    try:
        main(words)
    except SystemExit:
        pass
print(*sorted(name for name in sys.modules if name.startswith("provisioner.")), sep="\\n", file=sys.stderr)
"""
BY_ALL = {"provisioner.cli.completion"}
"""It says which command is being completed."""
LIGHT = {f"provisioner.{package}" for package in ("cli", "errors", "model", "reasons", "texts")}
"""The packages of which a help page loads something."""


@pytest.mark.parametrize(
    "added", [pytest.param("--help", id="help"), pytest.param("--nonsense", id="an option that there is not")]
)
def test_no_help_page_and_no_wrong_call_loads_a_command(added):
    """F18, L9."""
    calls = json.dumps([[*words, added] for words in PAGES])
    ended = subprocess.run([sys.executable, "-c", CALLS], input=calls, capture_output=True, text=True, timeout=60, check=True)

    loaded = {name for name in ended.stderr.splitlines() if name.startswith("provisioner.")}
    assert loaded & {f"provisioner.cli.{module}" for module in ALL} == BY_ALL
    assert {".".join(name.split(".")[:2]) for name in loaded} == LIGHT


def test_what_is_computed_without_a_daemon_loads_no_library_of_the_log():
    """With structlog come rich and attrs: a twentieth of the memory of `bascule status --offline`."""
    program = "import sys, provisioner.cli.offline; print(sorted({'attr', 'rich', 'structlog'} & set(sys.modules)))"
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)

    assert ended.stdout == "[]\n"
