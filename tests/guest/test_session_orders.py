"""What the golden image's program does with an answer about its sessions, and what it says of each when it asks."""

import json
import time

import pytest

from tests.guest.test_bascule_guest import PROGRAM, Image, a_session, image
from tests.sessions.desktops import _own

__all__ = ["image"]
_orders, _events, _look, _machine = _own("orders"), _own("events"), _own("look"), _own("machine")
BOOT = "0a9c1ecf-5d8f-4b1c-9a27-3f5a0f0f8a01"
PLACE, SAID = "run/bascule/session-orders.json", "run/bascule/session-messages.json"
LOG_OFF = {"do": "log_off", "session": "c1", "user": "root", "only_disconnected": True}
SAY = {"do": "say", "session": "c1", "user": "root", "about": "maximum", "minutes": 5}


@pytest.fixture
def desktop(image: Image) -> Image:
    """One disconnected session, of an account that every machine has; loginctl and busctl note what they are called with."""
    (image.root / "proc/sys/kernel/random").mkdir(parents=True)
    image.file("proc/sys/kernel/random/boot_id", BOOT)
    has(image)
    image.command("setpriv", f'echo "$@" >> {image.root}/said')
    return image


def has(image: Image, *, connections: int = 0, user: str = "root") -> None:
    session = f"Id=c1\n{a_session(user, 'xrdp-sesman', opened_us=int(time.monotonic() * 1e6) - 100)}"
    image.shows(session, connections=connections)
    text = (image.root / "bin/loginctl").read_text()
    image.command("loginctl", f'[ "$1" != terminate-session ] || {{ echo "$2" >> {image.root}/ended; exit; }}\n{text}')


def answers(image: Image, *orders: dict[str, object], ago_s: float = 1.0, boot_id: str = BOOT) -> None:
    at_s = time.clock_gettime(time.CLOCK_BOOTTIME) - ago_s
    image.file(PLACE, json.dumps({"boot_id": boot_id, "at_s": at_s, "orders": orders}))
    done = image.run("obey")
    assert (done.returncode, done.stderr) == (0, "")


def noted(image: Image, name: str) -> list[str]:
    path = image.root / name
    return path.read_text().splitlines() if path.exists() else []


def test_a_disconnected_session_is_ended_once(desktop: Image):
    answers(desktop, LOG_OFF)
    assert desktop.run("obey").returncode == 0

    assert noted(desktop, "ended") == ["c1"]
    assert (desktop.root / PLACE).read_text() == ""


def test_whoever_has_come_back_meanwhile_stays(desktop: Image):
    has(desktop, connections=1)
    answers(desktop, LOG_OFF)

    assert noted(desktop, "ended") == []


def test_the_longest_time_holds_for_whoever_is_connected(desktop: Image):
    has(desktop, connections=1)
    answers(desktop, LOG_OFF | {"only_disconnected": False})

    assert noted(desktop, "ended") == ["c1"]


@pytest.mark.parametrize(
    ("order", "given"),
    [
        pytest.param(LOG_OFF | {"session": "c2"}, {}, id="another session"),
        pytest.param(LOG_OFF | {"user": "zoe"}, {}, id="another person has this id by now"),
        pytest.param(LOG_OFF, {"ago_s": 61.0}, id="an old answer"),
        pytest.param(LOG_OFF, {"ago_s": -3600.0}, id="an answer from the future"),
        pytest.param(LOG_OFF, {"boot_id": "0-0"}, id="of an earlier boot"),
    ],
)
def test_what_does_not_hold_any_more_is_not_done(desktop: Image, order: dict[str, object], given: dict[str, object]):
    answers(desktop, order, **given)  # type: ignore[arg-type]

    assert noted(desktop, "ended") == []


def test_an_order_that_this_image_does_not_know_is_refused(desktop: Image):
    desktop.file(
        PLACE,
        json.dumps({"boot_id": BOOT, "at_s": time.clock_gettime(time.CLOCK_BOOTTIME), "orders": [{**LOG_OFF, "do": "run"}]}),
    )

    assert desktop.run("obey").returncode == 1
    assert noted(desktop, "ended") == []


@pytest.mark.parametrize(
    ("locale", "words"),
    [
        pytest.param("LANG=fr_FR.UTF-8\n", "Votre session sera fermée dans 5 minutes", id="French"),
        pytest.param('LANG="en_GB.UTF-8"\n', "Your session will be logged off in 5 minutes", id="English"),
        pytest.param("LANG=de_DE.UTF-8\n", "Your session will be logged off in 5 minutes", id="any other"),
    ],
)
def test_a_message_is_in_the_desktops_language_with_the_persons_rights(desktop: Image, locale: str, words: str):
    desktop.file("etc/default/locale", locale)
    answers(desktop, SAY)

    (line,) = noted(desktop, "said")
    assert words in line
    assert line.startswith("--reuid=0 --regid=0 --clear-groups busctl --address=unix:path=/run/user/0/bus call")
    assert json.loads((desktop.root / SAID).read_text())["sessions"]["c1"]["maximum"][0] == 5


