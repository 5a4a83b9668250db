"""The twin answers as a real Proxmox VE 9.2 answered: status, text, errors and fields of recorded exchanges, in their order.

`twin_exchanges.json` holds them: `who` is a token, "" is not a token, null is root@pam; `keys` are the fields an answer (or the
entries of a list) had; `{task}` stands for the task started last.
"""

import json
from pathlib import Path

import pytest

from tests.builders.twin_http import VirtualClient, a_lab_spec

SCRIPTS = json.loads((Path(__file__).parents[2] / "contract" / "twin_exchanges.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("script", SCRIPTS)
def test_recorded_exchanges(script):
    client = VirtualClient(a_lab_spec())

    for step in SCRIPTS[script]:
        path = step["path"].replace("{task}", client.last_task)
        answer = client.ask(step["method"], path, who=step["who"], params=step["params"])

        expected = (step["what"], step["status"], step["reason"], step.get("errors", {}))
        assert (step["what"], answer.status, answer.reason.strip(), dict(answer.errors)) == expected
        assert set(step.get("keys", ())) <= fields_of(answer.data), step["what"]


def fields_of(data):
    """The fields of an answer, or of all entries of a list."""
    if isinstance(data, list):
        return {name for entry in data if isinstance(entry, dict) for name in entry}
    return set(data) if isinstance(data, dict) else set()
