"""Intents given on the command line, and what they write into the store."""

import os
import stat

import pytest

from provisioner.adapters.sql.store import SqlStore
from provisioner.cli.installing.store_status import intent_lines
from provisioner.cli.times import clock, use_zone
from provisioner.model.intents import IntentKind
from provisioner.settings.site_zone import site_zone
from tests.builders.cli import a_lonely_site, bascule, journal_of, ordered_by
from tests.builders.desk import ordered, orders_in
from tests.builders.directory import FixedClock


@pytest.fixture
def site(tmp_path):
    return a_lonely_site(tmp_path)


def _standing(site):
    """(kind, by, reason) of each intent in the store."""
    return [(intent.kind, intent.by, intent.reason) for intent in orders_in(site)]


def _order(site, *words):
    return ordered(site, *words)


@pytest.mark.long
@pytest.mark.parametrize(
    ("words", "said", "standing"),
    [
        pytest.param([["hold", "end"]], "it was not held", [], id="an end without a hold"),
        pytest.param(
            [["hold", "start", "--by", "claire"]],
            "held: nothing is stopped, released or deleted any more; `bascule hold end` ends it",
            [(IntentKind.HOLD, ordered_by("claire"), "")],
            id="hold",
        ),
        pytest.param([["hold", "start"], ["hold", "end"]], "no longer held", [], id="an end after a hold"),
        pytest.param(
            [["hold", "start"], ["freeze"], ["thaw"], ["hold", "end"]], "no longer held", [], id="both, and both taken back"
        ),
        pytest.param(
            [["store", "accept", "--by", "claire", "--yes"]],
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


@pytest.mark.long
def test_every_order_is_in_the_journal_with_who_and_why(site):
    _order(site, "hold", "start", "--by", "claire", "--reason", "audit")
    _order(site, "hold", "end", "--by", "omar")

    lines = journal_of(site.main)[:2]

    assert [(line["what"], line["result"], line["reason"]) for line in lines] == [
        ("hold", "withdrawn", f"by {ordered_by('omar')}"),
        ("hold", "given", f"by {ordered_by('claire')}: audit"),
    ]


def test_a_second_daemon_is_refused_and_told_who_owns_the_store(site):
    owner = SqlStore(f"sqlite:///{site.folder}/bascule.db", clock=FixedClock(), installation="seine")
    owner.claim()
    try:
        ended = bascule("run", "--config", str(site.main))
    finally:
        owner.close()

    assert (ended.code, ended.out) == (3, "")
    assert f"owned by process {os.getpid()} on " in ended.err
    assert "one daemon per store" in ended.err


def test_a_store_of_another_installation_is_refused(site):
    owner = SqlStore(f"sqlite:///{site.folder}/bascule.db", clock=FixedClock(), installation="marne")
    owner.claim()
    owner.close()

    ended = bascule("run", "--config", str(site.main))

    assert (ended.code, ended.out) == (3, "")
    assert "belongs to the installation marne, not to seine" in ended.err


@pytest.mark.long
def test_the_store_is_for_its_owner_alone(site):
    _order(site, "hold", "start")

    assert stat.S_IMODE((site.folder / "bascule.db").stat().st_mode) == 0o600


@pytest.mark.long
@pytest.mark.parametrize("words", [("--for", "12h"), ("--until", "2099-01-01T00:00+00:00")], ids=" ".join)
def test_a_hold_that_ends_by_itself_is_said_with_its_end(site, words):
    ended = _order(site, "hold", "start", "--reason", "storm", *words)
    (intent,) = orders_in(site)

    assert ended.code == 0
    assert intent.until is not None
    use_zone(site_zone("Europe/Paris"))
    assert f"held until {clock(intent.until, now=intent.at)}: nothing is stopped, released or deleted" in ended.out
    if words[0] == "--for":
        assert intent.until - intent.at == pytest.approx(12 * 3600, abs=5)
    assert next(iter(intent_lines([intent]))).endswith(f": storm (until {clock(intent.until, seconds=True)})")


@pytest.mark.long
@pytest.mark.parametrize(
    ("words", "said"),
    [
        pytest.param(("--for", "soon"), "must be a time such as 18:00", id="no duration"),
        pytest.param(("--for", "0s"), "is over", id="no time at all"),
        pytest.param(("--until", "2001-01-01T00:00+00:00"), "is over", id="a time that has passed"),
        pytest.param(("--until", "2099-01-32T00:00"), "must be a time such as 18:00", id="no date"),
        pytest.param(("--for", "1h", "--until", "2h"), "say --for or --until, not both", id="two ends"),
    ],
)
def test_an_end_that_is_none_is_refused(site, words, said):
    ended = _order(site, "hold", "start", *words)

    assert ended.code == 2
    assert said in ended.said
    assert _standing(site) == []
