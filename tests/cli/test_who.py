"""B8: the journal says who ordered it by what the system knows; `--by` adds words, and takes no other's place."""

import os
import pwd
from contextlib import closing

import pytest

from provisioner.adapters.sql.store import SqlStore
from tests.builders.cli import a_lonely_site, bascule
from tests.builders.directory import FixedClock

OWN = pwd.getpwuid(os.getuid()).pw_name
OTHER = next(one for one in pwd.getpwall() if one.pw_uid not in (0, os.getuid()))


@pytest.fixture
def site(tmp_path):
    return a_lonely_site(tmp_path)


def who_ordered(site, *words, **environment):
    ended = bascule(*words, "--config", str(site.main), **environment)
    assert ended.code == 0, ended.err
    with closing(SqlStore(f"sqlite:///{site.folder}/bascule.db", clock=FixedClock())) as store:
        return [intent.by for intent in store.intents()], [line.reason for line in store.journal()]


@pytest.mark.xfail(strict=True, raises=AssertionError)
def test_what_somebody_says_of_himself_adds_words(site):
    """B8: a freeze "by claire" was anybody's."""
    given, lines = who_ordered(site, "freeze", "--by", "claire", "--reason", "test")
    _, all_lines = who_ordered(site, "thaw", "--by", "the night shift")

    assert given == [f"{OWN} (claire)"]
    assert lines == [f"by {OWN} (claire): test"]
    assert all_lines[0] == f"by {OWN} (the night shift)"


@pytest.mark.xfail(strict=True, raises=AssertionError)
def test_neither_a_variable_of_ones_own_nor_another_login_name_is_believed(site):
    """B8: Python's getuser reads LOGNAME and USER, which everybody sets as they like."""
    given, _ = who_ordered(site, "hold", LOGNAME="director", USER="director")

    assert given == [OWN]


@pytest.mark.xfail(strict=True, raises=AssertionError)
def test_sudo_says_who_became_somebody_else(site):
    """B8: with the account that it was ordered as, so that a made-up variable hides nobody."""
    sudo = {"SUDO_UID": str(OTHER.pw_uid), "SUDO_USER": "made-up"}
    given, _ = who_ordered(site, "hold", "--by", "claire", **sudo)

    assert given == [f"{OTHER.pw_name} as {OWN} (claire)"]
