"""F14: on a served twin, with all as a site has it: what went wrong in a surge is in its report, with its times."""

import json
import signal
from collections.abc import Iterator
from contextlib import closing

import pytest

from provisioner.adapters.sql.store import SqlStore
from provisioner.cli.times import instant
from provisioner.reasons.reason import Reason
from tests.builders.store import StillClock
from tests.e2e.switch import Switch

pytestmark = pytest.mark.real

AGENTS = 3


@pytest.fixture(scope="module")
def switch(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Switch]:
    with Switch(tmp_path_factory.mktemp("night"), agents=AGENTS, scale=60) as switch:
        switch.start()
        assert switch.wait_for(lambda truth: truth["ready"] == AGENTS)["ready"] == AGENTS
        yield switch


def journal(switch: Switch, what: str) -> list[tuple[str, str | None]]:
    """Results and codes, oldest first, out of the store: a command takes seconds."""
    with closing(SqlStore(f"sqlite:///{switch.folder}/bascule.db", clock=StillClock())) as store:
        return [(line.result, _code(line.reason)) for line in reversed(list(store.journal(limit=1000))) if line.what == what]


def _code(reason: Reason) -> str:
    what = reason.arguments.get("what")
    return what.code if isinstance(what, Reason) else reason.code


def test_the_directory_and_the_daemon_are_in_the_report(switch: Switch) -> None:
    assert switch.daemon is not None
    (people,) = switch.folder.glob("*.ldif")
    was = people.read_text(encoding="utf-8")
    people.write_text("no directory", encoding="utf-8")
    switch.daemon.send_signal(signal.SIGHUP)
    assert switch.comes(lambda: ("began", "directory_unread") in journal(switch, "wrong"))

    switch.stop()
    switch.start()
    assert switch.comes(lambda: ("started", "daemon_back") in journal(switch, "daemon")), switch.log()[-2000:]
    people.write_text(was, encoding="utf-8")
    switch.daemon.send_signal(signal.SIGHUP)
    assert switch.comes(lambda: ("over", "directory_unread") in journal(switch, "wrong"))
    switch.kill()
    switch.start()
    assert switch.comes(lambda: ("started", "daemon_back_killed") in journal(switch, "daemon"))

    report = json.loads(switch.bascule("report", "surge", "--json").stdout)
    events = {event["what"]["code"]: event for event in report["timeline"]}
    directory = events["directory_unread"]
    assert [result for result, code in journal(switch, "wrong") if code == "directory_unread"] == ["began", "over"]
    assert instant(directory["until"]) - instant(directory["at"]) > 60.0
    for gap in ("report_daemon_absent", "report_daemon_silent"):
        assert events[gap]["until"] > events[gap]["at"]
    assert str(people) not in directory["what"]["text"], "words of another system are not for everybody"
