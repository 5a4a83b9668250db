"""What the store needs from time to time: a fault of it ends nothing, and how far the surge is does not get lost by it."""

from dataclasses import replace
from math import inf

import pytest

from provisioner.adapters.memory_store import MemoryStore
from provisioner.daemon.progress_log import ProgressLog
from provisioner.daemon.store_care import StoreCare, TrialEnds
from provisioner.errors import StoreError
from provisioner.model.ids import AgentId
from provisioner.model.machines.seats import seat_of, trial_seat
from provisioner.model.scenario.etas import MeasuredKind
from provisioner.model.words import JournalWord
from provisioner.ports import all_of
from provisioner.rehearsal.measuring import Measuring
from tests.builders.cluster import NOW, OFFICE, a_profile
from tests.builders.core import a_desktop, a_situation
from tests.builders.monitors import an_api_call, an_outcome
from tests.builders.progress import a_moment
from tests.builders.reconciler import SetClock
from tests.builders.views import status_of


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


def a_care(store, *, keep_s=3600.0, measuring=None):
    said, progress = [], ProgressLog()
    progress.give_back((a_moment(1),))
    care = StoreCare(
        lambda: store,
        measuring=measuring or Measuring(dict),
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


@pytest.mark.parametrize(("seat", "kept"), [(trial_seat("office/1"), 1), (seat_of(AgentId("7")), 0)])
def test_what_a_trial_has_shown_is_kept_while_its_desktop_is_there_and_answers_stay_together(seat, kept):
    """F17: right after a trial the forecast said that nothing was measured, for up to a minute."""
    store = MemoryStore()
    store.claim()
    measuring = Measuring(lambda: {OFFICE: a_profile(OFFICE)})
    care, _ = a_care(store, measuring=measuring)
    listener = all_of((measuring, TrialEnds(care.keep_tried)))
    desktop = a_desktop(1, seat=seat)
    status = status_of(a_situation([desktop]))

    listener.status(status)
    listener.api_call(an_api_call("POST"))
    name = desktop.reservation.name
    listener.outcome(replace(an_outcome(), desktop=name, action=JournalWord.READY.value, started_at=NOW - 60, ended_at=NOW))
    listener.status(status)

    assert len(store.measured()) == kept
    care.keep()
    assert [each.kind for each in store.measured()] == [MeasuredKind.BOOT, MeasuredKind.ANSWER]
