"""The demonstration's receiver says why it does not start."""

from pathlib import Path

import pytest

from provisioner.demo.receiver import ReceiverProcess, free_port
from provisioner.errors import BasculeError

pytestmark = pytest.mark.real


def test_a_receiver_that_does_not_start_in_time_says_what_was_waited_for_and_how_long(tmp_path: Path) -> None:
    port, log = free_port(), tmp_path / "receiver.log"

    with pytest.raises(BasculeError) as refused, ReceiverProcess(tmp_path / "none.yaml", port=port, log=log, start_s=0.0):
        pass

    said = f"it runs, and has not listened on port {port} within 0 s; nothing is in its log {log}"
    assert str(refused.value) == f"the receiver did not start: {said}"


def test_a_receiver_that_ends_instead_says_so_with_its_log(tmp_path: Path) -> None:
    receiver = ReceiverProcess(tmp_path / "none.yaml", port=free_port(), log=tmp_path / "receiver.log")

    said = r"the receiver did not start: it ended after \d+ s, exit code \d+; its log: (?s:.*)none\.yaml"
    with pytest.raises(BasculeError, match=said), receiver:
        pass
