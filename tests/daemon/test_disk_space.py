"""How long a store that could not be written to is left alone."""

from provisioner.daemon.disk_space import TRIED_S, next_try_s


def test_a_store_that_takes_the_proof_and_refuses_the_rest_is_tried_less_and_less_often():
    """N8: each try begins the daemon anew, and asks every cluster for everything; it was every two seconds for ever."""
    waits = [TRIED_S]
    for _ in range(8):
        waits.append(next_try_s(waits[-1], lasted_s=1.0))

    assert waits == [1, 2, 4, 8, 16, 20, 20, 20, 20]


def test_after_a_while_that_it_has_worked_it_is_tried_soon():
    """N8."""
    assert next_try_s(20.0, lasted_s=600.0) == TRIED_S
