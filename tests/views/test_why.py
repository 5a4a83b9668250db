"""Why an agent or a desktop is as it is: only what the status, the plan, the records and the journal say."""

from dataclasses import replace

import pytest

from provisioner.model.actions import Plan
from provisioner.model.deferrals import Deferral
from provisioner.model.demand import NotWanted
from provisioner.model.departures import DAY_S, Departure
from provisioner.model.ids import DesktopName
from provisioner.model.intents import IntentKind
from provisioner.model.machines.desktops import Attempts, Phase
from provisioner.model.people.agents import Rejected
from provisioner.ports import JournalEntry
from provisioner.reasons.placement import STORAGE
from provisioner.reasons.reason import NONE
from provisioner.reasons.targets import GONE, NOT_YET
from provisioner.reasons.views import CLONE_NEXT
from provisioner.views.times import stamp
from provisioner.views.why.document import why_document
from tests.builders.actions import an_agent_id
from tests.builders.cluster import NOW
from tests.builders.core import a_budget, a_config, a_desktop, a_naming, a_report, a_session, a_want, an_order
from tests.builders.views import a_publication

FULL = STORAGE(storage="local", disk_gib=40)
FREEZE, HOLD = an_order(IntentKind.FREEZE), an_order(IntentKind.HOLD)
TRIED = Attempts(count=2, reason=FULL, retry_at=NOW + 60)


def nothing_in_the_journal(_):
    return ()


def the_seat(published, of="login0001", journal=nothing_in_the_journal):
    seat = why_document(published, of, journal).seat
    assert seat is not None
    return seat


def sites():
    """Each case: the site, and what stands against the desktop of the first agent: source, word, how many before, how many."""
    left = a_desktop(7).but(departure=Departure(since=NOW - 2 * DAY_S))
    stopped = [a_desktop(number, Phase.STOPPED) for number in (1, 3, 5)]
    full = a_config(naming=a_naming(5002, 5003))
    yield pytest.param(a_publication(a_desktop(1), wanted=1), [], id="ready")
    yield pytest.param(a_publication(a_desktop(1, Phase.STARTING), wanted=1), [], id="on its way")
    yield pytest.param(a_publication(wanted=1), [], id="no desktop yet: its clone is ordered")
    yield pytest.param(
        a_publication(*stopped, wanted=[a_want(1), a_want(3)], intents=(FREEZE,)),
        [("freeze", "operator", None, 2)],
        id="frozen: nobody comes first",
    )
    yield pytest.param(
        a_publication(*stopped, wanted=[a_want(1)], intents=(an_order(IntentKind.DRAIN, "n1", reason="memory"),)),
        [("drain", "operator", None, 1)],
        id="off on a node that is drained",
    )
    yield pytest.param(
        a_publication(
            *stopped,
            wanted=[a_want(3), a_want(5), a_want(1, rank=(200, NOW, "z"))],
            config=a_config(budget=a_budget(boots_per_node=1)),
        ),
        [("boots", "boots", 1, 2)],
        id="its node boots others: those of a higher rank come before it",
    )
    yield pytest.param(
        a_publication(
            a_desktop(2),
            a_desktop(3),
            wanted=[a_want(2), a_want(3), a_want(4), a_want(1, rank=(200, NOW, "z"))],
            agents=4,
            config=full,
        ),
        [("vmids", "vmids", 1, 2)],
        id="no VMID left",
    )
    yield pytest.param(
        a_publication(a_desktop(1, Phase.CLONED).but(attempts=TRIED), wanted=1),
        [("retry", "retry", None, 1)],
        id="tried again later",
    )
    yield pytest.param(
        a_publication(left), [("safety", "safety", None, 1), ("leaver", None, None, None)], id="the agent has left"
    )
    yield pytest.param(
        a_publication(left, intents=(HOLD,)),
        [("hold", "safety", None, 1), ("leaver", None, None, None)],
        id="the agent has left, and an operator holds it",
    )
    yield pytest.param(
        a_publication(left.but(report=a_report(read_at=NOW - 1, sessions=(a_session(),)))),
        [("session", "safety", None, 1), ("leaver", None, None, None)],
        id="the agent has left, and somebody is logged on",
    )
    yield pytest.param(
        a_publication(a_desktop(7, Phase.FAILED).but(attempts=Attempts(count=5, reason=FULL, gave_up=True))),
        [("failed", None, None, None)],
        id="given up",
    )


@pytest.mark.parametrize(("published", "held_by"), list(sites()))
def test_what_stands_against_a_desktop_is_what_the_plan_and_the_status_say(published, held_by):
    seat = the_seat(published, "vd-5007" if DesktopName("vd-5007") in published.status.desktops else "login0001")

    assert [(hold.source, hold.binds, hold.before, hold.alike) for hold in seat.held_by] == held_by


