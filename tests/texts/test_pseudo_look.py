"""Commands that only show something are translated, except for names, logins, values and words of other systems."""

import itertools
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import get_args

import pytest

from provisioner.adapters.sql.store import SqlStore
from provisioner.cli.document_rows import AGENT_COLUMNS, DESKTOP_COLUMNS, NODE_COLUMNS, journal_row
from provisioner.cli.operating.status_text import status_lines
from provisioner.cli.output import plain, print_table, say
from provisioner.cli.reason_lines import print_reasons
from provisioner.cli.report.drift import show_comparison
from provisioner.cli.report.plan import show_plan
from provisioner.daemon.drift import Comparison
from provisioner.demo.people import demo_people
from provisioner.model.actions import Action, Result, Retired
from provisioner.model.departures import Departure
from provisioner.model.guard import GuardRecord, HeldInput, Quarantine
from provisioner.model.ids import AgentId
from provisioner.model.intents import IntentKind
from provisioner.model.machines.desktops import Phase, Unheard
from provisioner.model.machines.drift import Difference, DifferenceKind
from provisioner.model.people.agents import Rejected
from provisioner.model.status import Status
from provisioner.model.words import GuestWord, JournalWord
from provisioner.ports import JournalEntry
from provisioner.reasons.directory import WOULD_LEAVE
from provisioner.reasons.drift import RENAMED
from provisioner.reasons.phases import CLONE_ORDERED, CLONED, DELETING, RESERVED, STARTING, STOPPED
from provisioner.reasons.reason import NONE
from provisioner.reasons.requests import FOREIGN
from provisioner.reasons.steps import BOOTS
from provisioner.views.journal import journal_document
from provisioner.views.published import Published
from provisioner.views.status import status_document
from tests.builders.actions import a_key, a_name, a_reservation, an_agent_id
from tests.builders.cli import a_lonely_site
from tests.builders.cluster import NOW, a_node, a_view
from tests.builders.core import a_desktop, a_report, a_roster, a_session, a_want_ahead, an_order
from tests.builders.directory import FixedClock
from tests.builders.pseudo import pseudo, untranslated
from tests.builders.records import a_step
from tests.builders.settings import Site
from tests.builders.store import an_outcome
from tests.builders.views import agent_rows, desktop_rows, document_of, node_rows
from tests.cli.test_document_rows import a_status

OF_OTHERS = {"GET", "cluster", "resources", "nodes", "Errno", "Connection", "refused", "No", "such", "file", "or", "directory"}
"""Words of the hypervisor and of the operating system."""
NAMES = (
    *("melun", "standard", "everyone", "zoe", "office", "pve", "vd-", "login", "agent-", "Agent", "n1", "n2", "n3", "ghost"),
    *("gave up after 5 tries: no", "the test wants a desktop for", "'unknown'"),
    *(name for person in demo_people(3) for name in (person.given_name, person.surname, person.login)),
)

PLAIN = (CLONE_ORDERED, CLONED, DELETING, RESERVED, STARTING, STOPPED)
"""Kinds without arguments."""
LEVELS = {"debug", "info", "warning", "error"}


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """Three agents, a store with one desktop, and a cluster that does not answer."""
    site = a_lonely_site(tmp_path)
    outcomes = (an_outcome(5001, reason=BOOTS(node="n1", limit=3)), an_outcome(2002, action="delete"))
    with closing(SqlStore(f"sqlite:///{site.folder}/bascule.db", clock=FixedClock())) as store:
        store.claim()
        store.commit(a_step(reserved=(a_reservation(1),), outcomes=outcomes))
    return site


@pytest.mark.parametrize(
    ("words", "code"),
    [
        pytest.param("report plan", 3, id="plan"),
        pytest.param("report plan --offline", 3, id="plan, computed here"),
        pytest.param("report plan --offline --all", 3, id="plan: all lines"),
        pytest.param("status", 3, id="status"),
        pytest.param("status --offline", 3, id="status, computed here"),
        pytest.param("desktop list --offline", 3, id="desktops"),
        pytest.param("agent list --offline", 3, id="agents"),
        pytest.param("node list --offline", 3, id="node list"),
        pytest.param("report drift", 3, id="drift"),
        pytest.param("report journal --desktop vd-2002", 3, id="journal"),
        pytest.param("report journal --offline", 0, id="journal, of the store"),
        pytest.param("report journal --desktop vd-5009", 2, id="journal: no such desktop"),
        pytest.param("agent who person-0", 1, id="agent who: nobody"),
        pytest.param("agent forget ghost", 2, id="agent forget: nobody"),
    ],
)
def test_a_command_that_looks(site: Site, words: str, code: int) -> None:
    ended = pseudo(*words.split(), "--config", str(site.main))

    assert ended.code == code, ended
    assert _left_over(site, ended.out + ended.err) <= {"person"}


def _left_over(site: Site, text: str) -> set[str]:
    """The untranslated words, without names of the site and words of other systems."""
    return set(untranslated(text.replace(str(site.folder), ""), names=NAMES)) - OF_OTHERS


def test_a_status_of_the_store_alone(site: Site) -> None:
    site.append("budgt: {}\n").append("log: {level: loud}\n")

    ended = pseudo("status", "--offline", "--config", str(site.main))

    assert ended.code == 2
    assert _left_over(site, ended.out + ended.err) <= LEVELS | {"bascule", "yaml", "budgt", "budget", "log", "level"}


