"""`bascule why`: the daemon's own answer; without a daemon what the store keeps, labelled, with its age."""

import socket
import subprocess
import sys
from contextlib import closing, nullcontext

import pytest

from provisioner.adapters.sql.store import SqlStore
from provisioner.api.callers import Role
from provisioner.cli.output import plain
from provisioner.cli.why.command import lines_of
from provisioner.cli.why.seat import seat_lines
from provisioner.model.ids import DesktopName, WaveName
from provisioner.model.intents import Intent, IntentKind
from provisioner.model.machines.desktops import Attempts, Phase
from provisioner.model.people.profiles import Selection
from provisioner.model.scenario.scenarios import Wave
from provisioner.views.why.document import why_document
from tests.builders.actions import a_reservation
from tests.builders.api import an_api_site, serving
from tests.builders.cli import a_lonely_site, bascule
from tests.builders.cluster import NOW, a_view
from tests.builders.core import a_desktop, a_roster
from tests.builders.directory import FixedClock
from tests.builders.pseudo import speaking_pseudo, untranslated
from tests.builders.records import a_step
from tests.builders.views import a_publication
from tests.views.test_why import FREEZE, FULL, a_line, nothing_in_the_journal, sites
from tests.views.test_why_places import EVERYONE, LATE, a_given_drain, with_reason

NOBODY = Wave(name=WaveName("nobody"), who=Selection(groups=frozenset({"no such group"})))
SITE = a_publication(
    a_desktop(1), a_desktop(3, Phase.FAILED), wanted=3, agents=4, waves=[EVERYONE, LATE, NOBODY], intents=(FREEZE,)
)


@pytest.fixture(scope="module")
def daemon(tmp_path_factory):
    with serving(tmp_path_factory.mktemp("api"), an_api_site(SITE)) as at:
        yield at


def why(at, *words):
    return bascule("why", *words, "--socket", str(at))


@pytest.mark.long
@pytest.mark.parametrize(
    ("words", "shown"),
    [
        pytest.param(["LOGIN0001"], "Agent 1 (login0001), wave 'everyone'", id="an agent"),
        pytest.param(["agent", "1"], "desktop vd-5001: VM pve/5001 on node n1, profile office", id="words without quotes"),
        pytest.param(["vd-5003"], "failed since 2027-01-15", id="a desktop"),
        pytest.param(["n1"], "node pve/n1: online", id="a node"),
        pytest.param(["everyone"], "wave 'everyone' of scenario 'surge': 1 of 3 wanted desktops ready", id="a wave"),
    ],
)
def test_one_match_is_explained_from_the_daemons_last_cycle(daemon, words, shown):
    ended = why(daemon, *words)

    assert (ended.code, ended.err) == (0, "")
    assert shown in ended.out
    assert ended.out.splitlines()[-2].startswith("by the cycle that ended ")


def test_several_matches_are_listed(daemon):
    ended = why(daemon, "login")

    assert ended.code == 2
    assert ended.out.splitlines() == [
        "'login' is a part of 4 names:",
        *(f"  agent login000{n} (Agent {n})" for n in range(1, 5)),
    ]


def test_nothing_matches_and_a_name_like_it_is_proposed(daemon):
    ended = why(daemon, "logni0001")

    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith("nothing matches 'logni0001': did you mean login0001")


def test_a_wave_of_a_group_that_is_not_there_is_not_fine(daemon):
    """It was "0 of 0 wanted desktop ready", with exit code 0."""
    ended = why(daemon, "nobody")

    assert ended.code == 2
    assert " ".join(ended.out.split()).startswith("wave 'nobody' of scenario 'surge' has nobody who is to have a desktop: it ")
    assert "`bascule check` names a group or a login that is not there" in " ".join(ended.out.split())


def test_something_has_to_be_asked(daemon):
    ended = why(daemon)

    assert ended.code == 2
    assert "Missing argument 'AGENT|DESKTOP|NODE|WAVE|POOL'" in ended.said


def test_programs_get_the_daemons_document(daemon):
    document = why(daemon, "login0001", "--json").document

    assert document == plain(why_document(SITE, "login0001", nothing_in_the_journal))


def test_the_daemon_is_asked_in_the_language_of_the_command(daemon):
    ended = bascule("--lang", "fr", "why", "login0001", "--socket", str(daemon))

    assert "poste vd-5001 : VM pve/5001 sur le nœud n1, profil office" in ended.out.replace("\u00a0", " ")
    assert "prêt depuis 2027-01-15" in ended.out
    assert "premier démarrage terminé et port de connexion ouvert" in " ".join(ended.out.split())


