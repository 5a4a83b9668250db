"""A desktop's root lies, to the books of a site and to a small whole one; `python -m tests.chaos --hostile` plays more."""

import pytest

from tests.chaos.hostile import play
from tests.chaos.lies import play_lies


@pytest.mark.long
def test_root_in_one_desktop_changes_nobody_elses_life_figure_or_cost():
    """H2, H3, H5: figures, other desktops and what a cycle costs are those of the same site without the lies."""
    verdict = play(4, hours=1.5, desktops=8)

    assert verdict.wrong == (), verdict.cost
    assert " cut," in verdict.cost, "the liar has been noticed"


@pytest.mark.long
@pytest.mark.parametrize("seed", [1, 2])
def test_hours_of_lies_move_no_figure_of_a_site_but_by_what_one_desktop_weighs(seed: int):
    """H2: every figure of the books, and what is known of every other desktop."""
    verdict = play_lies(seed, hours=8, desktops=60)

    assert verdict.wrong == (), verdict.cost
    assert " change" in verdict.cost, "the liar has been noticed"
