"""The program that applies first-boot data, run as it is below a root of its own."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = Path(__file__).parents[2] / "config" / "guest" / "bascule-first-boot"
HASH = "$y$j9T$abcdefgh$0123456789"
ALL = {
    "login": "jdupont",
    "account": "one_time",
    "password_hash": HASH,
    "home": "files.example.org:/homes/jdupont",
    "home_options": "sec=krb5",
    "timezone": "Europe/Paris",
    "locale": "fr_FR.UTF-8",
    "hook": "#!/bin/sh\necho hook for $BASCULE_LOGIN >> $CALLS\n",
}
COMMANDS = {
    "useradd": 'for login; do :; done; echo "$login:x:1000:1000::/home/$login:/bin/bash" >> $ROOT/etc/passwd; '
    'echo "$login:!:20000:0:99999:7:::" >> $ROOT/etc/shadow',
    "chpasswd": 'read given; echo "$given" >> $CALLS; sed -i "s/:!:/:set:/" $ROOT/etc/shadow',
    "chage": "",
    "locale": "echo C.utf8; echo fr_FR.utf8",
    "systemctl": "",
    "systemd-escape": "echo home-jdupont",
}


class Desktop:
    """A directory that stands for a desktop, with stand-ins for the commands that change a real one."""

    def __init__(self, root: Path) -> None:
        self.root, self.calls = root, root / "calls"
        for folder in ("bin", "run/bascule", "etc", "usr/share/zoneinfo/Europe", "var/lib/bascule"):
            (root / folder).mkdir(parents=True)
        (root / "usr/share/zoneinfo/Europe/Paris").touch()
        (root / "etc/passwd").write_text(
            "root:x:0:0:root:/root:/bin/bash\nbackup:x:34:34::/var/backups:/usr/sbin/nologin\n"
            "nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n"
        )
        (root / "etc/shadow").write_text("root:*:20000:0:99999:7:::\n")
        for name, script in COMMANDS.items():
            self.command(name, script)

    def command(self, name: str, script: str) -> None:
        path = self.root / "bin" / name
        path.write_text(f'#!/bin/sh\necho "{name} $*" >> $CALLS\n{script}\n')
        path.chmod(0o755)

    def gets(self, **data: str) -> str:
        """The data come, and are applied; returns what it says on standard error."""
        (self.root / "run/bascule/first-boot.json").write_text(json.dumps(data))
        return self.starts()

    def starts(self) -> str:
        environment = {"PATH": f"{self.root / 'bin'}:/usr/bin:/bin", "CALLS": str(self.calls), "ROOT": str(self.root)}
        command = [sys.executable, "-IB", str(PROGRAM), "--root", str(self.root)]
        return subprocess.run(command, check=False, capture_output=True, text=True, env=environment, timeout=20).stderr

    def text(self, path: str) -> str:
        return (self.root / path).read_text()

    @property
    def state(self) -> dict[str, str]:
        return dict(json.loads(self.text("var/lib/bascule/first-boot-data")))

    @property
    def done(self) -> list[str]:
        return self.calls.read_text().splitlines() if self.calls.exists() else []


@pytest.fixture
def desktop(tmp_path: Path) -> Desktop:
    return Desktop(tmp_path)


def test_everything_is_applied_once_and_nothing_secret_stays(desktop: Desktop):
    assert desktop.gets(**ALL) == ""

    assert desktop.state == {"state": "done", "why": ""}
    assert (desktop.root / "etc/localtime").readlink() == Path("../usr/share/zoneinfo/Europe/Paris")
    assert desktop.text("etc/default/locale") == desktop.text("etc/locale.conf") == "LANG=fr_FR.UTF-8\n"
    assert desktop.text("etc/bascule/allowed") == "jdupont\n"
    assert "What=files.example.org:/homes/jdupont\nWhere=/home/jdupont\nType=nfs\nOptions=_netdev,sec=krb5\n" in desktop.text(
        "etc/systemd/system/home-jdupont.mount"
    )
    assert desktop.done == [
        "locale -a",
        "useradd --badname --create-home --shell /bin/bash jdupont",
        "chpasswd --encrypted",
        f"jdupont:{HASH}",
        "chage --lastday 0 jdupont",
        "systemd-escape --path /home/jdupont",
        "systemctl daemon-reload",
        "systemctl enable --now home-jdupont.automount",
        "hook for jdupont",
    ]
    assert desktop.text("run/bascule/first-boot.json") == ""
    kept = [path for path in desktop.root.rglob("*") if path.is_file() and path != desktop.calls]
    assert not any(HASH in path.read_text() for path in kept)


def test_a_second_time_nothing_is_made_again_and_a_password_that_was_changed_stays(desktop: Desktop):
    desktop.gets(**ALL)
    before = len(desktop.done)

    desktop.gets(**ALL)

    assert desktop.state["state"] == "done"
    assert [line.split()[0] for line in desktop.done[before:]] == ["locale", "systemd-escape", "systemctl", "systemctl", "hook"]


def test_after_a_failure_it_says_why_without_the_login_and_goes_on_at_the_next_boot(desktop: Desktop):
    said = desktop.gets(**ALL | {"hook": "#!/bin/sh\necho no licence for $BASCULE_LOGIN >&2\nexit 3\n"})

    assert desktop.state == {"state": "failed", "why": "hook: first-boot-hook ended with 3: no licence for <login>"}
    assert said == "bascule-first-boot: hook: first-boot-hook ended with 3: no licence for <login>\n"
    desktop.gets(**ALL)
    assert desktop.state == {"state": "done", "why": ""}


@pytest.mark.parametrize(
    ("data", "why"),
    [
        ({"timezone": "Europe/Atlantis"}, "time zone: this image does not know 'Europe/Atlantis' (package tzdata)"),
        ({"timezone": "../../etc/shadow"}, "time zone: this image does not know '../../etc/shadow' (package tzdata)"),
        ({"locale": "br_FR.UTF-8"}, "locale: this image has no locale 'br_FR.UTF-8' (locale-gen)"),
        ({"login": "root", "account": "local"}, "account: the login is an account of the image itself"),
        ({"login": "backup", "account": "one_time"}, "account: the login is an account of the image itself"),
        ({"login": "backup", "account": "directory"}, "access: the login is an account of the image itself"),
        ({"login": "-rf /", "account": "local"}, "account: the login cannot be an account's name"),
        ({"login": "../x", "home": "f:/h"}, "home: the login cannot be a folder's name"),
        ({"login": "a\nroot"}, "access: the login is not one line"),
        ({"login": "jdupont", "account": "one_time"}, "account: the site gave no one-time password for it"),
    ],
)
def test_what_cannot_be_applied_is_said(desktop: Desktop, data, why):
    desktop.gets(**data)

    assert desktop.state == {"state": "failed", "why": why}


def test_a_desktop_that_is_nobodys_alone_is_left_open_to_whom_its_image_lets_in(desktop: Desktop):
    desktop.gets(account="local", timezone="Europe/Paris")

    assert desktop.state["state"] == "done"
    assert not (desktop.root / "etc/bascule/allowed").exists()


def test_emptied_data_are_not_applied_again(desktop: Desktop):
    desktop.gets(**ALL)
    before = desktop.done

    assert desktop.starts() == ""
    assert desktop.done == before


JOIN = {
    "realm": "DEP.EXAMPLE",
    "controller": "dc1.dep.example",
    "computer": "VD-20003",
    "host_name": "vd-20003.vd.dep.example",
    "join_password": "Aa1-one-time",
}
READS = 'read -r given; echo "given $given" >> $CALLS'


def test_it_joins_its_domain_before_anything_of_its_agent(desktop: Desktop):
    desktop.command("adcli", READS)
    (desktop.root / "etc/sssd").mkdir()
    (desktop.root / "etc/krb5.keytab").write_text("of an account that is gone")

    assert desktop.gets(**ALL, **JOIN) == ""

    joined, given, *then = desktop.done[1:]
    assert joined == (
        "adcli join --domain=dep.example --domain-realm=DEP.EXAMPLE --domain-controller=dc1.dep.example "
        "--computer-name=VD-20003 --host-fqdn=vd-20003.vd.dep.example --login-type=computer --stdin-password "
        f"--host-keytab={desktop.root}/etc/krb5.keytab"
    )
    assert given == "given Aa1-one-time"
    assert then[:3] == [
        "systemctl enable sssd.service",
        "systemctl restart sssd.service",
        "useradd --badname --create-home --shell /bin/bash jdupont",
    ]
    assert not (desktop.root / "etc/krb5.keytab").exists()
    assert "ad_hostname = vd-20003.vd.dep.example\nkrb5_realm = DEP.EXAMPLE\n" in desktop.text("etc/sssd/sssd.conf")
    assert (desktop.root / "etc/sssd/sssd.conf").stat().st_mode & 0o777 == 0o600
    kept = [path for path in desktop.root.rglob("*") if path.is_file() and path != desktop.calls]
    assert not any(JOIN["join_password"] in path.read_text() for path in kept)


def test_an_image_without_sssd_joins_and_one_with_its_own_configuration_keeps_it(desktop: Desktop):
    desktop.command("adcli", READS)
    desktop.gets(**JOIN)
    assert not (desktop.root / "etc/sssd").exists()

    (desktop.root / "etc/sssd").mkdir()
    (desktop.root / "etc/sssd/sssd.conf").write_text("[sssd]\n# the site's\n")
    desktop.gets(**JOIN)
    assert desktop.text("etc/sssd/sssd.conf") == "[sssd]\n# the site's\n"


def test_a_join_that_is_refused_fails_first_boot_in_its_own_words(desktop: Desktop):
    desktop.command("adcli", 'echo "adcli: couldn\'t connect to dep.example domain: Preauthentication failed" >&2; exit 3')
    desktop.gets(**ALL, **JOIN)

    assert desktop.state["why"] == (
        "domain: adcli ended with 3: adcli: couldn't connect to dep.example domain: Preauthentication failed"
    )
    assert not any(line.startswith("useradd") for line in desktop.done)
