"""The demonstration, ended by a signal: it says so, shows no figures of half a switch, and leaves nothing behind."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.real

DEMO = [str(Path(sys.executable).with_name("bascule")), "demo", "--agents", "40", "--port", "0", "--scale", "1"]


@pytest.mark.parametrize("by", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_without_figures_and_leaves_nothing_behind(tmp_path: Path, by: signal.Signals):
    environment = {**os.environ, "TMPDIR": str(tmp_path), "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(DEMO, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment) as demo:
        assert demo.stdout is not None
        said = [next(line for line in demo.stdout if line.startswith("directory:"))]
        demo.send_signal(by)
        said += demo.stdout.readlines()

    assert demo.returncode == 130, said
    assert said[-1] == "interrupted: there are no figures of half a switch\n"
    assert not any("not as it should be" in line or "Traceback" in line for line in said)
    assert list(tmp_path.iterdir()) == []