def _failing() -> Status:
    """All complaints of `status` at once."""
    waiting = [a_desktop(1, Phase.FAILED), a_desktop(2, Phase.FAILED), a_desktop(3, Phase.UNKNOWN), a_desktop(4)]
    unheard = {a_name(4): Unheard(word=GuestWord.NO_FILE, text="zoe", since=NOW - 50)}
    rejected = Rejected(entry="zoe", reason=BOOTS(node="n1", limit=3), same_as=(AgentId("zoe"),))
    status = a_status(*waiting, wanted=3, ahead=[a_want_ahead(5)], unheard=unheard, baseline_accepted=False)
    held = Quarantine(since=NOW, read_at=NOW, reason=WOULD_LEAVE(count=1, of=2), leavers=1, joiners=0)
    desktops = {**status.desktops}
    desktops[a_name(4)] = replace(
        desktops[a_name(4)], reservation=replace(a_reservation(4), noted_as=(an_agent_id(9),)), unknown_since=NOW - 200_000
    )
    return replace(
        status,
        roster=replace(a_roster(3), rejected=(rejected,)),
        desktops=desktops,
        guard=GuardRecord(quarantine=held),
        plan=replace(status.plan, leftovers=(Retired(key=a_key(9), reason=FOREIGN(vmid=9), at=NOW),)),
        blocked=(BOOTS(node="n1", limit=3),),
    )


def _leaving() -> Status:
    gone = Departure(since=NOW - 100_000)
    desktops = [
        a_desktop(1).but(report=a_report(sessions=(a_session("zoe"),))),
        a_desktop(2, Phase.STOPPED, agent_id=an_agent_id(1)),
        a_desktop(7, Phase.STOPPED).but(departure=gone),
        a_desktop(8, Phase.STOPPED).but(departure=replace(gone, since=NOW - 9_000_000)),
        a_desktop(3, Phase.STOPPED),
    ]
    view = a_view(nodes=(a_node("n1"), a_node("n2", maintenance=True), a_node("n3", online=False)))
    orders = (an_order(IntentKind.DRAIN, "n1", reason="zoe"), an_order(IntentKind.HOLD))
    superseded = {a_name(2): a_name(1)}
    return a_status(*desktops, wanted=2, ahead=[a_want_ahead(3)], view=view, intents=orders, superseded=superseded)


def _tables(status: Status) -> None:
    print_table("", AGENT_COLUMNS, agent_rows(status))
    print_table("", DESKTOP_COLUMNS, desktop_rows(status).values())
    print_table("", NODE_COLUMNS, node_rows(status))


STATUSES = [
    pytest.param(_failing(), id="what waits for a person"),
    pytest.param(_leaving(), id="leavers, closed nodes, made ahead"),
    pytest.param(a_status(a_desktop(1), wanted=2), id="a clone next"),
]


@pytest.mark.usefixtures("catalogue")
@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("of", list(HeldInput))
def test_a_status_in_every_detail(status: Status, of: HeldInput, capsys: pytest.CaptureFixture[str]) -> None:
    if (held := status.guard.quarantine) is not None:
        status = replace(status, guard=GuardRecord(quarantine=replace(held, of=of)))

    for line in status_lines({"daemon": None, "config": None, "status": plain(status_document(Published(status=status)))}):
        say(line)
    for acted in (True, False):
        show_plan(document_of("plan", status), acted=acted, all_lines=True)
    _tables(status)

    assert untranslated(capsys.readouterr().out, names=NAMES) == []


@pytest.mark.usefixtures("catalogue")
@pytest.mark.parametrize("kind", list(DifferenceKind))
def test_a_comparison(kind: DifferenceKind, capsys: pytest.CaptureFixture[str]) -> None:
    difference = Difference(kind=kind, subject="vd-5001", key=a_key(1), seen=RENAMED(name="zoe"))
    show_comparison(Comparison(differences=(difference,), unseen={}, unread={}, notes_read=1))
    show_comparison(Comparison(differences=(), unseen={}, unread={}, notes_read=0))

    assert untranslated(capsys.readouterr().out, names=NAMES) == []


@pytest.mark.usefixtures("catalogue")
def test_the_words_of_the_journal() -> None:
    """The store keeps words as text."""
    whats = [*(action.word for action in get_args(Action)), *JournalWord, *IntentKind]
    pairs = itertools.zip_longest(map(str, whats), map(str, [*Result, *JournalWord]), fillvalue="done")
    entries = (JournalEntry(at=NOW, what=what, subject="", result=end, reason=NONE) for what, end in pairs)
    rows = [journal_row(line) for line in plain(journal_document(entries))["lines"]]

    assert untranslated(" ".join(f"{row[1]} {row[3]}" for row in rows)) == []


@pytest.mark.usefixtures("catalogue")
def test_many_reasons(capsys: pytest.CaptureFixture[str]) -> None:
    reasons = [BOOTS(node=f"n{number % 3 + 1}", limit=3) for number in range(9)] + [kind() for kind in PLAIN]

    print_reasons("", reasons)

    assert untranslated(capsys.readouterr().out, names=NAMES) == []
