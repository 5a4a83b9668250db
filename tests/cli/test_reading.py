"""Commands that show a document of the daemon: its words, its age, and nothing that only looks like them."""

import signal
import subprocess
import sys
from dataclasses import replace

import pytest

from provisioner.adapters.memory_store import MemoryStore
from provisioner.cli.output import plain
from provisioner.model.machines.desktops import Phase
from provisioner.views.resources import RESOURCES
from tests.builders.api import an_api_site, serving
from tests.builders.cli import a_lonely_site, bascule, keep
from tests.builders.cluster import NOW
from tests.builders.core import a_desktop
from tests.builders.monitors import SetClock
from tests.builders.records import a_step
from tests.builders.store import an_outcome
from tests.builders.views import a_publication

PUBLISHED = a_publication(a_desktop(1), a_desktop(2, Phase.STOPPED), wanted=3, agents=3)
ASKED = {"report plan": "plan", "desktop list": "desktops", "agent list": "agents", "node list": "nodes"}


def asked(tmp_path, *words, site=None):
    with serving(tmp_path, site or an_api_site(PUBLISHED)) as at:
        return bascule(*words, "--socket", str(at))


@pytest.mark.long
@pytest.mark.parametrize(
    ("command", "shown"),
    [
        pytest.param("report plan", ["ordered: 1 × clone, 1 × start"], id="plan"),
        pytest.param("desktop list", ["vd-5001  pve/5001  login0001  n1  ready", "vd-5002"], id="desktops"),
        pytest.param("agent list", ["login0003", "its clone comes next"], id="agents"),
        pytest.param("node list", ["pve/n1  online"], id="node list"),
    ],
)
def test_it_is_what_the_daemon_says(tmp_path, command, shown):
    ended = asked(tmp_path, *command.split())

    assert (ended.code, ended.err) == (0, "")
    said = [" ".join(line.split()) for line in ended.out.splitlines()]
    for words in shown:
        assert any(" ".join(words.split()) in line for line in said), ended.out


@pytest.mark.long
@pytest.mark.parametrize(("command", "resource"), ASKED.items())
def test_programs_get_the_very_document_in_english(tmp_path, command, resource):
    ended = asked(tmp_path, "--lang", "fr", *command.split(), "--json")

    assert (ended.code, ended.document) == (0, plain(RESOURCES[resource](PUBLISHED)))


@pytest.mark.parametrize("command", ASKED)
def test_without_a_daemon_it_is_one_message_that_says_what_to_do(tmp_path, command):
    at = tmp_path / "api.sock"

    ended = bascule(*command.split(), "--socket", str(at))

    assert (ended.code, ended.out) == (3, "")
    assert ended.err == (
        f"no daemon answers at {at}: No such file or directory: start it, or compute this here with `--offline`\n"
    )


@pytest.mark.long
@pytest.mark.parametrize("command", ASKED)
def test_a_daemon_that_hangs_is_not_believed_in_silence(tmp_path, command):
    ended = asked(tmp_path, *command.split(), site=an_api_site(PUBLISHED, clock=SetClock(NOW + 300)))

    assert ended.code == 1
    assert ended.err.startswith("the daemon lives, but its last cycle ended 5 min 0 s ago")


@pytest.mark.long
def test_the_journal_is_the_daemons(tmp_path):
    store = MemoryStore()
    store.claim()
    store.commit(a_step(outcomes=(an_outcome(2002, action="delete"),)))
    site = an_api_site(PUBLISHED, journal=lambda lines, subject: store.journal(limit=lines, subject=subject))

    ended = asked(tmp_path, "report", "journal", "--desktop", "vd-2002", site=site)
    of_nobody = asked(tmp_path, "report", "journal", "--desktop", "vd-5001", site=site)
    misspelt = asked(tmp_path, "report", "journal", "--desktop", "nope", site=site)

    assert (ended.code, ended.err, "delete" in ended.out) == (0, "", True)
    assert (of_nobody.code, of_nobody.out) == (0, "nothing has been ordered yet for vd-5001\n")
    assert (misspelt.code, misspelt.err) == (2, "there is no desktop nope, and the journal has no line about it\n")


@pytest.mark.long
def test_without_a_daemon_the_journal_is_the_stores_and_says_how_old(tmp_path):
    site = a_lonely_site(tmp_path)
    keep(site, a_step(outcomes=(an_outcome(2002, action="delete"),)))

    ended = bascule("report", "journal", "--config", str(site.main))

    assert (ended.code, "delete" in ended.out) == (3, True)
    assert ended.err.startswith("without the daemon (no daemon is known that has this configuration")
    assert "the last line of the store's journal is " in ended.err


@pytest.mark.long
@pytest.mark.parametrize("command", ["report plan", "desktop list", "agent list", "report journal", "status"])
def test_it_starts_without_the_store_and_its_libraries(tmp_path, command):
    code = (
        "import sys\nfrom provisioner.cli.app import main\ntry:\n main(sys.argv[1:])\n"
        "except SystemExit:\n pass\nprint(sorted({'sqlalchemy', 'pydantic', 'ldap3', 'fastapi', 'yaml'} & set(sys.modules)))"
    )
    with serving(tmp_path, an_api_site(PUBLISHED)) as at:
        words = [sys.executable, "-c", code, *command.split(), "--socket", str(at)]
        ended = subprocess.run(words, capture_output=True, text=True, check=True, timeout=60)

    assert ended.stdout.splitlines()[-1] == "[]"


@pytest.mark.real
def test_it_is_shown_again_until_ctrl_c(tmp_path):
    program = [sys.executable, "-c", "from provisioner.cli.entry import main; main()"]
    with serving(tmp_path, an_api_site(PUBLISHED)) as at:
        words = [*program, "desktop", "list", "--watch", "1s", "--socket", str(at)]
        with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
            lines = [process.stdout.readline() for _ in range(6)]
            process.send_signal(signal.SIGINT)
            _, err = process.communicate(timeout=30)

    assert [line.split()[0] for line in lines] == ["desktop", "vd-5001", "vd-5002"] * 2
    assert (process.returncode, err) == (130, "")


@pytest.mark.long
@pytest.mark.parametrize("every", ["0", "0.5", "often", "inf", "nan"])
def test_an_interval_is_a_second_at_least(tmp_path, every):
    ended = asked(tmp_path, "desktop", "list", "--watch", every)

    assert ended.code == 2
    assert "must be a number of seconds, 1 at least" in ended.said


@pytest.mark.long
def test_a_daemon_without_a_cycle_says_so(tmp_path):
    ended = asked(tmp_path, "desktop", "list", site=replace(an_api_site()))

    assert (ended.code, ended.out) == (3, "")
    assert len(ended.err.splitlines()) == 1
