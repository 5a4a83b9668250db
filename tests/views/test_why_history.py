"""F15: what is told of a desktop is its own: not of the one that had its number before, nor of another of its person."""

import pytest

from provisioner.cli.output import plain
from provisioner.cli.why.command import last_day
from provisioner.model.actions import Result
from provisioner.model.kept.records import Records
from provisioner.ports import JournalEntry
from provisioner.reasons.phases import NODE_UNSEEN
from provisioner.reasons.reason import NONE, Reason
from provisioner.reasons.steps import INSTEAD
from provisioner.views.why.document import why_document
from provisioner.views.why.stored import why_stored
from tests.builders.actions import a_name
from tests.builders.cluster import NOW
from tests.builders.core import a_desktop, a_roster
from tests.builders.views import a_publication
from tests.views.test_why import the_seat

RESERVED_AT = NOW - 1000
TRIAL = "a trial of profile office"


def a_line(at: float, subject: str, what: str = "clone", *, reason: str = "", because: Reason = NONE, result=Result.DONE):
    return JournalEntry(
        at=at, what=what, subject=subject, result=result, reason=Reason(reason), because=because, sequence=int(NOW - at)
    )


def of(*lines: JournalEntry):
    return lambda subject: [line for line in lines if line.subject == subject]


BEFORE = (
    a_line(RESERVED_AT - 200, "vd-5001", because=Reason(TRIAL)),
    a_line(RESERVED_AT - 100, "vd-5001", "start", reason="no such bridge", result=Result.FAILED),
    a_line(RESERVED_AT - 50, "vd-5001", "delete", because=Reason(TRIAL)),
)
ITS_OWN = (a_line(RESERVED_AT + 20, "vd-5001"), a_line(RESERVED_AT + 60, "vd-5001", "ready"))


def test_the_desktop_that_had_the_number_before_is_not_told():
    seat = the_seat(a_publication(a_desktop(1), wanted=1), "vd-5001", of(*BEFORE, *ITS_OWN))

    assert [line.what for line in seat.journal] == ["ready", "clone"]
    assert seat.last_error is None


def test_nor_by_the_store_alone():
    records = Records(desktops=a_publication(a_desktop(1), wanted=1).records, roster=a_roster(1))

    document = why_stored(records, "vd-5001", of(*BEFORE, *ITS_OWN), newest=None, now=NOW)

    assert document.seat is not None
    assert [line.what for line in document.seat.journal] == ["ready", "clone"]
    assert document.seat.last_error is None


QUARANTINED = (
    a_line(NOW - 800, "vd-5001", "start", reason="it hangs", result=Result.FAILED),
    a_line(NOW - 700, "vd-5002", because=INSTEAD(former="vd-5001", why=NODE_UNSEEN(node="n1"))),
    a_line(NOW - 600, "vd-5002", "ready"),
)


@pytest.fixture
def another():
    """Agent 1 had vd-5001, and has vd-5002 instead."""
    old, new = a_desktop(1), a_desktop(2, seat=a_desktop(1).reservation.seat)
    return a_publication(old, new, wanted=1, superseded={a_name(1): a_name(2)})


def test_the_failure_of_the_desktop_that_a_person_had_before_is_not_the_new_one_s(another):
    seat = the_seat(another, "login0001", of(*QUARANTINED))

    assert (seat.desktop.name, seat.last_error) == ("vd-5002", None)
    assert the_seat(another, "vd-5001", of(*QUARANTINED)).last_error.because.text == "it hangs"


def shown(published, journal) -> list[str]:
    return list(last_day(plain(why_document(published, "login0001", journal)), 12))


def test_a_line_of_another_desktop_names_it(another):
    lines = shown(another, of(*QUARANTINED))

    assert [line for line in lines if "ready" in line and "vd-5002" in line] == []
    assert any("vd-5001 start" in line for line in lines)


def test_the_line_that_tells_the_loss_of_a_desktop_is_not_cut(another):
    lines = " ".join(line.strip() for line in shown(another, of(*QUARANTINED)))

    assert "instead of vd-5001: node n1 is offline or not seen: the state of this desktop is unknown" in lines


def test_a_long_line_of_anything_else_is_cut(another):
    long = a_line(NOW - 600, "vd-5002", "start", because=Reason("for a reason that takes very many words " * 3))

    assert any(line.endswith(" …") for line in shown(another, of(long)))


def test_all_lines_fit_a_narrow_screen(another):
    assert all(len(line) <= 80 for line in shown(another, of(*QUARANTINED)))
