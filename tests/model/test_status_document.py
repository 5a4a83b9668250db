"""A desktop's status document is accepted as a whole, or rejected with a reason."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioner.model.machines.desktops import FirstBoot, GuestReport, Session, SessionState
from provisioner.model.machines.guest_bounds import MAX_SESSIONS, MAX_STATUS_BYTES
from provisioner.model.status_document import parse_status
from tests.builders.status import a_session, a_status

NOW = 2_000.0


def read(text: str) -> GuestReport:
    return parse_status(text, read_at=NOW, source="ssh")


def test_a_whole_document_becomes_a_dated_report():
    assert read(a_status()) == GuestReport(
        read_at=NOW,
        first_boot=FirstBoot.DONE,
        logon_port_open=True,
        booted_at=1_000.0,
        ready_at=1_060.5,
        sessions=(Session(login="jdupont", state=SessionState.CONNECTED, since=1_100.0, source="ssh"),),
    )


@pytest.mark.parametrize(
    ("text", "ready", "sessions"),
    [
        pytest.param(a_status(), True, 1, id="first boot done and port open: ready"),
        pytest.param(a_status(logon_port="closed"), False, 1, id="port closed: not ready, its sessions still count"),
        pytest.param(a_status(first_boot="running", ready_at=None), False, 1, id="first boot running: not ready"),
        pytest.param(a_status(first_boot="failed"), False, 1, id="first boot failed: not ready"),
        pytest.param(a_status(sessions=[]), True, 0, id="nobody logged on"),
        pytest.param(a_status(sessions=[a_session(user="zoé.lefèvre")]), True, 1, id="a login with accents"),
        pytest.param(a_status(sessions=[a_session()] * MAX_SESSIONS), True, MAX_SESSIONS, id="as many sessions as allowed"),
        pytest.param(a_status(written_at=NOW - 15), True, 1, id="written a moment ago"),
        pytest.param(a_status(written_at=NOW + 15), True, 1, id="a clock slightly ahead"),
        pytest.param(f"\n {a_status()} \n", True, 1, id="blanks around it"),
    ],
)
def test_accepted(text, ready, sessions):
    report = read(text)

    assert (report.ready, len(report.sessions)) == (ready, sessions)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        pytest.param("", "the document is empty", id="empty"),
        pytest.param(
            "bash: bascule-report: command not found", "the document is not JSON: Expecting value", id="a shell's answer"
        ),
        pytest.param(a_status()[:-9], "the document is not JSON", id="cut short"),
        pytest.param(a_status() + a_status(), "the document is not JSON: Extra data", id="two documents"),
        pytest.param("[" * 60_000, "the document is nested too deeply", id="a tower of brackets"),
        pytest.param(" " * (MAX_STATUS_BYTES + 1), f"the document is larger than {MAX_STATUS_BYTES} bytes", id="too long"),
        pytest.param("é" * (MAX_STATUS_BYTES - 1), "the document is larger than", id="too long in bytes, not in characters"),
        pytest.param("[]", "the document is [], not an object", id="a list"),
        pytest.param('{"version": 1, "version": 1}', "a key appears twice", id="a key twice"),
        pytest.param(a_status(version=...), "version is None, not 1", id="no version"),
        pytest.param(a_status(version=2), "version is 2, not 1", id="a later version"),
        pytest.param(a_status(version=True), "version is True, not 1", id="a version of true"),
        pytest.param(a_status(sessions=...), "the document lacks sessions", id="no sessions key is not no sessions"),
        pytest.param(a_status(load=0.3), "the document has unknown keys: 'load'", id="an unknown key"),
        pytest.param(
            a_status(first_boot="finished"), "first_boot is 'finished', not one of running, done, failed", id="first boot"
        ),
        pytest.param(a_status(first_boot=["done"]), "first_boot is ['done'], not one of", id="first boot in a list"),
        pytest.param(a_status(logon_port=3389), "logon_port is 3389, not one of open, closed", id="log-on port as a number"),
        pytest.param(a_status(booted_at=None), "booted_at is None, not seconds since the epoch", id="no boot time"),
        pytest.param(a_status(booted_at=-1), "booted_at is -1, not seconds", id="a time before the epoch"),
        pytest.param(a_status(ready_at="noon"), "ready_at is 'noon', not seconds", id="a time in words"),
        pytest.param(a_status(ready_at=True), "ready_at is True, not seconds", id="a time of true"),
        pytest.param(a_status(ready_at=float("nan")), "NaN is not a JSON number", id="a time that is not a number"),
        pytest.param(a_status().replace("1060.5", "1e999"), "ready_at is inf, not seconds", id="a time beyond all numbers"),
        pytest.param(a_status().replace("1060.5", "9" * 400), "a number has 400 digits", id="a time of 400 digits"),
        pytest.param(a_status(sessions={}), "sessions is {}, not a list", id="sessions as an object"),
        pytest.param(a_status(sessions=[a_session()] * 257), "257 sessions are more than 256", id="too many sessions"),
        pytest.param(a_status(sessions=["jdupont"]), "sessions[0] is 'jdupont', not an object", id="a session as a word"),
        pytest.param(a_status(sessions=[a_session(since=...)]), "sessions[0] lacks since", id="a session without since"),
        pytest.param(
            a_status(sessions=[a_session(tty="1")]), "sessions[0] has unknown keys: 'tty'", id="an unknown session key"
        ),
        pytest.param(
            a_status(sessions=[a_session(), a_session(user="")]), "sessions[1].user is '', not a login", id="no login"
        ),
        pytest.param(
            a_status(sessions=[a_session(user="a\nb")]), "sessions[0].user is 'a\\nb', not a login", id="a line in a login"
        ),
        pytest.param(a_status(sessions=[a_session(user="x" * 257)]), "sessions[0].user is 'xxx", id="an endless login"),
        pytest.param(
            a_status(sessions=[a_session(state="idle")]), "sessions[0].state is 'idle', not one of", id="idle time is no state"
        ),
        pytest.param(a_status(written_at=NOW - 600), "written 600 s ago, more than 180 s", id="the writer has stopped"),
        pytest.param(a_status(written_at=NOW + 600), "written 600 s in the future", id="a clock far ahead"),
    ],
)
def test_refused_with_the_reason(text, reason):
    with pytest.raises(ValueError, match=r"\w") as caught:
        read(text)

    assert reason in str(caught.value)
    assert len(str(caught.value)) < 250, "a hostile document must not fill the log"


@pytest.mark.long
@given(st.text(max_size=200) | st.recursive(st.none() | st.booleans() | st.floats() | st.text(), st.lists).map(str))
def test_arbitrary_text_is_refused_never_a_crash(text):
    with pytest.raises(ValueError, match=r"\w"):
        read(text)


@pytest.mark.long
@given(
    st.dictionaries(
        st.sampled_from(sorted(["booted_at", "first_boot", "ready_at", "sessions", "version"])), st.integers() | st.text()
    )
)
def test_arbitrary_values_give_a_report_or_a_reason(changes):
    outcome = report_or_reason(a_status(**changes))

    assert outcome


def report_or_reason(text: str) -> GuestReport | str:
    try:
        return read(text)
    except ValueError as refused:
        return str(refused)
