"""Reasons as values: their texts, and how they are stored."""

import ast
import copy
import string
import subprocess
import sys
from collections import defaultdict

import pytest

from provisioner.reasons.cluster import NODE_TAKES_NONE
from provisioner.reasons.placement import COUNTED, LOCK_BUSY, NODE_AWAY
from provisioner.reasons.reason import (
    ALL,
    ALSO,
    ANY,
    KINDS,
    NONE,
    Reason,
    act_of,
    as_reason,
    from_document,
    join_reasons,
    kind,
    rename_in_reason,
    to_document,
)
from provisioner.reasons.steps import LATE, RETRY
from provisioner.reasons.targets import WANTED
from tests.reasons.tables import CODES, PRODUCT, tables

NESTED = RETRY(why=COUNTED(why=NODE_AWAY(node="n1"), times=2, of=3), tries=1)


def named(text):
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def test_a_reason_is_its_english_text_and_has_a_code_and_arguments():
    reason = LATE(after_s=900.0)

    assert reason == "running, but not ready after 900 s: look at its console"
    assert (reason.code, reason.arguments) == ("late", {"after_s": 900.0})


def test_a_reason_may_hold_another():
    assert NESTED == "node n1 is offline or not seen (2 of 3 places) (try 1)"
    assert NESTED.arguments["why"].arguments["why"].code == "node_away"


@pytest.mark.parametrize(
    "reason", [NONE, NESTED, as_reason("500 got no worker"), join_reasons([LOCK_BUSY(limit=2), NODE_AWAY(node="n2")])]
)
def test_a_stored_reason_is_read_back_unchanged(reason):
    again = from_document(to_document(reason))

    assert (again, again.code, again.arguments) == (reason, reason.code, reason.arguments)
    assert to_document(again) == to_document(reason)


@pytest.mark.parametrize(
    "document", ["its answer was lost", {"code": "of_a_newer_bascule", "text": "x", "arguments": {"a": 1}}]
)
def test_what_another_version_kept_is_still_a_text(document):
    assert from_document(document) == (document if isinstance(document, str) else "x")


def test_a_list_is_joined_by_the_word_that_its_code_stands_for():
    texts = {code: join_reasons(("a", "b"), code) for code in (ALSO, ALL, ANY)}

    assert texts == {"also": "a, b", "all_of": "a and b", "any_of": "a or b"}
    assert texts[ANY].arguments == {"0": "a", "1": "b"}


@pytest.mark.parametrize(
    ("reason", "act"),
    [
        pytest.param(LATE(after_s=900.0), "look at its console", id="its own"),
        pytest.param(RETRY(why=LATE(after_s=900.0), tries=2), "look at its console", id="of the reason in it"),
        pytest.param(
            NODE_TAKES_NONE(node="n1", said="500"), "on n1: systemctl status pvedaemon, then restart it", id="with a name"
        ),
        pytest.param(
            join_reasons((NODE_AWAY(node="n1"), LATE(after_s=1.0))), "look at its console", id="of the first that has any"
        ),
        pytest.param(as_reason("500 got no worker"), "", id="nothing is known of somebody else's words"),
    ],
)
def test_what_an_operator_can_do_about_it(reason, act):
    assert act_of(reason) == act


def test_somebody_else_s_words_have_no_code():
    assert (as_reason("no space left").code, as_reason(NESTED) is NESTED) == ("", True)


def test_copies_are_whole():
    again = copy.deepcopy(NESTED)

    assert (again, again.code, to_document(again)) == (NESTED, "retry", to_document(NESTED))


def test_a_name_is_taken_out_of_text_and_arguments_alike():
    reason = rename_in_reason(WANTED(wave="now", profile="office", login="jean"), lambda text: text.replace("jean", "person-1"))

    assert "jean" not in str(to_document(reason))
    assert reason == "wave 'now' wants a office desktop for person-1"


def test_a_code_is_entered_once():
    with pytest.raises(AssertionError):
        kind("late", "again")


@pytest.mark.long
def test_the_whole_table_is_that_of_every_file():
    """What is missing would never be translated."""
    program = "from provisioner.reasons.table import table; print(*(code for code in table() if not code.endswith('.act')))"
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)

    assert sorted(ended.stdout.split()) == sorted(code for codes in CODES.values() for code in codes)


@pytest.mark.long
def test_each_kind_is_called_with_just_the_arguments_that_its_text_names():
    """A text that lacks one would fail in the middle of a cycle."""
    kinds = defaultdict(list)  # two tables may use a name
    for name, value in (pair for table in tables() for pair in vars(table).items() if pair[1] in KINDS.values()):
        kinds[name].append(named(value.text + value.act))
    calls = 0
    for path in PRODUCT.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            function = getattr(node, "func", None)
            name = getattr(function, "attr", None) or getattr(function, "id", "")
            if isinstance(node, ast.Call) and name in kinds and name.isupper():
                given = {keyword.arg for keyword in node.keywords}
                calls += 1
                assert None in given or given in kinds[name], f"{path.name}: {name}"
    assert calls >= 100


@pytest.mark.parametrize("code", sorted(KINDS))
def test_a_code_is_one_word_and_its_text_a_phrase(code):
    assert code.replace("_", "").isalnum()
    assert code == code.lower()
    assert KINDS[code].text == KINDS[code].text.strip()


def test_a_reason_is_equal_to_its_text_wherever_it_is_looked_up():
    assert {LOCK_BUSY(limit=2): 1}["waiting for the storage lock: it lets 2 clone(s) run at once, and as many are running"] == 1
    assert isinstance(NESTED, Reason)
