"""Intents given on the command line, and what they write into the store and beside it."""

import os
import stat

import pytest

from provisioner.adapters.sql.store import SqlStore
from provisioner.model.intents import IntentKind
from tests.builders.cli import a_lonely_site, bascule, ordered_by
from tests.builders.directory import FixedClock


@pytest.fixture
def site(tmp_path):
    return a_lonely_site(tmp_path)


def _standing(site):
    """(kind, by, reason) of each intent in the store."""
    store = SqlStore(f"sqlite:///{site.folder}/bascule.db", clock=FixedClock())
    return [(intent.kind, intent.by, intent.reason) for intent in store.intents()]


def _order(site, *words):
    return bascule(*words, "--config", str(site.main))


def test_freeze_leaves_the_file_first_and_the_order_in_the_store(site):
    ended = _order(site, "freeze", "--by", "claire", "--reason", "the lights flicker")

    assert ended.code == 0
    assert ended.out == "frozen: nothing is written any more, at once; `bascule thaw` ends it\n"
    assert (site.folder / "freeze").exists()
    assert _standing(site) == [(IntentKind.FREEZE, ordered_by("claire"), "the lights flicker")]


def test_freeze_where_the_file_cannot_be_made_says_that_it_takes_a_cycle(site):
    site.change("freeze_file: freeze", "freeze_file: nowhere/freeze")

    ended = _order(site, "freeze")

    assert ended.code == 0
    assert "nowhere/freeze: cannot be made here (No such file or directory)" in ended.err
    assert "with the next cycle, at most 10 s from now" in ended.out
    assert [kind for kind, _, _ in _standing(site)] == [IntentKind.FREEZE]


def test_freeze_without_a_store_still_leaves_the_file(site):
    site.change("sqlite:///bascule.db", "sqlite:///nowhere/bascule.db")

    ended = _order(site, "freeze")

    assert ended.code == 3
    assert ended.err == f"store {site.folder}/nowhere/bascule.db: the folder {site.folder}/nowhere does not exist\n"
    assert (site.folder / "freeze").exists()


@pytest.mark.parametrize(
    "before",
    [
        pytest.param(lambda site: _order(site, "freeze"), id="file and order"),
        pytest.param(lambda site: (site.folder / "freeze").touch(), id="the file alone, made by hand"),
        pytest.param(
            lambda site: (_order(site, "freeze"), (site.folder / "freeze").unlink()), id="the order alone, given elsewhere"
        ),
    ],
)
def test_thaw_ends_a_freeze_however_it_was_given(site, before):
    before(site)

    ended = _order(site, "thaw")

    assert (ended.code, ended.out, ended.err) == (0, "thawed: writes go on with the next cycle\n", "")
    assert not (site.folder / "freeze").exists()
    assert _standing(site) == []


@pytest.mark.parametrize(
    ("words", "said", "standing"),
    [
        pytest.param([["thaw"]], "it was not frozen", [], id="thaw without a freeze"),
        pytest.param([["unhold"]], "it was not held", [], id="unhold without a hold"),
        pytest.param(
            [["hold", "--by", "claire"]],
            "held: nothing is stopped, released or deleted any more; `bascule unhold` ends it",
            [(IntentKind.HOLD, ordered_by("claire"), "")],
            id="hold",
        ),
        pytest.param([["hold"], ["unhold"]], "no longer held", [], id="unhold after a hold"),
        pytest.param(
            [["freeze", "--by", "a", "--reason", "x"], ["freeze", "--by", "b", "--reason", "y"]],
            "frozen: nothing is written any more, at once; `bascule thaw` ends it",
            [(IntentKind.FREEZE, ordered_by("b"), "y")],
            id="freeze again: the later order stands",
        ),
        pytest.param([["hold"], ["freeze"], ["thaw"], ["unhold"]], "no longer held", [], id="both, and both taken back"),
        pytest.param(
            [["baseline", "accept", "--by", "claire"]],
            "accepted: the daemon takes it up with its next cycle",
            [(IntentKind.ACCEPT_BASELINE, ordered_by("claire"), "")],
            id="the rebuilt baseline accepted",
        ),
    ],
)
def test_orders(site, words, said, standing):
    ends = [_order(site, *arguments) for arguments in words]

    assert [ended.code for ended in ends] == [0] * len(words)
    assert ends[-1].out == f"{said}\n"
    assert _standing(site) == standing


def test_every_order_is_in_the_journal_with_who_and_why(site):
    _order(site, "hold", "--by", "claire", "--reason", "audit")
    _order(site, "unhold", "--by", "omar")

    lines = _order(site, "journal", "--json").document

    assert [(line["what"], line["result"], line["reason"]) for line in lines] == [
        ("hold", "withdrawn", f"by {ordered_by('omar')}"),
        ("hold", "given", f"by {ordered_by('claire')}: audit"),
    ]


def test_an_order_beside_a_daemon_that_owns_the_store_is_taken(site):
    owner = SqlStore(f"sqlite:///{site.folder}/bascule.db", clock=FixedClock(), installation="seine")
    owner.claim()
    try:
        assert _order(site, "freeze", "--by", "claire").code == 0
        assert [intent.kind for intent in owner.intents()] == [IntentKind.FREEZE]
    finally:
        owner.close()


def test_a_second_daemon_is_refused_and_told_who_owns_the_store(site):
    owner = SqlStore(f"sqlite:///{site.folder}/bascule.db", clock=FixedClock(), installation="seine")
    owner.claim()
    try:
        ended = _order(site, "run")
    finally:
        owner.close()

    assert (ended.code, ended.out) == (3, "")
    assert f"owned by process {os.getpid()} on " in ended.err
    assert "one daemon per store" in ended.err


def test_a_store_of_another_installation_is_refused(site):
    owner = SqlStore(f"sqlite:///{site.folder}/bascule.db", clock=FixedClock(), installation="marne")
    owner.claim()
    owner.close()

    ended = _order(site, "run")

    assert (ended.code, ended.out) == (3, "")
    assert "belongs to the installation marne, not to seine" in ended.err


def test_the_store_is_for_its_owner_alone(site):
    _order(site, "hold")

    assert stat.S_IMODE((site.folder / "bascule.db").stat().st_mode) == 0o600
