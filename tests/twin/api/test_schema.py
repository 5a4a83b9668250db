"""The twin's parameter checks answer like a real Proxmox VE."""

import json
from pathlib import Path

import pytest

from provisioner.twin.api.endpoints.registry import ROUTES
from provisioner.twin.api.schema import methods

RECORDED = json.loads((Path(__file__).parents[2] / "contract" / "parameter_checks.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    "exchange", [pytest.param(exchange, id=f"{exchange['what']}: {exchange['pattern']}") for exchange in RECORDED]
)
def test_checks_say_what_was_recorded(exchange):
    method = methods()[f"{exchange['method']} {exchange['pattern']}"]

    assert method.errors(exchange["params"]) == exchange["errors"]


@pytest.mark.parametrize(
    ("params", "errors"),
    [
        pytest.param({"description": "d" * 8192}, {}, id="the longest description"),
        pytest.param(
            {"description": "d" * 8193},
            {"description": "value may only be 8192 characters long"},
            id="a description one too long",
        ),
        pytest.param({"net7": "virtio=02:00:00:00:00:01,bridge=vmbr0"}, {}, id="a card with its address in the model's place"),
        pytest.param({"tags": "a;b,c d"}, {}, id="tags in every list form"),
        pytest.param({"cores": "2.5"}, {"cores": "type check ('integer') failed - got '2.5'"}, id="half a core"),
        pytest.param({"onboot": "True"}, {"onboot": "type check ('boolean') failed - got 'True'"}, id="Python's truth"),
    ],
)
def test_config_parameters(params, errors):
    method = methods()["PUT /nodes/{node}/qemu/{vmid}/config"]

    assert method.errors({"node": "pve1", "vmid": "100", **params}) == errors


def test_every_endpoint_is_checked_and_nothing_else_is_described():
    assert {f"{route.method} {route.pattern}" for route in ROUTES} == set(methods())
