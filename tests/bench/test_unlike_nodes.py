"""L3: nodes of unlike speed end at about the same time."""

from dataclasses import dataclass, replace

import pytest

from provisioner.rehearsal.bound import bound_s
from tests.bench.shapes import Shape, played

pytestmark = pytest.mark.long

DESKTOPS = 240


@dataclass(frozen=True, slots=True, kw_only=True)
class Unlike(Shape):
    """A twin whose nodes have these speeds."""

    speeds: tuple[float, ...]

    def spec(self, *, seed, desktops):
        spec = Shape.spec(self, seed=seed, desktops=desktops)
        nodes = zip(spec.nodes, self.speeds, strict=True)
        return replace(spec, nodes=tuple(replace(node, speed=speed) for node, speed in nodes))


@pytest.mark.parametrize(
    ("speeds", "most"),
    [
        pytest.param((1.0, 1.0, 1.0, 1.0), 1.3, id="alike"),
        pytest.param((1.0, 1.0, 1.0, 0.25), 1.45, id="a slow node: 2.8 before"),
        pytest.param((1.0, 0.5, 1.0, 0.5), 1.35, id="two kinds: 1.6 before"),
    ],
)
def test_l3_a_slow_node_gets_no_more_than_it_boots_in_the_same_time(speeds, most):
    own = played(Unlike(title="unlike", twin="local-16", nodes=len(speeds), speeds=speeds), DESKTOPS, seed=1)

    assert len(own.ready_after_s) == DESKTOPS
    assert own.makespan_s <= most * bound_s(own.spec, desktops=DESKTOPS)
