"""Each row and each heading of docs/en/failures.md is played, and nothing is played that is not there."""

from tests.adapters.sql import test_poolers
from tests.e2e import test_store_away
from tests.failures import test_errors, test_machine, test_sections
from tests.failures.rows import PLAYED, rows

FOLDER = (test_errors, test_machine, test_poolers, test_sections, test_store_away)


def test_each_row_and_each_heading_is_played():
    """A new row without an accident of its own fails here."""
    assert FOLDER, "the tests say what they play when they are imported"
    assert [row for row in rows() if not any(row.startswith(said) for said in PLAYED)] == []


def test_no_test_plays_what_is_not_in_the_page():
    there = list(rows())

    assert [said for said in sorted(PLAYED) if not any(row.startswith(said) for row in there)] == []
