"""A served twin's desktops obey session rules: they ask over HTTPS, show the message, and log off who has been away."""

import json
from pathlib import Path

import pytest

from provisioner.demo.receiver import ReceiverProcess, free_port
from tests.builders.api import ask
from tests.e2e.switch import Switch

pytestmark = pytest.mark.real
PEOPLE, SCALE = 2, 40.0
AWAY = "  spread: 5s\n  away_after: 30s\n  away: 1h\n"
RULES = {"disconnected": "2min", "maximum": "30min", "warn": [29]}
"""Messages are due after a minute, before anybody is logged off."""


def test_who_has_been_away_is_logged_off_after_a_message(tmp_path: Path):
    port = free_port()
    switch = Switch(tmp_path, agents=PEOPLE, scale=SCALE, sessions=PEOPLE, receiver_port=port)
    switch.site.let_obey()
    twin_file = tmp_path / "twin.yaml"
    twin_file.write_text(twin_file.read_text(encoding="utf-8").replace("  spread: 150s\n", AWAY), encoding="utf-8")
    with switch:
        switch.change_config(lambda document: document["profiles"]["standard"].update(session_rules=RULES))
        with ReceiverProcess(switch.config, port=port, log=tmp_path / "receiver.log"):
            switch.start()
            assert switch.wait_for(lambda truth: truth["log_ons"] >= PEOPLE)["log_ons"] >= PEOPLE
            truth = switch.wait_for(lambda truth: truth["sessions"] == 0)
            socket = tmp_path / "api.sock"
            names = [row["name"] for row in ask(socket, "/v1/desktops").document["desktops"]]
            lines = [json.dumps(ask(socket, f"/v1/journal?subject={name}").document) for name in names]
            messages = int(switch.metrics().partition('bascule_session_orders_total{result="message"} ')[2].partition(".")[0])

    assert (truth["sessions"], truth["log_offs"]) == (0, truth["log_ons"])
    assert messages >= PEOPLE
    assert all("log_off_disconnected" in line for line in lines)
