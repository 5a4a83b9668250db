"""What the store needs from time to time: a fault of it ends nothing, and how far the surge is does not get lost by it."""

from math import inf

import pytest

from provisioner.adapters.memory_store import MemoryStore
from provisioner.daemon.progress_log import ProgressLog
from provisioner.daemon.store_care import StoreCare
from provisioner.errors import StoreError
from provisioner.rehearsal.measuring import Measuring
from tests.builders.progress import a_moment
from tests.builders.reconciler import SetClock


class FullDisk(MemoryStore):
    """Takes nothing and cannot be read while `is_full`."""

    is_full = True

    def verify(self):
        self._fail()

    def trim_journal(self, *, before, at):
        self._fail()

    def keep_measured(self, measured):
        self._fail()

    def keep_progress(self, noted):
        self._fail()
        super().keep_progress(noted)

    def _fail(self):
        if self.is_full:
            raise StoreError("disk full")


def a_care(store, *, keep_s=3600.0):
    said, progress = [], ProgressLog()
    progress.give_back((a_moment(1),))
    care = StoreCare(
        lambda: store,
        measuring=Measuring(dict),
        progress=progress,
        keep_s=lambda: keep_s,
        clock=SetClock(),
        notice=lambda subject, text: said.append(text),
    )
    return care, said


def test_how_far_the_surge_is_is_kept_once_the_store_takes_it_again():
    store = FullDisk()
    store.claim()
    care, _ = a_care(store)

    care.keep()
    store.is_full = False
    care.keep()

    assert store.progress(1) == (a_moment(1),)


def test_a_store_that_cannot_be_read_is_known_until_it_can():
    store = FullDisk()
    care, _ = a_care(store)

    care.verify()
    broken = str(care.fault)
    store.is_full = False
    care.verify()

    assert (broken, str(care.fault)) == ("disk full", "")


@pytest.mark.parametrize(("keep_s", "said"), [(3600.0, ["old lines of the journal are not erased: disk full"]), (inf, [])])
def test_old_lines_that_cannot_be_erased_are_said_and_none_is_erased_if_all_are_to_be_kept(keep_s, said):
    care, notices = a_care(FullDisk(), keep_s=keep_s)

    care.trim_journal()

    assert notices == said
