"""Freeze files: their content, whatever it is, and the intents in force with one."""

import json
from unicodedata import category

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioner.model.freeze import (
    BY_HAND,
    MAX_BY,
    MAX_REASON,
    TARGET,
    FreezeMark,
    followed,
    intents_in_force,
    mark_of,
    mark_text,
)
from provisioner.model.intents import Intent, IntentKind
from tests.builders.cluster import NOW

FREEZE, HOLD = (Intent(kind=kind, by="zoe", at=NOW - 60) for kind in (IntentKind.FREEZE, IntentKind.HOLD))
BY_FILE = Intent(kind=IntentKind.FREEZE, by=BY_HAND, at=NOW, target=TARGET)
BEFORE = Intent(kind=IntentKind.FREEZE, by=BY_HAND, at=NOW - 90, target=TARGET)
SHORT = Intent(kind=IntentKind.HOLD, by="zoe", at=NOW - 60, until=NOW + 1)
OVER = Intent(kind=IntentKind.HOLD, by="zoe", at=NOW - 60, until=NOW)
MARK = FreezeMark()


@pytest.mark.parametrize(
    ("given", "mark", "in_force"),
    [
        pytest.param((), None, (), id="none"),
        pytest.param((HOLD,), None, (HOLD,), id="an operator's"),
        pytest.param((HOLD,), MARK, (HOLD, BY_FILE), id="an operator's, and the freeze file's"),
        pytest.param((FREEZE,), MARK, (FREEZE, BY_FILE), id="frozen twice: the end of one does not end the other"),
        pytest.param((FREEZE,), FreezeMark(by="zoe", at=NOW - 60), (FREEZE,), id="the file of the same order: one freeze"),
        pytest.param((BEFORE,), MARK, (BEFORE,), id="the file is still there: frozen since it was found"),
        pytest.param((BEFORE, HOLD), None, (HOLD,), id="the file is gone"),
        pytest.param((SHORT,), None, (SHORT,), id="its time is not over"),
        pytest.param((OVER, FREEZE), None, (FREEZE,), id="its time is over"),
    ],
)
def test_orders_in_force(given, mark, in_force):
    assert intents_in_force(given, mark=mark, now=NOW) == in_force


def test_what_was_written_is_read():
    mark = FreezeMark(by="claire as bascule (nuit)", reason="l’onduleur brûle", at=NOW)

    assert mark_of(mark_text(mark)) == mark


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        pytest.param("", FreezeMark(), id="made by touch"),
        pytest.param("the lights flicker\n", FreezeMark(reason="the lights flicker"), id="a note made by hand"),
        pytest.param("two\nlines", FreezeMark(reason="two␤lines"), id="two lines are shown as one"),
        pytest.param('{"by": "zoe"}', FreezeMark(by="zoe"), id="a script that says who"),
        pytest.param('{"by": 3, "reason": ["x"], "at": "now"}', FreezeMark(), id="other kinds of values"),
        pytest.param('{"at": 1e400}', FreezeMark(), id="an endless time"),
        pytest.param('{"at": NaN}', FreezeMark(), id="no time at all"),
        pytest.param('{"at": true}', FreezeMark(), id="a truth for a time"),
        pytest.param('{"at": -1}', FreezeMark(), id="before all times"),
        pytest.param('{"by": "\\u001b[2J\\u202ezoe"}', FreezeMark(by="�[2J�zoe"), id="signs that a terminal obeys"),
        pytest.param("[" * 4096, FreezeMark(reason="[" * (MAX_REASON - 1) + "…"), id="nested deeply"),
        pytest.param(json.dumps({"by": "z" * 4000}), FreezeMark(by="z" * (MAX_BY - 1) + "…"), id="a long name"),
    ],
)
def test_what_anybody_may_write(text, mark):
    assert mark_of(text) == mark


@pytest.mark.long
@given(st.text() | st.dictionaries(st.sampled_from(["by", "at", "reason", "x"]), st.text() | st.integers()).map(json.dumps))
def test_any_content_is_bounded_and_obeyed_by_no_terminal(text):
    intent = followed(mark_of(text), None, NOW)

    assert len(intent.by) <= MAX_BY
    assert len(intent.reason) <= MAX_REASON
    assert all(char.isprintable() or category(char) == "Zs" for char in intent.by + intent.reason), "spaces move nothing"
    assert 0 <= intent.at <= NOW


def test_a_file_from_the_future_counts_from_when_it_was_found():
    mark = FreezeMark(by="zoe", at=NOW + 3600)
    found = followed(mark, None, NOW)

    assert found.at == NOW
    assert followed(mark, found, NOW + 60) == found
    assert followed(mark, found, NOW + 7200).at == NOW + 3600
