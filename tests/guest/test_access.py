"""G8: an agent's login has changed: what the program that applied first boot does, run as it is below a root of its own."""

import json
from pathlib import Path

import pytest

from tests.builders.patience import comes
from tests.guest.test_first_boot import ALL, HASH, JOIN, PROGRAM, READS, Desktop, desktop
from tests.servers.nspawn import guest

__all__ = ["desktop"]
HOME = {"home": "files.example.org:/homes/jmartin", "home_options": "sec=krb5"}


def hears(desktop: Desktop, **data: str) -> tuple[str, list[str]]:
    """Somebody may log on: what is said on standard error, and what is called."""
    before = len(desktop.done)
    (desktop.root / "run/bascule/access.json").write_text(json.dumps(data))
    return desktop.starts(), desktop.done[before:]


@pytest.fixture
def set_up(desktop: Desktop) -> Desktop:
    """With a first boot behind it: it is in its domain, and the site's hook has run."""
    desktop.command("adcli", READS)
    assert desktop.gets(**ALL, **JOIN) == ""
    desktop.command("systemd-escape", "echo home-jmartin")
    return desktop


def test_g8_the_new_login_may_log_on_and_the_earlier_one_may_not(set_up: Desktop):
    said, done = hears(set_up, login="jmartin", account="directory", **HOME)

    assert (said, set_up.text("etc/bascule/allowed")) == ("", "jmartin\n")
    assert done == [
        "systemd-escape --path /home/jmartin",
        "systemctl daemon-reload",
        "systemctl enable --now home-jmartin.automount",
    ]
    assert "What=files.example.org:/homes/jmartin\nWhere=/home/jmartin\n" in set_up.text(
        "etc/systemd/system/home-jmartin.mount"
    )
    assert set_up.state == {"state": "done", "why": ""}
    assert set_up.text("run/bascule/access.json") == ""
    assert [path.name for path in (set_up.root / "etc/bascule").iterdir()] == ["allowed"]


def test_g8_where_the_login_is_somebody_elses_now_nobody_may_log_on_until_another_answer(set_up: Desktop):
    assert hears(set_up, allow="nobody") == ("", [])
    assert (set_up.text("etc/bascule/allowed"), set_up.state["state"]) == ("", "done")

    said, _ = hears(set_up, login="jmartin", account="directory")
    assert (said, set_up.text("etc/bascule/allowed")) == ("", "jmartin\n")


def test_g8_a_local_account_is_made_for_it_and_the_earlier_one_stays(set_up: Desktop):
    said, done = hears(set_up, login="jmartin", account="one_time", password_hash=HASH)

    assert (said, set_up.text("etc/bascule/allowed")) == ("", "jmartin\n")
    assert done == [
        "useradd --badname --create-home --shell /bin/bash jmartin",
        "chpasswd --encrypted",
        f"jmartin:{HASH}",
        "chage --lastday 0 jmartin",
    ]
    assert "jdupont:x:1000" in set_up.text("etc/passwd")


@pytest.mark.parametrize(
    ("data", "why"),
    [
        ({"login": "backup", "account": "local"}, "account: the login is an account of the image itself"),
        ({"login": "backup", "account": "directory"}, "access: the login is an account of the image itself"),
        ({"login": "nobody", "account": "local"}, "account: the login is an account of the image itself"),
        ({"login": "nobody", "account": "directory"}, "access: the login is an account of the image itself"),
        ({"login": "-rf /", "account": "local"}, "account: the login cannot be an account's name"),
        ({"login": "a\nroot", "account": "directory"}, "access: the login is not one line"),
        ({"login": "jmartin", "account": "one_time"}, "account: the site gave no one-time password for it"),
    ],
)
def test_g8_what_cannot_be_applied_is_said_and_leaves_all_as_it_was(set_up: Desktop, data: dict[str, str], why: str):
    """First boot stays done: else Bascule would give its agent another desktop."""
    said, done = hears(set_up, **data)

    assert (said, done) == (f"bascule-first-boot: {why}\n", [])
    assert (set_up.text("etc/bascule/allowed"), set_up.state["state"]) == ("jdupont\n", "done")


def test_g8_an_account_that_was_renamed_by_hand_is_taken(set_up: Desktop):
    """`usermod --login jmartin jdupont`: with its password and its files."""
    for file in ("etc/passwd", "etc/shadow"):
        (set_up.root / file).write_text(set_up.text(file).replace("jdupont:", "jmartin:"))

    said, done = hears(set_up, login="jmartin", account="one_time", password_hash=HASH)

    assert (said, done, set_up.text("etc/bascule/allowed")) == ("", [], "jmartin\n")


def test_g8_nothing_laid_out_changes_nothing(set_up: Desktop):
    before = set_up.done

    assert hears(set_up) == ("", [])
    assert (set_up.done, set_up.text("etc/bascule/allowed")) == (before, "jdupont\n")


def test_g8_it_is_readable_for_pam_and_never_half_written(set_up: Desktop):
    path = set_up.root / "etc/bascule/allowed"
    before = path.stat().st_ino

    hears(set_up, login="jmartin", account="directory")

    assert (path.stat().st_mode & 0o777, path.stat().st_ino != before) == (0o644, True)


@pytest.mark.guest
def test_g8_a_real_systemd_starts_it_for_each_answer(tmp_path: Path):
    """First-boot data, then two changes of login, as bascule-guest lays them out; the accounts are useradd's own."""
    with guest(tmp_path) as machine:
        machine.put("/usr/local/bin/bascule-first-boot", PROGRAM.read_text())
        for unit in ("bascule-first-boot.service", "bascule-first-boot.path"):
            machine.put(f"/etc/systemd/system/{unit}", (PROGRAM.parent / unit).read_text())
        machine.says("mkdir", "-p", "/run/bascule")
        machine.says("systemctl", "daemon-reload")
        machine.says("systemctl", "start", "bascule-first-boot.path")

        for file, login in (("first-boot", "jdupont"), ("access", "jmartin"), ("access", "jpetit")):
            answer = json.dumps({"login": login, "account": "local"})
            machine.says("sh", "-c", f"cd /run/bascule && echo '{answer}' > .new && mv .new {file}.json")

            def is_allowed(wanted: str = login) -> bool:
                return machine.run("cat", "/etc/bascule/allowed").stdout == f"{wanted}\n"

            assert comes(is_allowed), machine.says("journalctl", "-u", "bascule-first-boot.service", "--no-pager")
            assert comes(lambda: machine.run("systemctl", "is-active", "bascule-first-boot.service").stdout == "inactive\n")
            assert machine.says("id", "-un", login) == login
