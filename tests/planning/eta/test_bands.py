"""F10: what the band of a wave holds while the surge runs. It is played in virtual time, as the daemon shows it.

The seeds are others than those by which the rule was judged.
"""

import sys
from collections.abc import Mapping

import pytest

from tests.planning.eta.bands import Bands, Kind, drawn

pytestmark = pytest.mark.long

SEEDS = range(1_000, 1_005)
NINE_OF_TEN = 0.9
"""One in twenty comes sooner, and one in twenty later (docs/en/surge.md)."""
OF_A_KIND = 0.8
"""Fifty bands of five surges: those of one surge are wrong together."""


@pytest.fixture(scope="module")
def played() -> Mapping[Kind, list[Bands]]:
    return {kind: [Bands(drawn(kind, seed)).play() for seed in SEEDS] for kind in Kind}


def foreseeable(surges: list[Bands]) -> list[bool]:
    """Of each band, whether it held; of a node that dies, from then on."""
    return [
        held for surge in surges for held in surge.held(since_s=surge.died_s if surge.shape.kind is Kind.NODE_DIES else 0.0)
    ]


def test_nine_of_ten_bands_hold_what_comes(played: Mapping[Kind, list[Bands]]):
    held = {kind: foreseeable(surges) for kind, surges in played.items()}
    sys.stderr.write("".join(f"\n{kind}: {sum(each)} of {len(each)} bands held" for kind, each in held.items()))
    every = [each for bands in held.values() for each in bands]

    assert all(surge.everybody for surges in played.values() for surge in surges)
    assert len(every) > 100
    assert sum(every) >= NINE_OF_TEN * len(every)
    assert {kind for kind, each in held.items() if sum(each) < OF_A_KIND * len(each)} == set()


def test_a_band_says_something(played: Mapping[Kind, list[Bands]]):
    """From its beginning to its late end, a surge is at most so many times as long as to its early end."""
    widths = sorted(width for surges in played.values() for surge in surges for width in surge.widths())

    middle = widths[len(widths) // 2]
    sys.stderr.write(f"\nlate ends are at {middle:.2f} times the early ones (median)")
    assert middle <= 2.0


def test_the_death_of_a_node_is_in_no_band_before_it(played: Mapping[Kind, list[Bands]]):
    """It is counted apart: what came is later than these bands, not sooner."""
    surges = played[Kind.NODE_DIES]
    before = [held for surge in surges for held in surge.held(until_s=surge.died_s)]
    sys.stderr.write(f"\n{sum(before)} of {len(before)} bands held before a node died")

    assert all(surge.died_s < surge.came_s for surge in surges)
    assert before
    assert all(surge.came_s >= early_s for surge in surges for early_s in surge.early_s(until_s=surge.died_s))
