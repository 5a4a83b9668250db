"""`bascule status` asks the daemon; without a daemon it shows what the store keeps, with its age, and ends with 3."""

import socket
import subprocess
import sys
from contextlib import closing
from dataclasses import replace

import pytest

from provisioner.adapters.sql.store import SqlStore
from provisioner.cli.operating.status_text import COLUMNS, LINES, status_lines
from provisioner.cli.output import plain
from provisioner.model.machines.desktops import Phase, Unheard
from provisioner.model.scenario.surges import SurgeRun, SurgeState
from provisioner.model.session_counts import SessionTotals
from provisioner.model.words import GuestWord
from provisioner.reasons.reason import as_reason
from provisioner.reasons.steps import RETRY
from provisioner.views.reasons import reason_counts, reason_documents
from provisioner.views.status import status_document
from tests.builders.actions import a_name, a_reservation
from tests.builders.api import SAME, an_api_site, serving
from tests.builders.cli import a_lonely_site, bascule
from tests.builders.cluster import NOW
from tests.builders.core import a_desktop
from tests.builders.directory import FixedClock
from tests.builders.monitors import SetClock
from tests.builders.records import a_step
from tests.builders.views import a_publication
from tests.views.test_why import FREEZE

WELL = a_publication(a_desktop(1), a_desktop(2), wanted=2, agents=2)
FAILING = a_publication(a_desktop(1), a_desktop(3, Phase.FAILED), wanted=3, agents=4, intents=(FREEZE,))
WORDS = ["no space left", "got timeout", "no quorum", "no such bridge", "permission denied", "no route", "is locked"]


def status(at, *words):
    return bascule("status", *words, "--socket", str(at))


@pytest.mark.long
def test_a_daemon_that_is_well_says_since_when_and_how_fresh(tmp_path):
    with serving(tmp_path, an_api_site(WELL)) as at:
        ended = status(at)

    assert (ended.code, ended.err) == (0, "")
    first, second, third = ended.out.splitlines()[:3]
    assert first == "daemon up for 1 min 2 s; last cycle 2 s ago; pve observed 2 s ago"
    assert second == (
        "2 of 2 wanted desktops ready; 0 open sessions (desktops counted: 2, unknown: 0, oldest reading: 1 min 2 s ago)"
    )
    assert third == "office: 2 ready"


@pytest.mark.long
def test_what_waits_for_a_person_ends_with_1(tmp_path):
    with serving(tmp_path, an_api_site(FAILING)) as at:
        ended = status(at)

    assert ended.code == 1
    assert ended.out.splitlines()[1].startswith("1 desktop has failed: `bascule desktop list` says why")
    assert "freeze ordered by zoe at " in ended.out


@pytest.mark.long
@pytest.mark.parametrize(
    ("changed", "code", "shown"),
    [
        pytest.param(
            {"differs": True, "changed": ("profiles",)}, 0, "not in force yet (profiles): `bascule config diff`", id="not read"
        ),
        pytest.param({"differs": None, "problem": reason_documents(["no YAML"])[0]}, 1, "daemon up", id="faulty"),
    ],
)
def test_a_configuration_on_disk_that_is_not_in_force(tmp_path, changed, code, shown):
    site = an_api_site(WELL, config=lambda: replace(SAME, **changed))
    with serving(tmp_path, site) as at:
        ended = status(at)

    assert ended.code == code
    assert shown in ended.out


@pytest.mark.long
def test_a_control_thread_that_hangs_ends_with_1(tmp_path):
    with serving(tmp_path, an_api_site(WELL, clock=SetClock(NOW + 300))) as at:
        ended = status(at)

    assert (ended.code, ended.err) == (1, "")
    assert "last cycle 5 min 2 s ago" in ended.out or "last cycle 5 min 0 s ago" in ended.out
    assert "the daemon lives, but its last cycle ended 5 min 0 s ago" in ended.out


@pytest.mark.long
def test_a_freeze_by_file_shows_before_the_next_cycle(tmp_path):
    config, file = tmp_path / "bascule.yaml", tmp_path / "frozen"
    config.write_text(f"freeze_file: {file}\n")
    words = ("--config", str(config))
    with serving(tmp_path, an_api_site(WELL)) as at:
        before = status(at, *words)
        file.touch()
        after, programs = status(at, *words), status(at, *words, "--json")

    assert "frozen" not in before.out
    assert f"frozen by the file {file}: nothing is written, whatever the last cycle says" in after.out.splitlines()
    assert (after.code, programs.document["freeze_file"]) == (0, str(file))


@pytest.mark.long
def test_programs_get_the_documents_in_english(tmp_path):
    with serving(tmp_path, an_api_site(FAILING)) as at:
        document = bascule("--lang", "fr", "status", "--json", "--socket", str(at)).document

    assert document.keys() == {"daemon", "config", "status", "freeze_file"}
    assert document["status"] == plain(status_document(FAILING))


@pytest.fixture
def kept(tmp_path):
    site = a_lonely_site(tmp_path, agents=3)
    with closing(SqlStore(f"sqlite:///{site.folder}/bascule.db", clock=FixedClock())) as store:
        store.claim()
        store.commit(a_step(reserved=(a_reservation(1, cluster="melun"),)))
    return site


