"""The settings of the garbage collector once the daemon has loaded."""

import gc

import pytest

from provisioner import gc_tuning


@pytest.mark.long
def test_loaded_objects_are_frozen_and_new_objects_are_collected_less_often():
    before, kept = gc.get_threshold(), [[number] for number in range(100)]
    gc.set_threshold(700, *before[1:])  # Python's own: the tests' is the daemon's already
    try:
        gc_tuning.settle()

        assert gc.get_freeze_count() >= len(kept)
        assert gc.get_threshold() == (50_000, *before[1:])
        assert not any(thing is kept for thing in gc.get_objects()), "it is among those the collector leaves alone"
    finally:
        gc.unfreeze()
        gc.set_threshold(*before)


def test_in_a_rehearsal_garbage_is_collected_seldomer_and_afterwards_as_before():
    before = gc.get_threshold()
    gc.set_threshold(700, *before[1:])
    try:
        with gc_tuning.seldom():
            assert gc.get_threshold() == (50_000, *before[1:])
        assert gc.get_threshold() == (700, *before[1:])
    finally:
        gc.set_threshold(*before)
