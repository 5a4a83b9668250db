"""Orders go to the daemon: by whom, refused without one, and only after somebody has seen whom they concern."""

import io
import json
import socket as sockets
import subprocess
import sys
import threading

import pytest

from provisioner.api.callers import Role
from provisioner.cli import ordering
from provisioner.cli.daemon_client import DaemonSilent
from provisioner.cli.documents import DESKTOPS
from provisioner.errors import BasculeError
from provisioner.model.intents import IntentKind
from provisioner.model.machines.desktops import Phase
from provisioner.reasons.commands import DAEMON_AWAY, DAEMON_DEAF
from tests.builders.api import an_api_site, serving, taken
from tests.builders.cli import a_lonely_site, bascule, files_of, ordered_by
from tests.builders.core import a_desktop, a_report, a_session
from tests.builders.desk import a_daemon, orders_in
from tests.builders.patience import FUSE_S
from tests.builders.views import a_publication

ORDERS = [
    "hold start", "hold end", "hold start --for 2h", "store accept --yes", "node cordon pve1", "node drain pve1 --yes",
    "node uncordon pve1",
    "store retire melun/20007", "desktop retry vd-5001", "desktop retry --all-failed", "desktop reconfigure vd-5001",
    "desktop reconfigure --all-stopped", "directory accept --until 2h --by claire --yes", "directory rekey --yes --by claire",
    "directory distinct x --yes --by claire",
]  # fmt: skip
IN_USE = a_desktop(1).but(report=a_report(sessions=(a_session("login0001"),)))
SITE = a_publication(IN_USE, a_desktop(3), a_desktop(5, Phase.UNKNOWN), a_desktop(7, Phase.STOPPED), wanted=7, agents=7)
CONCERNED = "3 desktops run on node n1 (1 with an open session, 1 without, 1 of which it is not known)"


@pytest.mark.parametrize("words", ORDERS)
def test_without_a_daemon_nothing_is_ordered_and_nothing_is_written(tmp_path, words):
    site = a_lonely_site(tmp_path)
    before = files_of(tmp_path)

    ended = bascule(*words.split(), "--config", str(site.main))

    assert (ended.code, ended.out) == (3, "")
    (said,) = ended.err.splitlines()
    assert said.startswith("nothing was ordered: no daemon is known that has this configuration")
    assert files_of(tmp_path) == before


@pytest.mark.long
@pytest.mark.parametrize("words", [words for words in ORDERS if not words.startswith("directory")])
def test_an_order_loads_neither_the_store_nor_its_libraries(tmp_path, words):
    code = (
        "import sys\nfrom provisioner.cli.app import main\ntry:\n main(sys.argv[1:])\n"
        "except SystemExit:\n pass\nprint(sorted({'sqlalchemy', 'ldap3', 'fastapi'} & set(sys.modules)))"
    )
    with serving(tmp_path, an_api_site(SITE)) as at:
        ended = subprocess.run(
            [sys.executable, "-c", code, *words.split(), "--socket", str(at)],
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
            stdin=subprocess.DEVNULL,
        )

    assert ended.stdout.splitlines()[-1] == "[]"


@pytest.mark.long
def test_programs_get_the_orders_in_force(tmp_path):
    site = a_lonely_site(tmp_path)
    with a_daemon(site) as at:
        ended = bascule("--lang", "fr", "hold", "start", "--by", "marie", "--reason", "audit", "--json", BASCULE_SOCKET=str(at))

    (order,) = ended.document["intents"]
    assert (order["kind"], order["by"], order["reason"]) == ("hold", ordered_by("marie"), "audit")


class Terminal(io.StringIO):
    """Somebody who types these lines."""

    def isatty(self):
        return True