def test_without_a_daemon_it_is_what_the_store_keeps(kept):
    ended = bascule("status", "--config", str(kept.main))

    assert (ended.code, ended.out) == (3, "1 desktop is kept in the store\n")
    assert ended.err.startswith("without the daemon (")
    assert ended.err.endswith("): what the store keeps is not the present\n")


def test_without_anything_both_faults_are_said(tmp_path):
    ended = bascule("status", "--config", str(tmp_path / "nowhere.yaml"))

    assert (ended.code, ended.out) == (3, "")
    first, second = ended.err.splitlines()
    assert first.startswith("without the daemon (")
    assert second.startswith(f"{tmp_path}/nowhere.yaml:1:1: cannot be read: ")


@pytest.mark.real
def test_a_daemon_that_is_stopped_is_noticed_within_10_s(tmp_path, kept):
    """`kill -STOP`: the socket is there, and nobody answers."""
    with socket.socket(socket.AF_UNIX) as deaf:
        deaf.bind(str(tmp_path / "api.sock"))
        deaf.listen()
        where = ("--socket", str(tmp_path / "api.sock"), "--config", str(kept.main))
        ended = bascule("status", *where, BASCULE_PATIENCE="5")

    assert ended.code == 3
    assert "1 desktop is kept in the store" in ended.out
    assert "within 5 s" in ended.err


@pytest.mark.parametrize(
    ("state", "shown"),
    [
        pytest.param(SurgeState.RUNNING, "", id="as planned"),
        pytest.param(SurgeState.PAUSED, "the surge is paused by claire (the VPN is full): nothing new is begun", id="paused"),
        pytest.param(SurgeState.PENDING, "run 3 of scenario 'confinement' is pending since", id="pending"),
        pytest.param(SurgeState.RETURNING, "run 3 of scenario 'confinement' is returning since", id="returning"),
        pytest.param(SurgeState.ENDED, "", id="over"),
    ],
)
def test_a_surge_that_does_not_run_as_planned_is_in_the_status(state, shown):
    run = SurgeRun(
        scenario="confinement", number=3, state=state, started_at=NOW, since=NOW, by="claire", reason="the VPN is full"
    )
    document = plain(status_document(replace(WELL, status=replace(WELL.status, surge=run))))

    text = " ".join(status_lines({"daemon": None, "config": None, "status": document}))

    assert (shown in text, "confinement" in text or "surge" in text) == (True, bool(shown))


@pytest.mark.parametrize(
    ("later_s", "shown"), [pytest.param(120, False, id="as usual"), pytest.param(180, True, id="its cluster does not answer")]
)
def test_figures_of_a_cluster_that_does_not_answer_say_how_old_they_are(later_s, shown):
    """F2: "60 of 60 ready" while the whole cluster was unreachable."""
    status = replace(WELL.status, at=min(view.taken_at for view in WELL.status.snapshot.clusters.values()) + later_s)
    document = plain(status_document(replace(WELL, status=status)))

    text = " ".join(status_lines({"daemon": None, "config": None, "status": document}, columns=1000))

    assert ("as it was 3 min 0 s ago" in text) is shown


def test_whatever_has_failed_it_is_20_lines_of_80_columns():
    unheard = {a_name(n): Unheard(word=list(GuestWord)[n % 9], text="no", since=NOW) for n in range(1, 60)}
    made = a_publication(*(a_desktop(n, Phase.FAILED) for n in range(1, 60)), wanted=60, agents=60, unheard=unheard)
    long = "and a very long text that does not fit into one line"
    failed = [RETRY(why=as_reason(f"clone vd-{n}: {WORDS[n % 7]} {long}"), tries=n % 5) for n in range(999)]
    counts, blocked = plain(reason_counts(failed)), plain(reason_documents(failed[:9]))
    document = {**plain(status_document(made)), "waiting": counts, "blocked": blocked}

    lines = status_lines({"daemon": None, "config": None, "status": document})

    assert len(lines) == LINES
    assert max(map(len, lines)) <= COLUMNS
    assert lines[-1].startswith("… and ")
    assert len(status_lines({"daemon": None, "config": None, "status": document}, most=1000)) > LINES


@pytest.mark.long
def test_it_starts_without_the_store_and_its_libraries(tmp_path):
    """It is asked often, and in a hurry."""
    code = (
        "import sys\nfrom provisioner.cli.app import main\ntry:\n main(['status', '--socket', sys.argv[1]])\n"
        "except SystemExit:\n pass\nprint(sorted({'sqlalchemy', 'pydantic', 'ldap3', 'fastapi'} & set(sys.modules)))"
    )
    with serving(tmp_path, an_api_site(WELL)) as at:
        ended = subprocess.run([sys.executable, "-c", code, str(at)], capture_output=True, text=True, check=True, timeout=60)

    assert ended.stdout.splitlines()[-1] == "[]"


@pytest.mark.long
def test_a_number_of_sessions_has_its_band_beside_it_and_how_many_tell_theirs_by_themselves(tmp_path):
    """F13: 160 of 744 were shown, and not that they were of a few desktops, read a quarter of an hour before."""
    figures = SessionTotals(sources={"push": 3, "guest_agent": 1, "ssh": 1})
    published = replace(WELL, status=replace(WELL.status, session_figures=figures))
    with serving(tmp_path, an_api_site(published)) as at:
        said = " ".join(status(at).out.split())

    assert "0 open sessions (desktops counted: 2, by push: 3, unknown: 0, oldest reading: 1 min 2 s ago)" in said