@pytest.mark.long
def test_whoever_may_not_ask_is_refused(tmp_path):
    with serving(tmp_path, an_api_site(SITE), role=Role.BOARD) as at:
        ended = why(at, "login0001")

    assert (ended.code, ended.out, ended.err) == (3, "", "zoe has the role board, and this is for the role viewer\n")


@pytest.mark.long
def test_a_daemon_that_has_just_started_says_so(tmp_path):
    with serving(tmp_path, an_api_site()) as at:
        ended = why(at, "login0001")

    assert (ended.code, ended.out) == (3, "")
    assert ended.err.startswith("no cycle has ended yet")


@pytest.fixture
def kept(tmp_path):
    """A store of a daemon that is not there: three agents, a desktop of the first that failed, a freeze and a drain."""
    site = a_lonely_site(tmp_path, agents=3)
    with closing(SqlStore(f"sqlite:///{site.folder}/bascule.db", clock=FixedClock())) as store:
        store.claim()
        roster = a_roster(2)
        reservation = a_reservation(1, cluster="melun")
        failed = Attempts(count=2, reason=FULL, retry_at=2e9)
        store.commit(a_step({}, reserved=(reservation,), roster=roster, attempts={reservation.name: failed}))
        store.give(Intent(kind=IntentKind.FREEZE, by="zoe", at=NOW, reason="the lights flicker"))
    return site


@pytest.mark.long
def test_without_a_daemon_it_is_what_the_store_keeps_and_how_old_that_is(kept):
    ended = bascule("why", "login0001", "--config", str(kept.main))

    said = " ".join(ended.out.split())
    assert ended.code == 3
    assert "Agent 1 (login0001)" in said
    assert "its phase is not known without the daemon" in said
    assert "freeze ordered by zoe" in said
    assert ended.err.startswith("without the daemon (no daemon is known that has this configuration")
    assert "this is what the store keeps, last written " in ended.err


def test_the_stores_document_gives_no_reason_that_is_not_kept(kept):
    document = bascule("why", "login0001", "--json", "--config", str(kept.main)).document

    seat = document["seat"]
    assert (document["source"], seat["desktop"], seat["target"], seat["held_by"], seat["ordered"]) == (
        "store",
        None,
        None,
        [],
        [],
    )
    assert (seat["kept"]["name"], seat["last_error"]["because"]["code"]) == ("vd-5001", "storage")


@pytest.mark.long
@pytest.mark.parametrize(
    ("of", "shown"),
    [
        pytest.param("login0002", "no desktop", id="an agent without a desktop"),
        pytest.param("melun/n1", "node melun/n1: its state is not known without the daemon 1 desktop was made", id="a node"),
    ],
)
def test_the_store_knows_people_and_the_nodes_of_desktops(kept, of, shown):
    assert shown in " ".join(bascule("why", of, "--config", str(kept.main)).out.split())


@pytest.mark.long
def test_the_store_proposes_names_too(kept):
    ended = bascule("why", "logni0002", "--config", str(kept.main))

    assert (ended.code, ended.out) == (3, ""), "the daemon may know more"
    assert "did you mean login0002" in ended.err
    assert "asked of the store alone: no daemon" in ended.err


@pytest.mark.real
@pytest.mark.parametrize("listening", [True, False])
def test_a_daemon_that_does_not_answer_is_no_daemon(kept, listening):
    """It waits for the answer in real time."""
    at = kept.folder / "api.sock"
    with closing(socket.socket(socket.AF_UNIX)) as deaf:
        deaf.bind(str(at))
        if listening:
            deaf.listen()
        ended = bascule("why", "login0001", "--config", str(kept.main), "--socket", str(at), BASCULE_PATIENCE="1")

    assert ended.code == 3
    assert ("does not answer within 1 s" if listening else "Connection refused") in ended.err
    assert "Agent 1 (login0001)" in ended.out


@pytest.mark.long
@pytest.mark.parametrize("said", ["soon", "0", "-1", "1e3", "٣", "100000"])
def test_how_long_it_waits_is_whole_seconds(daemon, said):
    ended = bascule("why", "login0001", "--socket", str(daemon), BASCULE_PATIENCE=said)

    assert (ended.code, ended.out) == (2, "")
    assert ended.err == f"BASCULE_PATIENCE is '{said}', and has to be whole seconds, from 1 to 999\n"


@pytest.mark.long
def test_it_loads_no_large_library_before_it_asks(daemon):
    program = (
        "import sys\nfrom provisioner.cli.app import main\n"
        "try:\n    main(sys.argv[1:])\nexcept SystemExit:\n    pass\nprint(*sys.modules, file=sys.stderr)"
    )
    words = ["why", "login0001", "--socket", str(daemon)]
    ended = subprocess.run([sys.executable, "-c", program, *words], capture_output=True, text=True, timeout=60, check=True)

    assert "vd-5001" in ended.stdout
    assert not {"sqlalchemy", "pydantic", "ldap3", "fastapi", "proxmoxer", "provisioner.planning", "rich.markdown"} & set(
        ended.stderr.split()
    )


