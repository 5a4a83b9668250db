"""F21: French as it is read aloud: one word for one thing in a list, no English inside, and numbers agree."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from provisioner.cli.operating.status_text import profile_line
from provisioner.cli.pool_lines import pool_line
from provisioner.cli.surge.lines import run_line, wait_line
from provisioner.cli.why.command import last_day
from provisioner.cli.why_parts import journal_result
from provisioner.model.intents import IntentKind
from provisioner.model.scenario.etas import WaveOutlook
from provisioner.model.scenario.surges import SurgeEvent, SurgeState
from provisioner.model.words import JournalWord
from provisioner.reasons.surges import RUN_CHANGED, RUN_IS
from provisioner.reasons.targets import SESSIONS_OPEN
from provisioner.texts.languages import ENGLISH, catalogue_of
from provisioner.texts.translate import kept_word, translated, use_catalogue
from provisioner.texts.words import ARGUMENTS
from tests.texts.extract import catalogue, forms


@pytest.fixture(autouse=True)
def french() -> Iterator[None]:
    use_catalogue(catalogue_of("fr"))
    yield
    use_catalogue(catalogue_of(ENGLISH))


def spaced(text: str) -> str:
    """With plain blanks."""
    return text.replace("\u00a0", " ")


def a_line(result: str) -> Any:
    return {"sequence": 1, "at": "2026-11-30T04:19:41Z", "what": "wave", "subject": None, "result": result}


@pytest.mark.parametrize("result", [*WaveOutlook, *SurgeState])
def test_how_a_wave_or_a_surge_stands_is_french_in_the_journal(result):
    """`late` and `gated` stood there."""
    assert journal_result(a_line(result.value)) != result.value.replace("_", " ")


@pytest.mark.parametrize("event", SurgeEvent)
def test_what_changed_a_surge_is_french(event):
    """`(`shut`)` and `(`start`)` stood in a report, `accept, par root` in the journal."""
    by, what = (
        translated(reason)
        for reason in (RUN_CHANGED(number=1, what=event.value, by="root"), RUN_IS(what=event.value, state="gated"))
    )

    assert event.value not in {*by.replace(",", " ").split(), *what.strip(")").replace("(", " ").split()} - {"pause"}


def test_no_two_things_in_the_journal_have_one_name():
    """To lend a desktop was `prêt`, and so was a desktop that is ready."""
    words = {*JournalWord, *IntentKind, *ARGUMENTS["order"]}
    named = {str(what): kept_word(str(what), JournalWord, IntentKind) for what in words}
    alike = {name: sorted(what for what in named if named[what] == name) for name in named.values()}

    assert {name: what for name, what in alike.items() if len(what) > 1} == {}


@pytest.mark.parametrize(("count", "line"), [(1, "1 attend : plus de place"), (2, "2 attendent : plus de place")])
def test_one_waits_and_two_wait(count, line):
    assert (
        spaced(
            wait_line(
                {
                    "count": count,
                    "texts": 1,
                    "example": {"code": "", "arguments": {}, "text": "plus de place"},
                    "next_try_at": None,
                }
            )
        )
        == line
    )


def test_desktops_are_counted_with_words_that_agree():
    """`27 prêt` was said."""
    profile: Any = {"profile": "standard", "desktops": {"ready": 27, "starting": 1}, "to_make": 2}

    assert spaced(profile_line(profile)) == "standard : 27 × prêt, 1 × en démarrage, 2 pas encore créés"


def test_who_has_borrowed_and_what_is_ready_are_two_words():
    """`2 prêtés, 3 prêts` was said of a pool, and of the three none could be lent (F11)."""
    pool: Any = {"name": "aide", "made": 6, "lent": 2, "waiting": 0, "ready": 3, "off": 1, "coming": 0, "lendable": 3}
    pool |= {"autoscale": None}

    assert spaced(pool_line(pool)) == "pool aide : empruntés : 2 sur 6 postes ; libres : 4, dont à prêter de suite : 3"


def test_a_gate_holds_a_run():
    """`est dans l'état à la barrière` was said."""
    run: Any = {
        "number": 1,
        "scenario": "crise",
        "state": "gated",
        "since": "2026-11-30T03:39:00Z",
        "by": "root",
        "zone": "UTC",
    }

    assert spaced(run_line(run)).startswith("l'exécution 1 du scénario « crise » est retenue par une barrière depuis")


def test_what_goes_on_by_itself_is_by_the_demon():
    """`en cours depuis 11:14, par daemon` was said."""
    run: Any = {
        "number": 1,
        "scenario": "crise",
        "state": "running",
        "since": "2026-11-30T03:39:00Z",
        "by": "daemon",
        "zone": "UTC",
    }

    assert run_line(run).endswith(", par le démon")
    assert translated(RUN_CHANGED(number=1, what="begin", by="daemon")).endswith(" par le démon")


@pytest.mark.parametrize(("sessions", "said"), [(0, "0 session ouverte"), (1, "1 session ouverte"), (2, "2 sessions ouvertes")])
def test_a_reason_that_counts_has_its_plural(sessions, said):
    """`1 session(s) ouverte(s)` was said."""
    assert translated(SESSIONS_OPEN(sessions=sessions)) == said


def test_a_line_of_the_journal_is_cut_at_the_end_of_a_word():
    """`prévoit un poste standa…` stood in `why`."""
    because = {"code": "", "arguments": {}, "text": "la vague « tout le monde » prévoit un poste standard pour aaubert"}
    line = {**a_line("done"), "what": "start", "reason": None, "because": because}
    document: Any = {"at": line["at"], "seat": {"journal": [line], "others": []}, "node": None, "pool": None}
    _, shown = last_day(document, 5)

    assert len(shown) <= 80
    assert shown.endswith(" …")
    assert shown.removesuffix(" …").split()[-1] in because["text"].split()


def test_ready_is_the_only_thing_that_is_called_pret():
    """F21: a loan was a `prêt`, too: what is lent is `prêté`, and who has it has borrowed it."""
    wrong = [
        (message.id, form)
        for message in catalogue("fr")
        if message.id and not re.search(r"\bready|\bprepare", str(message.id))
        for form in forms(message)
        if re.search(r"\bprêts?\b", form)
    ]

    assert wrong == []