def test_a_boot_that_the_plan_defers_is_tried_again_when_the_plan_says():
    seat = the_seat(a_publication(a_desktop(1, Phase.CLONED).but(attempts=TRIED), wanted=1))

    assert seat.next_try_at == stamp(NOW + 60)
    assert (seat.last_error.because.code, seat.last_error.tries, seat.last_error.at) == ("storage", 2, None)


def test_an_agent_without_a_desktop_says_since_when_and_what_was_ordered():
    seat = the_seat(a_publication(wanted=1))

    assert (seat.desktop, seat.target.level, seat.waits_since) == (None, "ready", stamp(NOW - 3600))
    assert [(action.action, action.desktop) for action in seat.ordered] == [("clone", "vd-5001")]


def test_an_agent_whose_batch_is_closed_says_when_the_desktop_is_begun():
    published = a_publication()
    entry = NotWanted(
        agent_id=an_agent_id(1), login="login0001", reason=NOT_YET(wave="late"), opens_at=NOW + 7200, begins_at=NOW + 3600
    )
    status = replace(published.status, demand=replace(published.status.demand, not_wanted=(entry,)))
    seat = the_seat(replace(published, status=status))

    (hold,) = seat.held_by
    assert (hold.source, hold.because.code, hold.retry_at, hold.alike) == ("wave", "not_yet", stamp(NOW + 3600), 1)
    assert (seat.target, seat.waits_since) == (None, None)


def test_a_superseded_desktop_is_found_by_its_name_and_its_agent_by_the_other():
    published = a_publication(a_desktop(1), a_desktop(2), wanted=1)
    old, new = (published.status.desktops[DesktopName(name)] for name in ("vd-5001", "vd-5002"))
    old = replace(old, superseded_by=DesktopName("vd-5002"), wanted=False)
    new = replace(new, reservation=replace(new.reservation, seat=old.reservation.seat), wanted=True)
    desktops = {state.reservation.name: state for state in (old, new)}
    kept = Deferral(what="vd-5001", seat=old.reservation.seat, reason=CLONE_NEXT())
    status = replace(published.status, desktops=desktops, plan=Plan(singles=(kept,)))
    published = replace(published, status=status)

    found, agents = the_seat(published, "vd-5001"), the_seat(published)
    assert (found.desktop.name, [hold.source for hold in found.held_by]) == ("vd-5001", [None, "superseded"])
    assert (agents.desktop.name, agents.others, agents.held_by) == ("vd-5002", ("vd-5001",), ())


@pytest.mark.parametrize(
    ("intents", "kinds"),
    [
        pytest.param((FREEZE,), ["freeze"], id="for everything"),
        pytest.param((an_order(IntentKind.DRAIN, "n1"),), ["drain"], id="of its node"),
        pytest.param((an_order(IntentKind.DRAIN, "n2"),), [], id="of another node"),
    ],
)
def test_orders_are_named_that_are_about_it(intents, kinds):
    seat = the_seat(a_publication(a_desktop(1), wanted=1, intents=intents))

    assert [intent.kind for intent in seat.intents] == kinds


def test_the_journal_of_the_last_day_comes_newest_first_and_names_the_last_failure():
    lines = {
        "vd-5001": [
            a_line(3, "start", "done", age_s=10),
            a_line(2, "start", "retry", age_s=90),
            a_line(1, "clone", age_s=DAY_S),
        ],
        "agent-0001": [a_line(4, "distinct", "given", age_s=5)],
    }
    seat = the_seat(a_publication(a_desktop(1), wanted=1), journal=lambda subject: lines.get(subject, ()))

    assert [line.sequence for line in seat.journal] == [4, 3, 2]
    error = seat.last_error
    assert (error.at, error.what, error.because.code, error.tries) == (stamp(NOW - 90), "start", "storage", 0)


def a_line(sequence, what, result="done", *, age_s):
    reason = FULL if result == "retry" else NONE
    return JournalEntry(
        at=NOW - age_s, what=what, subject="vd-5001", result=result, reason=reason, because=CLONE_NEXT(), sequence=sequence
    )


def test_an_entry_that_is_no_agent_says_why():
    published = a_publication()
    entry = Rejected(entry="cn=Zoé,dc=example", reason=GONE(), login="zdurand")
    status = replace(published.status, roster=replace(published.status.roster, rejected=(entry,)))
    document = why_document(replace(published, status=status), "zoe", nothing_in_the_journal)

    assert (document.entry.login, document.entry.because.code) == ("zdurand", "gone")