MARK = "0123456789abcdef"
SHOW = {"do": "show", "session": "c1", "user": "root", "mark": MARK, "text": "It is <repaired>: $(reboot)"}


def test_f22_a_line_of_the_help_desk_is_shown_once_after_the_images_own_words(desktop: Image):
    """Without markup, as an argument that no option can be made of; only its mark is kept."""
    answers(desktop, SAY, SHOW)
    answers(desktop, SHOW)

    _, line = noted(desktop, "said")
    assert "Message from the help desk: It is &lt;repaired&gt;: $(reboot)" in line
    assert line.startswith("--reuid=0 --regid=0 --clear-groups busctl")
    machine = _machine.Machine(desktop.root)
    assert _orders.texts_in(machine) == {"c1": [MARK]}
    assert _orders.said_in(machine)["c1"]["maximum"][0] == 5, "what it has warned of is kept besides"
    assert "repaired" not in (desktop.root / SAID).read_text()
    assert (desktop.root / PLACE).read_text() == ""


def test_f22_a_line_in_french_may_have_no_break_spaces(desktop: Image):
    desktop.file("etc/default/locale", "LANG=fr_FR.UTF-8\n")
    answers(desktop, SHOW | {"text": "Attention\u00a0: panne\u202f!"})

    (line,) = noted(desktop, "said")
    assert "Message de l'assistance\u00a0: Attention\u00a0: panne\u202f!" in line


@pytest.mark.parametrize(
    "other",
    [
        pytest.param({"text": "two\nlines"}, id="two lines"),
        pytest.param({"text": "x" * 201}, id="too long"),
        pytest.param({"text": ""}, id="nothing"),
        pytest.param({"text": "\u202egnorw"}, id="turned round"),
        pytest.param({"mark": "../../etc"}, id="no mark"),
    ],
)
def test_f22_what_is_no_such_line_is_not_shown(desktop: Image, other: dict[str, object]):
    at_s = time.clock_gettime(time.CLOCK_BOOTTIME)
    desktop.file(PLACE, json.dumps({"boot_id": BOOT, "at_s": at_s, "orders": [SHOW | other]}))

    assert desktop.run("obey").returncode == 1
    assert noted(desktop, "said") == []


def test_f22_what_a_session_was_shown_is_in_its_question(desktop: Image):
    answers(desktop, SHOW)
    asker = _orders.Asker.__new__(_orders.Asker)
    asker._machine = _machine.Machine(desktop.root)
    row = asker._row(_look.Session(id="c1", user="root", since_s=1.0, connected=True), None)

    assert row["texts"] == [MARK]


def test_a_message_that_was_not_shown_was_not_said(desktop: Image):
    desktop.command("setpriv", "exit 1")
    desktop.file(PLACE, json.dumps({"boot_id": BOOT, "at_s": time.clock_gettime(time.CLOCK_BOOTTIME), "orders": [SAY]}))

    assert desktop.run("obey").returncode == 1
    assert not (desktop.root / SAID).exists()


def test_messages_of_an_earlier_boot_are_not_this_ones(desktop: Image):
    desktop.file(SAID, json.dumps({"boot_id": "0-0", "sessions": {"c1": {"maximum": [5, 1.0]}}}))

    assert _orders.said_in(_machine.Machine(desktop.root)) == {}


def test_nothing_is_asked_unless_the_image_says_so(desktop: Image):
    assert not _orders.obeys(_machine.Machine(desktop.root))
    desktop.file("etc/bascule/guest.conf", (PROGRAM.parent / "guest.conf").read_text())
    assert not _orders.obeys(_machine.Machine(desktop.root))
    desktop.file("etc/bascule/guest.conf", "[sessions]\nobey = yes\n")
    assert _orders.obeys(_machine.Machine(desktop.root))


def test_since_when_a_session_is_disconnected_is_known_of_this_boot_alone():
    history = _events.History(boot_id=BOOT, secret="")

    def look(at_s: float, *, connected: bool) -> None:
        history.take([_look.Session(id="c1", user="jean", since_s=1.0, connected=connected)], now_s=at_s)

    look(10.0, connected=True)
    assert history.away_s("c1", now_s=500.0) is None
    look(100.0, connected=False)
    look(130.0, connected=False)
    assert history.away_s("c1", now_s=160.0) == 60.0
    again = _events.History.of(history.text(), BOOT)
    assert again.away_s("c1", now_s=160.0) == 60.0
    look(200.0, connected=True)
    assert history.away_s("c1", now_s=900.0) is None


@pytest.mark.long
def test_a_log_on_that_holds_the_shutdown_back_counts_as_a_connection(image: Image):
    """Else a desktop that was just given back is shut down, which is refused, and waits for minutes."""
    image.shows()
    assert image.report().connections == 0
    image.file("run/bascule-hold-17-4.taken", "17")
    assert image.report().connections == 0, "left by one that was killed"
    (image.root / "proc/17").mkdir()
    report = image.report()
    assert (report.connections, report.sessions) == (1, ())
    assert report.doubt(report.read_at)

    assert json.loads(image.run("report", "--without-holds").stdout)["connections"] == 0
    has(image)
    assert image.report().connections == 0
