"""Which losses leave a cluster without its quorum: votes are counted as corosync counts them."""

import pytest

from provisioner.model.capacity import Votes, VotesLeft, losses_of_quorum
from provisioner.model.ids import NodeName

N1, N2, N3, N4 = (NodeName(f"n{number}") for number in range(1, 5))


@pytest.mark.parametrize(
    ("online", "votes", "lost"),
    [
        pytest.param({N1: True, N2: True}, Votes(), {N1: (1, 2), N2: (1, 2)}, id="K5: either of two"),
        pytest.param({N1: True, N2: True}, Votes(device=1), {}, id="K5: a QDevice stands in for one of two"),
        pytest.param({N1: True, N2: True, N3: True}, Votes(), {}, id="one of three may go"),
        pytest.param({N1: True, N2: False, N3: True}, Votes(), {N1: (1, 3), N3: (1, 3)}, id="K5: one more of three may not"),
        pytest.param(dict.fromkeys((N1, N2, N3, N4), True), Votes(), {}, id="one of four may go"),
        pytest.param(
            {N1: True, N2: True, N3: True, N4: False}, Votes(), dict.fromkeys((N1, N2, N3), (2, 4)), id="half is none"
        ),
        pytest.param({N1: True, N2: True, N3: False, N4: False}, Votes(), {N1: (1, 4), N2: (1, 4)}, id="none is left already"),
        pytest.param(
            dict.fromkeys((N1, N2, N3), True), Votes(nodes={N1: 2}), {N1: (2, 4)}, id="K5: a node that has two votes of four"
        ),
        pytest.param(
            dict.fromkeys((N1, N2, N3), True),
            Votes(device=2, device_away=True),
            dict.fromkeys((N1, N2, N3), (2, 5)),
            id="K5: a QDevice that is away is expected, and does not vote",
        ),
        pytest.param(
            {N1: True, N2: True},
            Votes(guessed=True),
            {N1: (1, 2, True), N2: (1, 2, True)},
            id="K5: unknown is no loss, nor none",
        ),
        pytest.param({N1: True}, Votes(guessed=True), {N1: (0, 1)}, id="K5: of a node alone there is nothing to know"),
        pytest.param({N1: True}, Votes(), {N1: (0, 1)}, id="a node alone takes all with it"),
    ],
)
def test_losses_of_a_quorum(online, votes, lost):
    assert dict(losses_of_quorum(online, votes)) == {name: VotesLeft(*left) for name, left in lost.items()}
