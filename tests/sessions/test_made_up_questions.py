"""A desktop's root asks, rightly signed, about sessions that it has made up (H5): what that costs has an end."""

from provisioner.model.words import SessionOrderWord as Word
from tests.sessions.test_session_orders import GONE, Asking, asking

__all__ = ["asking"]


def test_a_question_about_more_sessions_than_it_can_have_gets_no_answer_and_writes_nothing(asking: Asking):
    """H5: 256 of them were 256 lines of the journal and of the log."""
    many = [GONE | {"id": f"c{number}"} for number in range(256)]

    assert asking.ask(*many) == Word.CUT
    assert (asking.journal, asking.site.listener.notices) == ([], [])


def test_each_session_is_one_line_however_often_it_is_asked_about(asking: Asking):
    """H5: the order is given again, for a desktop whose program has died in between; the journal has it once."""
    orders = [asking.ask(GONE, sequence=400_000_000 + number) for number in range(10)]

    assert all(isinstance(each, list) and len(each) == 1 for each in orders)
    assert len(asking.journal) == 1


def test_ever_new_sessions_are_written_down_and_logged_off_at_a_rate(asking: Asking):
    """H5: one question in a second for five minutes; nothing is ordered that the journal does not have."""
    ordered = 0
    for number in range(300):
        sessions = [GONE | {"id": f"c{number}x{each}"} for each in range(4)]
        answer = asking.ask(*sessions, sequence=400_000_000 + number)
        ordered += len(answer) if isinstance(answer, list) else 0

    assert 0 < len(asking.journal) <= 12
    assert ordered == len(asking.journal)
    assert asking.site.figures.orders[Word.CUT] >= 200
    assert asking.site.intake.cut_lately(asking.site.clock.at) == ("vd-5001",)
