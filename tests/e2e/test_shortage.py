"""A surge with a shortage, started against a real daemon: said before and meanwhile, and only for who has no desktop yet."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.switch import Switch
from tests.e2e.test_surge import ordered, said, state_of

pytestmark = pytest.mark.real

AGENTS = 6
OWN_MIB, LIGHT_MIB = 180 * 1024, 70 * 1024
"""A node of 768 GiB carries three and one of them, at 80 %."""
SCENARIO = """
name: crisis
waves:
  - {name: first, who: {logins: [LOGIN]}, ready_by: start + 2h}
  - {name: rest, who: everyone, ready_by: start + 4h}
shortage: [{profile: light}, refuse]
"""


def _login(site: Switch) -> str:
    people = (site.folder / "people.ldif").read_text(encoding="utf-8").splitlines()
    return next(line.removeprefix("uid: ") for line in people if line.startswith("uid: "))


def _small(document: dict[str, Any]) -> None:
    """One node's templates; a profile that fits three times on it, and a light one that fits once more."""
    profile = document["profiles"]["standard"]
    (templates,) = profile["templates"]
    node, vmid = next(iter(templates["vmids"].items()))
    profile["templates"] = [{**templates, "vmids": {node: vmid}}]
    profile["memory_mib"] = OWN_MIB
    document["profiles"]["light"] = {**profile, "memory_mib": LIGHT_MIB}


@pytest.fixture
def switch(tmp_path: Path) -> Iterator[Switch]:
    with Switch(tmp_path, agents=AGENTS, scale=60) as site:
        (site.folder / "scenario.yaml").write_text(SCENARIO.replace("LOGIN", _login(site)), encoding="utf-8")
        site.change_config(_small)
        site.start()
        yield site


def test_who_gets_less_and_who_none_is_said_by_the_forecast_the_start_and_the_status(switch: Switch) -> None:
    assert state_of(switch) is None  # the daemon answers

    asked = said(switch, "start")
    assert asked.code == 2, "nobody answers the question"
    text = " ".join(asked.said.split())
    assert "4 of 6 wanted desktops would be ready" in text
    assert "if none of their profile fits, people without a desktop get profile light; if none fits at all, they are" in text
    assert "2 people are refused a desktop: none fits" in text
    assert "wave 'rest': at most 3 of its 5 people would have a desktop by" in text
    assert state_of(switch) is None

    ordered(switch, "start", "--yes")
    truth = switch.wait_for(lambda truth: truth["ready"] >= 4)
    assert truth["ready"] == 4, "three of 180 GiB, and one of 70 GiB"
    document = json.loads(said(switch, "status", "--json").said)
    assert document["shortage"]["profiles"] == ["light"]
    assert (document["shortage"]["lesser"], document["shortage"]["refused"]) == (1, 2)
    status = " ".join(said(switch, "status").said.split())
    assert "1 person has a desktop of another profile" in status
    assert "2 people are refused a desktop: none fits" in status
