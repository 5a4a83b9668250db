"""`bascule check` raises no false alarm on sound sites: the shapes of config/twins, and further ones."""

from pathlib import Path

import pytest

from provisioner.reasons.room import TEMPLATE_NODE_NEEDED
from tests.builders.checkup import Checkup, alarms, shipped

TWINS = Path(__file__).parents[3] / "config" / "twins"
ONE_TEMPLATE = frozenset({TEMPLATE_NODE_NEEDED.code})
"""All right, but for what is lost with the only template's node: this doubt is true."""


@pytest.mark.parametrize("shape", sorted(file.stem for file in TWINS.glob("*.yaml")))
def test_a_shipped_shape_raises_no_alarm(shape, tmp_path):
    spec = shipped(shape)

    found = alarms(Checkup(spec=spec, agents=400).findings(tmp_path))

    assert found.keys() <= (ONE_TEMPLATE if len(spec.templates) == 1 else frozenset())
