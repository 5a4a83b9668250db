"""The same format for Bascule's lines and those of libraries, on a stream that may break."""

import io
import json
import logging
import re
import warnings
from collections.abc import Iterator

import pytest
import structlog

from provisioner.adapters.logs.messages import LineLevel, LogLine
from provisioner.adapters.logs.structured import LIBRARIES, StructuredLog, configure, write_line
from provisioner.model.machines.desktops import Phase
from provisioner.model.machines.ownership import NoteKey
from provisioner.reasons.phases import STOPPING
from provisioner.reasons.targets import HOLD
from tests.builders.monitors import a_desktop, a_status


@pytest.fixture(autouse=True)
def logging_as_it_was() -> Iterator[None]:
    """Logging belongs to the process: restore the setup of pytest and others."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    levels = {name: logging.getLogger(name).level for name in LIBRARIES}
    yield
    logging.captureWarnings(False)
    structlog.reset_defaults()
    root.handlers[:], root.level = handlers, level
    for name, before in levels.items():
        logging.getLogger(name).setLevel(before)


def logging_to(stream: io.StringIO, *, format: str = "json", level: str = "info") -> StructuredLog:
    configure(format=format, level=level, stream=stream)
    return StructuredLog()


def objects(stream: io.StringIO) -> list[dict[str, str]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_line_in_json_has_time_level_subject_and_event():
    log = logging_to(stream := io.StringIO())
    log.status(a_status(desktops=[a_desktop(42, Phase.STARTING)]))
    log.status(a_status(desktops=[a_desktop(42, Phase.READY)]))
    line = objects(stream)[1]

    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z", line.pop("timestamp"))
    assert line == {
        "level": "info",
        "subject": "desktop vd-42",
        "event": "desktop vd-42: phase changed from 'starting' to 'ready'",
    }


def test_the_codes_of_a_reason_stand_beside_it():
    log = logging_to(stream := io.StringIO())
    log.notice("desktop vd-42", STOPPING(why=HOLD()))
    assert objects(stream)[0]["code"] == "stopping hold"

    log = logging_to(stream := io.StringIO(), format="console")
    log.notice("desktop vd-42", STOPPING(why=HOLD()))
    assert stream.getvalue().endswith(f" desktop vd-42: {STOPPING(why=HOLD())} [stopping hold]\n")


def test_a_line_on_a_console_is_a_sentence():
    log = logging_to(stream := io.StringIO(), format="console")
    log.notice("cluster pve", "paused: no quorum")

    assert re.fullmatch(r"\S+Z warning  cluster pve: paused: no quorum\n", stream.getvalue())


@pytest.mark.parametrize(
    ("level", "said"),
    [
        pytest.param("debug", ["debug", "info", "warning", "error"], id="debug: everything"),
        pytest.param("info", ["info", "warning", "error"], id="info: no debug lines"),
        pytest.param("warning", ["warning", "error"], id="warning: what matters"),
        pytest.param("error", ["error"], id="error: the worst"),
    ],
)
def test_the_level_is_the_least_that_passes(level: str, said: list[str]):
    logging_to(stream := io.StringIO(), level=level)
    for level in LineLevel:
        write_line(LogLine(subject="x", text="y", level=level))

    assert [line["level"] for line in objects(stream)] == said


def test_an_unknown_format_is_refused():
    with pytest.raises(ValueError, match="log format 'xml': json or console"):
        configure(format="xml", level="info", stream=io.StringIO())


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("level", ["debug", "info"])
def test_libraries_are_heard_from_warnings_upward_only(library: str, level: str):
    logging_to(stream := io.StringIO(), level=level)
    logger = logging.getLogger(f"{library}.inner")
    logger.debug("Authorization: PVEAPIToken=root@pam!x=secret")
    logger.info("bind as cn=reader with password secret")
    logger.warning("connection lost, %d left", 3)
    (line,) = objects(stream)

    assert (line["subject"], line["event"], line["level"]) == (
        f"library {library}",
        f"library {library}: connection lost, 3 left",
        "warning",
    )


def test_a_traceback_of_a_library_stays_on_one_line():
    logging_to(stream := io.StringIO(), format="console")
    try:
        raise RuntimeError("broken")
    except RuntimeError:
        logging.getLogger("apscheduler.executors").exception("job failed")

    (line,) = stream.getvalue().splitlines()
    assert "library apscheduler: job failed | Traceback" in line
    assert "RuntimeError: broken" in line


def test_our_own_modules_are_the_daemon():
    logging_to(stream := io.StringIO())
    logging.getLogger("monitors.server").error("a page could not be made")

    assert [line["event"] for line in objects(stream)] == ["daemon: a page could not be made"]


def test_warnings_go_to_the_log():
    logging_to(stream := io.StringIO())
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.warn("old and tired", UserWarning, stacklevel=1)

    assert "old and tired" in objects(stream)[0]["event"]


@pytest.mark.parametrize("format", ["json", "console"])
def test_a_line_break_in_somebody_elses_text_forges_no_line(format: str):
    logging_to(stream := io.StringIO(), format=format)
    write_line(LogLine(subject="desktop vd-1", text="clone failed: x\n2020 error cluster pve: \x1b[31mall deleted\x00"))

    (line,) = stream.getvalue().splitlines()
    assert "\x1b" not in line
    assert "x␤2020 error cluster pve: �[31mall deleted�" in line


def test_accents_stay_readable():
    logging_to(stream := io.StringIO())
    write_line(LogLine(subject="operator", text="freeze ordered by Zoé"))

    assert "Zoé" in stream.getvalue()


class FullDisk(io.StringIO):
    """A stream that accepts no more bytes."""

    def write(self, text: str) -> int:
        raise OSError(28, "No space left on device")


@pytest.mark.parametrize(
    "stream", [pytest.param(FullDisk(), id="a full disk"), pytest.param(io.StringIO(), id="a closed pipe")]
)
def test_a_stream_that_takes_nothing_stops_nothing(stream: io.StringIO):
    log = logging_to(stream)
    if not isinstance(stream, FullDisk):
        stream.close()
    log.notice("cluster pve", "paused: no quorum")
    logging.getLogger("paramiko").error("x")


def test_configuring_again_replaces_the_stream():
    logging_to(first := io.StringIO())
    logging_to(second := io.StringIO(), format="console")
    write_line(LogLine(subject="a", text="b"))
    logging.getLogger("paramiko").error("c")

    assert first.getvalue() == ""
    assert len(second.getvalue().splitlines()) == 2


def test_a_signing_key_does_not_show_itself():
    logging_to(stream := io.StringIO())
    write_line(LogLine(subject="store", text=f"{NoteKey(installation='cd77', secret=b'do-not-tell')}"))

    assert "do-not-tell" not in stream.getvalue()
