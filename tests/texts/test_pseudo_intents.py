"""Commands that give intents are translated, except for names and words of other systems."""

import re
from contextlib import closing
from pathlib import Path

import pytest

from provisioner.adapters.sql.store import SqlStore
from provisioner.ports import Changes
from tests.builders.cli import a_lonely_site
from tests.builders.desk import a_daemon
from tests.builders.directory import FixedClock
from tests.builders.pseudo import pseudo, untranslated
from tests.builders.store import a_roster
from tests.cli.test_desktop_retry import a_failing_site

NAMES = ("melun", "lyon", "pve", "vd-", "parti")
OF_OTHERS = {"GET", "nodes", "Errno", "Connection", "refused", "No", "such", "file", "or", "directory"}
CALL = {"Usage", "bascule", "check", "OPTIONS", "COMMAND", "ARGS"}
"""Words that a complaint about the command line quotes."""


@pytest.mark.long
@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("freeze", 0),
        ("thaw", 0),
        ("hold start", 0),
        ("hold end", 0),
        ("store accept", 2),
        ("store accept --yes", 0),
        ("desktop retry", 2),
        ("desktop retry vd-9", 2),
        ("desktop retry vd-5001", 2),
        ("desktop retry vd-5002", 0),
        ("desktop retry --all-failed", 0),
        ("store retire 5001", 2),
        ("store retire melun/100", 2),
        ("store retire melun/20007", 0),
        ("node cordon pve1", 0),
        ("node drain pve1", 0),
        ("node uncordon pve1", 0),
        ("node cordon pve9", 2),
        ("node cordon pve1 --cluster lyon", 2),
        ("node cordon lyon/pve1 --cluster melun", 2),
    ],
)
def test_an_order(tmp_path: Path, words: str, code: int) -> None:
    site = a_failing_site(tmp_path)

    with a_daemon(site) as at:
        ended = pseudo(*words.split(), "--config", str(site.main), BASCULE_SOCKET=str(at))

    assert ended.code == code, ended
    text = (ended.out + ended.err).replace(str(site.folder), "").replace("/freeze", "")
    assert set(untranslated(text, names=NAMES)) <= OF_OTHERS


@pytest.mark.long
@pytest.mark.parametrize("words", ["freeze", "thaw", "hold start", "hold end", "node uncordon pve1"])
def test_what_was_in_force_already_or_never(tmp_path: Path, words: str) -> None:
    site = a_lonely_site(tmp_path)
    with a_daemon(site) as at:
        ended = [pseudo(*words.split(), "--config", str(site.main), BASCULE_SOCKET=str(at)) for _ in range(2)]

    assert [end.code for end in ended] == [0, 0]
    text = "".join(end.out + end.err for end in ended).replace(f"{site.folder}/freeze", "")
    assert untranslated(text, names=NAMES) == []


def test_an_order_with_a_configuration_that_is_wrong_elsewhere(tmp_path: Path) -> None:
    site = a_lonely_site(tmp_path).change("freeze_file: freeze", "freeze_file: nowhere/freeze").append("log: {level: loud}\n")

    ended = pseudo("freeze", "--config", str(site.main))

    assert ended.code == 0
    text = (ended.out + ended.err).replace(f"{site.folder}/nowhere/freeze", "")
    assert set(untranslated(text, names=NAMES)) <= OF_OTHERS


@pytest.mark.parametrize("kept", [("parti",), ("zoé",)])
def test_who_is_forgotten_or_not_yet(tmp_path: Path, kept: tuple[str, ...]) -> None:
    site = a_lonely_site(tmp_path)
    with closing(SqlStore(f"sqlite:///{site.folder}/bascule.db", clock=FixedClock())) as store:
        store.claim()
        store.commit(Changes(roster=a_roster("parti")))
        store.commit(Changes(roster=a_roster(*kept)))

    ended = pseudo("agent", "forget", "parti", "--config", str(site.main))

    assert ended.code == (2 if "parti" in kept else 0)
    assert untranslated(re.sub(r"person-[0-9a-f]+", "", ended.out + ended.err), names=NAMES) == []


def test_an_option_before_the_command_of_a_group() -> None:
    ended = pseudo("check", "--json", "storage")

    assert ended.code == 2
    assert set(untranslated(ended.err)) <= CALL
