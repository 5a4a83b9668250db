"""A twin in its own process: it starts, prints its address, shares one clock with its clients, and always ends."""

import os
import select
import signal
import stat
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
import requests

from provisioner.errors import BasculeError
from provisioner.twin.server.process import TwinProcess
from provisioner.twin.server.state import TwinState

pytestmark = pytest.mark.real

TWINS = Path(__file__).parents[3] / "config" / "twins"


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    with TwinProcess(TWINS / "local-16.yaml", tmp_path_factory.mktemp("process"), scale=20.0) as process:
        yield process


def test_its_state_file_opens_it(running):
    state = TwinState.read(running.state_file)
    (token, secret), *_ = state.tokens.items()
    headers = {"Authorization": f"PVEAPIToken={token}={secret}"}

    answer = requests.get(f"{state.url}/api2/json/nodes", headers=headers, verify=state.ca_file, timeout=30)
    assert len(answer.json()["data"]) == 16
    assert stat.S_IMODE(running.state_file.stat().st_mode) == 0o600
    assert secret not in repr(state)
    assert state.control not in repr(state)


def test_other_processes_read_the_same_time(running):
    state = running.state
    before = state.clock.now()
    clock = requests.get(
        f"{state.url}/twin/clock", headers={"X-Twin-Control": state.control}, verify=state.ca_file, timeout=30
    ).json()

    assert clock["scale"] == 20.0
    assert 0 <= clock["now"] - before < 20 * 5


def test_the_token_of_a_shipped_twin_may_do_what_bascule_needs_and_no_more(running):
    state = running.state
    (token, secret), *_ = state.tokens.items()
    headers = {"Authorization": f"PVEAPIToken={token}={secret}"}

    held = requests.get(f"{state.url}/api2/json/access/permissions", headers=headers, verify=state.ca_file, timeout=30).json()[
        "data"
    ]
    assert "VM.Clone" in held["/vms"]
    assert "VM.GuestAgent.Unrestricted" not in held["/vms"]


def test_its_truth_needs_the_control_secret(running):
    truth = running.truth()

    assert (truth["desktops"], truth["ready"], truth["duplicates"]) == (0, 0, 0)


def test_it_ends_on_sigterm_with_exit_code_0(tmp_path):
    process = TwinProcess(TWINS / "local-16.yaml", tmp_path)
    process.start()

    assert process.stop() == 0
    assert process.stop() is None


@pytest.mark.parametrize("death", [signal.SIGKILL, signal.SIGTERM], ids=["parent killed", "parent terminated"])
def test_it_ends_when_its_parent_dies(tmp_path, death):
    program = textwrap.dedent(
        f"""
        import signal, sys
        from pathlib import Path
        from provisioner.twin.server.process import TwinProcess
        process = TwinProcess(Path({str(TWINS / "local-16.yaml")!r}), Path({str(tmp_path)!r}))
        process.start()
        print(process.pid, flush=True)
        signal.pause()
        """
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) as parent:
        twin = int(parent.stdout.readline())
        handle = os.pidfd_open(twin)
        parent.send_signal(death)
        parent.wait(10)

    ended, _, _ = select.select([handle], [], [], 10)
    os.close(handle)
    assert ended


def test_a_bad_twin_file_is_reported_by_line_and_nothing_listens(tmp_path):
    bad = tmp_path / "bad.yaml"
    bad.write_text("name: bad\nnodes: []\nbogus: 1\n", encoding="utf-8")
    process = TwinProcess(bad, tmp_path / "run")

    with pytest.raises(BasculeError, match=r"bad\.yaml:3:\d+ bogus"):
        process.start()
    assert not process.state_file.exists()


def test_a_twin_that_does_not_start_in_time_says_what_was_waited_for_and_how_long(tmp_path):
    """`make demo` on a busy machine ended with "the twin did not start: " and nothing after it."""
    process = TwinProcess(TWINS / "local-16.yaml", tmp_path, start_s=0.0)

    with pytest.raises(BasculeError) as refused:
        process.start()

    assert str(refused.value) == (
        "the twin did not start: it runs, and has not said that it is ready within 0 s; nothing is in its log "
        f"{tmp_path / 'twin.log'}"
    )
    with pytest.raises(BasculeError, match="does not run"):
        process.pid  # noqa: B018 (it is asked for)


def test_a_twin_that_ends_instead_says_so_with_its_log(tmp_path):
    process = TwinProcess(tmp_path / "none.yaml", tmp_path)

    with pytest.raises(
        BasculeError, match=r"the twin did not start: it ended after \d+ s, exit code [12]; its log: .*none\.yaml"
    ):
        process.start()
