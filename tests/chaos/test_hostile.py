"""Two short lives of a small site, in one of which a desktop's root lies; `python -m tests.chaos --hostile` plays more."""

import pytest

from tests.chaos.hostile import play


@pytest.mark.long
def test_root_in_one_desktop_changes_nobody_elses_life_figure_or_cost():
    """H2, H3, H5: figures, other desktops and what a cycle costs are those of the same site without the lies."""
    verdict = play(2, hours=1.5, desktops=8)

    assert verdict.wrong == (), verdict.cost
    assert " cut," in verdict.cost, "the liar has been noticed"
