"""B8: the journal names the system account behind an intent; `--by` adds words and never replaces the account."""

import os
import pwd
import re
from pathlib import Path

import pytest

import provisioner
from provisioner.api.peers import Peer
from provisioner.daemon import operators
from provisioner.daemon.operators import caller_before, describe_operator, operator, peer_name
from tests.builders.cli import a_lonely_site, journal_of
from tests.builders.desk import ordered, orders_in

ACCOUNT = pwd.getpwuid(os.getuid()).pw_name
OTHER = next(user for user in pwd.getpwall() if user.pw_uid not in (0, os.getuid()))

OWN = describe_operator(os.getuid(), (operators._logged_on(),))
"""The user who runs the tests may have logged on under another account."""


@pytest.fixture
def site(tmp_path):
    return a_lonely_site(tmp_path)


def who_ordered(site, *words, **environment):
    ended = ordered(site, *words, **environment)
    assert ended.code == 0, ended.err
    lines = [line["reason"] for line in journal_of(site.main) if line["what"] == "hold"]
    return [intent.by for intent in orders_in(site)], lines


@pytest.mark.long
def test_by_adds_words_to_the_account(site):
    """B8: anybody could have given a hold "by claire"."""
    given, lines = who_ordered(site, "hold", "start", "--by", "claire", "--reason", "test")
    _, all_lines = who_ordered(site, "hold", "end", "--by", "the night shift")

    assert given == [f"{OWN} (claire)"]
    assert lines == [f"by {OWN} (claire): test"]
    assert all_lines[0] == f"by {OWN} (the night shift)"


@pytest.mark.long
def test_neither_a_variable_of_ones_own_nor_another_login_name_is_believed(site):
    """B8: Python's getuser reads LOGNAME and USER, which any user can set."""
    given, _ = who_ordered(site, "hold", "start", LOGNAME="director", USER="director")

    assert given == [OWN]


def test_sudo_says_who_became_somebody_else():
    """B8: for a freeze file: beside the account that gave it, so that a forged variable hides no account."""
    who = OWN if " as " in OWN else f"{OTHER.pw_name} as {ACCOUNT}"
    sudo = {"SUDO_UID": str(OTHER.pw_uid), "SUDO_USER": "made-up"}

    assert operator("claire", environment=sudo) == f"{who} (claire)"


@pytest.mark.long
def test_no_words_pass_for_an_account(site):
    """B8: words in parentheses of their own would end the parentheses that they stand in."""
    given, _ = who_ordered(site, "hold", "start", "--by", "x) and claire as root (y")

    assert given == [f"{OWN} (x and claire as root y)"]


@pytest.mark.long
@pytest.mark.parametrize("variable", ["SUDO_UID", "BASCULE_CALLER"])
def test_root_and_the_daemons_account_may_say_for_whom_they_order(site, variable):
    """N8: the journal said `bascule` for all that root ordered through the role's wrapper."""
    given, _ = who_ordered(site, "hold", "start", **{variable: str(OTHER.pw_uid)})

    assert given == [OWN if " as " in OWN else f"{OTHER.pw_name} as {ACCOUNT}"]


@pytest.mark.parametrize(
    ("uid", "said", "who"),
    [
        pytest.param(os.getuid(), OTHER.pw_uid, f"{OTHER.pw_name} as {ACCOUNT}", id="the daemon's own account is believed"),
        pytest.param(0, OTHER.pw_uid, f"{OTHER.pw_name} as root", id="root is believed"),
        pytest.param(OTHER.pw_uid, 0, OTHER.pw_name, id="nobody else is: whoever may set a variable is not whom it names"),
        pytest.param(0, "director", "root", id="a word is no account"),
    ],
)
def test_the_daemon_believes_a_variable_of_accounts_that_could_write_the_journal_themselves(uid, said, who):
    """B8, N8: the account of the process is the kernel's word."""
    nobody = 2**22 + 1  # no process has this number

    assert peer_name(Peer(pid=nobody, uid=uid, groups=frozenset()), str(said)) == who


def test_the_wrapper_goes_before_sudo():
    """N8: it is the wrapper that has changed the account last."""
    sudo = {"SUDO_UID": "4711", "BASCULE_CALLER": str(OTHER.pw_uid)}

    assert (caller_before(sudo), caller_before({"SUDO_UID": "4711"}), caller_before({})) == (str(OTHER.pw_uid), "4711", "")


@pytest.mark.parametrize(
    ("before", "who"),
    [
        pytest.param((None, None), "root", id="nobody has become anybody"),
        pytest.param((OTHER.pw_uid, None), f"{OTHER.pw_name} as root", id="who logged on, and became root by su"),
        pytest.param((OTHER.pw_uid, 4711), f"{OTHER.pw_name} as root", id="the kernel's word goes before sudo's"),
        pytest.param((0, OTHER.pw_uid), f"{OTHER.pw_name} as root", id="root's own log-on, and sudo"),
        pytest.param((None, 4_000_000_000), "uid 4000000000 as root", id="an account that is not there any more"),
    ],
)
def test_the_best_witness_says_who_it_was(before, who):
    """B8: first the log-on, then sudo's variable, then the account."""
    assert describe_operator(0, before) == who


@pytest.mark.parametrize("said", ["", "director", "-1", "4294967295", "²", "1e3", "9" * 5000])
def test_a_made_up_number_is_no_witness(said):
    """B8: treated as if sudo had set nothing."""
    assert operator(environment={"SUDO_UID": said}) == OWN


def test_no_command_writes_an_order_by_words_alone():
    """B8: also for future commands: `give` and `withdraw` put the account before the words."""
    sources = Path(provisioner.__file__).parent.rglob("*.py")
    raw = [path.name for path in sources if re.search(r"Intent\([^)]*by=by\b", path.read_text())]

    assert raw == []