NAMES = (
    "the test wants a desktop for", "gave up after 5 tries: no", "login000", "login", "Agent", "vd-", "pve", "office",
    "everyone", "surge", "zoe", "memory", "local", "GiB", "MiB", " min",
)  # fmt: skip
"""The same in every language, or made up by the builders."""


def everything():
    """Documents of all kinds, with the names that no language translates."""
    for case in sites():
        published, _ = case.values
        of = "vd-5007" if DesktopName("vd-5007") in published.status.desktops else "login0001"
        yield pytest.param(published, of, nothing_in_the_journal, id=case.id)
    lines = [a_line(0, "start", "retry" if number % 2 else "done", age_s=number * 60.0) for number in range(40)]
    yield pytest.param(SITE, "login0001", lambda _: lines, id="a long day")
    full = with_reason(SITE, FULL, left=-1.0)
    yield pytest.param(full, "n1", lambda _: [a_given_drain()], id="a node that is short")
    yield pytest.param(SITE, "everyone", nothing_in_the_journal, id="a wave")
    yield pytest.param(SITE, "login", nothing_in_the_journal, id="several")


@pytest.mark.parametrize(("published", "of", "journal"), list(everything()))
def test_it_fits_into_a_terminal(published, of, journal):
    lines = list(lines_of(plain(why_document(published, of, journal)), NOW + 3))

    assert max(map(len, lines)) <= 80
    assert len(lines) <= 20


DEAD = a_publication(a_desktop(1, Phase.SILENT), wanted=1)


@pytest.mark.parametrize("speaking", [nullcontext, speaking_pseudo])
@pytest.mark.parametrize(
    ("published", "of", "journal"),
    [*everything(), pytest.param(DEAD, "login0001", nothing_in_the_journal, id="a dead guest agent")],
)
def test_k4_who_has_to_act_and_how_is_in_the_text_as_in_the_document(published, of, journal, speaking):
    """K4: the text of a desktop with a dead guest agent had its reason once, and so left out what to do."""
    with speaking():
        document = plain(why_document(published, of, journal))
        said = " ".join(" ".join(lines_of(document, NOW + 3)).split())

    acts = [hold["act"]["text"] for hold in (document["seat"] or {"held_by": ()})["held_by"] if hold["act"] is not None]
    assert [act for act in acts if " ".join(act.split()) not in said] == []


def test_k4_a_desktop_that_answers_nothing_says_what_to_do():
    document = plain(why_document(DEAD, "login0001", nothing_in_the_journal))

    said = " ".join(" ".join(lines_of(document, NOW + 3)).split())
    assert "to do: see whether its person can log on; if not, `bascule desktop restart`" in said


@pytest.mark.parametrize(("published", "of", "journal"), list(everything()))
def test_every_text_of_it_is_translated(published, of, journal):
    with speaking_pseudo():
        lines = list(lines_of(plain(why_document(published, of, journal)), NOW + 3))

    assert untranslated(" ".join(" ".join(lines).split()), names=NAMES) == []


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        pytest.param("push", "(last report 12 s before, pushed by the desktop)", id="push"),
        pytest.param("guest_agent", "(last report 12 s before, read by the guest agent)", id="guest agent"),
        pytest.param("ssh", "(last report 12 s before, read over SSH)", id="ssh"),
        pytest.param("report", "(last report 12 s before, by push or reading)", id="not kept"),
        pytest.param(None, "(last report 12 s before)", id="unknown"),
    ],
)
def test_sessions_are_shown_with_age_and_way_of_the_report(source, shown):
    document = plain(why_document(SITE, "login0001", nothing_in_the_journal))
    document["seat"]["desktop"]["session"] |= {"age_s": 12.0, "source": source}

    assert any(line.endswith(shown) for line in seat_lines(document["seat"], document["at"]))


def test_of_a_cluster_that_does_not_answer_what_a_desktop_was_is_not_what_it_is():
    away = a_publication(a_desktop(1), wanted=1, view=a_view(taken_at=NOW - 1800))
    document = plain(why_document(away, "vd-5001", nothing_in_the_journal))

    lines = list(seat_lines(document["seat"], document["at"]))

    assert [line for line in lines if line.startswith("its cluster was seen last at ") and line.endswith(": ready then")]
    assert not [line for line in lines if line.startswith("ready since")]
