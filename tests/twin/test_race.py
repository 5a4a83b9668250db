"""Shutdowns that cut a person who has just logged on: what status documents can prevent, and what they cannot."""

import pytest

from provisioner.twin.calls import VirtualCalls
from tests.twin.race import Credulous, a_crowd, holding, race

pytestmark = pytest.mark.long

DESKTOPS = 400


@pytest.mark.parametrize(
    ("mask_s", "calls", "least", "most"),
    [
        pytest.param(
            0.0, VirtualCalls, 0.10, 0.20, id="without a mask: whoever came since the writing, 5 s of the minute before"
        ),
        pytest.param(5.0, VirtualCalls, 0.01, 0.08, id="5 s at the mask: half of them are seen by their connection"),
        pytest.param(10.0, VirtualCalls, 0.0, 0.0, id="as long at the mask as from one writing to the next: nobody"),
        pytest.param(10.0, Credulous, 0.05, 0.15, id="where connections are not looked at"),
    ],
)
def test_the_share_of_shutdowns_that_cut_somebody_who_has_just_come(mask_s, calls, least, most):
    """A6: a person comes within a minute, and the stop at any moment of it."""
    raced = race(a_crowd(DESKTOPS, log_on_s=mask_s), DESKTOPS, calls=calls)

    assert raced.sent > DESKTOPS / 2
    assert least <= raced.share <= most, str(raced)


def test_an_image_that_holds_a_shutdown_back_cuts_no_person():
    """A6: a session opened before the shutdown holds it back, and a later log-on is refused."""
    raced = race(holding(a_crowd(DESKTOPS)), DESKTOPS)

    assert raced.sent > DESKTOPS / 2
    assert raced.cut == 0, str(raced)
