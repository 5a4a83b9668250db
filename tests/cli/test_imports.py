"""What a command loads: libraries of the daemon alone would make every command wait."""

import subprocess
import sys

import pytest

from provisioner.cli import app

pytestmark = pytest.mark.long

OF_THE_DAEMON = {"run", "demo"}


@pytest.mark.parametrize("module", sorted({module for name, module in app._COMMANDS.items() if name not in OF_THE_DAEMON}))
def test_no_command_loads_the_apis_framework(module):
    program = f"import sys, provisioner.cli.{module}; print(sorted({{'fastapi', 'starlette', 'uvicorn'}} & set(sys.modules)))"
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)

    assert ended.stdout == "[]\n"