@pytest.mark.long
@pytest.mark.parametrize(
    ("stdin", "words", "code", "count"),
    [
        pytest.param(Terminal("y\n"), (), 0, 1, id="yes"),
        pytest.param(Terminal("n\n"), (), 1, 0, id="no"),
        pytest.param(io.StringIO("y\n"), (), 2, 0, id="nobody to ask"),
        pytest.param(io.StringIO(), ("--yes",), 0, 1, id="not asked"),
    ],
)
def test_a_drain_says_first_how_many_people_it_concerns(tmp_path, monkeypatch, stdin, words, code, count):
    orders = []

    def order(given):
        orders.append(given)
        return taken(given)

    monkeypatch.setattr(sys, "stdin", stdin)
    with serving(tmp_path, an_api_site(SITE, order=order)) as at:
        ended = bascule("node", "drain", "n1", *words, "--socket", str(at))

    assert (ended.code, [given.kind for given in orders]) == (code, [IntentKind.DRAIN] * count)
    assert (CONCERNED in ended.err) == (not words)


@pytest.mark.long
def test_an_empty_node_is_drained_without_a_question(tmp_path):
    with serving(tmp_path, an_api_site(SITE)) as at:
        ended = bascule("node", "drain", "n9", "--socket", str(at))

    assert (ended.code, ended.err) == (0, "")


@pytest.mark.long
def test_a_baseline_is_accepted_by_somebody_who_knows_who_would_lose_a_desktop(tmp_path):
    site = a_lonely_site(tmp_path)
    with a_daemon(site) as at:
        ended = bascule("store", "accept", BASCULE_SOCKET=str(at))

    assert ended.code == 2
    assert ended.err.startswith("0 of 0 desktops are of people who have left, and may be shut down and deleted (")
    assert orders_in(site) == []


@pytest.mark.long
def test_who_may_not_order_is_told_so(tmp_path):
    with serving(tmp_path, an_api_site(SITE), role=Role.VIEWER) as at:
        ended = bascule("hold", "start", "--socket", str(at))

    assert (ended.code, ended.out) == (3, "")
    assert "operator" in ended.err or "helpdesk" in ended.err


@pytest.mark.real
def test_an_order_without_an_answer_may_still_be_carried_out_and_that_is_said(tmp_path):
    """The daemon says that it lives, and is stopped before it has taken the order."""
    at = tmp_path / "api.sock"
    alive = json.dumps({"now": "2027-01-15T08:00:00.000Z", "cycle_age_s": 1.0, "cycle_within_s": 120.0})
    with sockets.socket(sockets.AF_UNIX) as listening:
        listening.bind(str(at))
        listening.listen()

        def answer_once():
            connection, _ = listening.accept()
            with connection:
                connection.recv(4096)
                connection.sendall(f"HTTP/1.1 200 OK\r\nContent-Length: {len(alive)}\r\n\r\n{alive}".encode())

        server = threading.Thread(target=answer_once, daemon=True)
        server.start()
        ended = bascule("hold", "start", "--socket", str(at), BASCULE_PATIENCE="5")
        server.join(FUSE_S)

    assert (ended.code, ended.out) == (3, "")
    assert ended.err.startswith(f"the daemon has not confirmed the order (the daemon at {at} does not answer within 5 s)")


@pytest.mark.parametrize(
    ("silent", "patience", "asked"),
    [
        pytest.param(DAEMON_DEAF(path="/x", within_s=5.0), 3, 3, id="busy: asked again"),
        pytest.param(DAEMON_DEAF(path="/x", within_s=5.0), 1, 1, id="busy, and somebody waits at a terminal"),
        pytest.param(DAEMON_AWAY(path="/x", said="refused"), 3, 1, id="it has ended"),
    ],
)
def test_only_a_busy_daemon_is_asked_again(monkeypatch, silent, patience, asked):
    questions = []

    def nobody(_, resource):
        questions.append(resource)
        raise DaemonSilent(silent)

    monkeypatch.setattr(ordering, "ask_daemon", nobody)
    with pytest.raises(BasculeError, match="nothing was ordered"):
        ordering.Desk(at=None, patience=patience).ask(DESKTOPS)

    assert questions == [DESKTOPS] * asked
