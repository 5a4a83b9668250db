"""G8: who may log on to a desktop, from boot to boot: the image's own programs, and the daemon's side through a receiver."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from provisioner.model.ids import ProfileName
from provisioner.model.machines.first_boot import AccountKind, DomainJoin, FirstBootGrant, FirstBootRules
from provisioner.model.status import Status
from provisioner.model.words import FirstBootWord
from provisioner.sessions.push import Push
from provisioner.sessions.questions import ASKS_ACCESS, access_signature
from tests.builders.cluster import NOW
from tests.builders.patience import comes
from tests.guest.test_bascule_guest import CLOUD_INIT_DONE, LISTENING, PROGRAM
from tests.guest.test_first_boot import READS, Desktop
from tests.receiver.test_authority import a_stranger
from tests.receiver.test_receiver import PATH, UP_FOR_S, Lab, laboratory
from tests.sessions.desktops import BootedMachine, SpeakingDesktop, _own, _push

pytestmark = pytest.mark.real
_access, _trust = _own("access"), _own("trust")
VMID = 5001
ALLOWED, DATA, ACCESS = "etc/bascule/allowed", "run/bascule/first-boot.json", "run/bascule/access.json"


class Joins:
    """Bascule makes a computer account each time that it is asked for what a desktop joins its domain with."""

    def __init__(self) -> None:
        self.made = 0

    def __call__(self, grant: FirstBootGrant) -> DomainJoin:
        self.made += 1
        return DomainJoin(realm="DEP.EXAMPLE", controller="dc1", computer="VD-5001", host_name="vd-5001", password="Aa1-once")


class Booting(Desktop):
    """A desktop's root, on which the image's programs run from boot to boot: units start what they start."""

    vmid = VMID

    def __init__(self, lab: Lab, root: Path) -> None:
        super().__init__(root)
        self._lab, self._began = lab, time.monotonic()
        self._boots = self._read = 0
        self.command("adcli", READS)
        (self.root / "bin/loginctl").write_text("#!/bin/sh\n")
        (self.root / "bin/loginctl").chmod(0o755)
        self._file("etc/bascule/guest.conf", _CONF.format(port=lab.port, ca_file=lab.ca_file, vmid=VMID))
        for table in ("tcp", "tcp6"):
            self._file(f"proc/net/{table}", f"of the kernel\n{LISTENING}")

    @contextmanager
    def boots(self) -> Iterator[None]:
        """What was in /run is gone."""
        self._boots += 1
        for path in (self.root / "run/bascule").iterdir():
            path.unlink()
        self._file("run/cloud-init/result.json", CLOUD_INIT_DONE)
        self._file("proc/sys/kernel/random/boot_id", f"0000000{self._boots}-0000")
        command = [sys.executable, "-IB", str(PROGRAM), "--root", str(self.root), "run"]
        with subprocess.Popen(command, env={"PATH": f"{self.root / 'bin'}:/usr/bin:/bin"}) as running:
            try:
                yield
            finally:
                running.terminate()

    def comes(self, holds: Callable[[], bool]) -> None:
        """The daemon's side reads it, and answers; its path unit starts what applies an answer."""

        def look() -> bool:
            self._lab.site.clock.at = NOW + 10 + time.monotonic() - self._began
            if self._read < self._boots and (self.root / "run/bascule/status.json").exists():
                self._read = self._boots
                self._lab.site.pull(self)  # type: ignore[arg-type] # whatever has a document
                self._lab.site.cycle()
            self._lab.take_up()
            if any(path.exists() and path.read_text() for path in (self.root / DATA, self.root / ACCESS)):
                assert self.starts() == ""
            return holds()

        assert comes(look), (self.done, self._lab.site.figures.first_boots, self._lab.log.read_text())

    def document(self, at: float, *, with_secret: bool) -> dict[str, Any]:
        """As the guest agent hands it over, by Bascule's clock."""
        assert with_secret
        said: dict[str, Any] = json.loads(self.text("run/bascule/status.json"))
        moved = {key: said[key] + at - said["written_at"] for key in ("booted_at", "ready_at", "written_at") if said[key]}
        return said | moved

    def allowed(self) -> str:
        with suppress(FileNotFoundError):
            return self.text(ALLOWED)
        return ""

    def _file(self, path: str, text: str) -> None:
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_text(text)


_CONF = """\
[push]
url = https://localhost:{port}/v1/report
ca_file = {ca_file}
vmid = {vmid}
[first_boot]
fetch = yes
"""


def known_as(lab: Lab, login: str) -> None:
    """The desktop's agent has this login in the roster; empty: it is not known at this moment."""
    site, name = lab.site, lab.site.names[VMID]
    site.status = Status(at=NOW, desktops={name: replace(site.state(name), agent_login=login)})


def answered(lab: Lab, word: FirstBootWord) -> int:
    return lab.site.figures.first_boots.get(word, 0)


def test_g8_after_a_change_of_login_the_next_boot_lets_the_new_one_in_alone(tmp_path: Path):
    (tmp_path / "hook").write_text("#!/bin/sh\necho hook for $BASCULE_LOGIN >> $CALLS\n")
    joins = Joins()
    with laboratory(tmp_path, count=1, join=joins) as lab:
        rules = FirstBootRules(account=AccountKind.LOCAL, timezone="Europe/Paris", hook=tmp_path / "hook")
        profile = next(iter(lab.site.config.profiles.values()))
        lab.site.config = replace(lab.site.config, profiles={ProfileName("standard"): replace(profile, first_boot=rules)})
        known_as(lab, "jdupont")
        desktop = Booting(lab, tmp_path / "root")
        with desktop.boots():
            desktop.comes(lambda: answered(lab, FirstBootWord.GIVEN) == 2)  # its data; then, who may log on
            assert (desktop.allowed(), desktop.state["state"]) == ("jdupont\n", "done")

        known_as(lab, "")
        with desktop.boots():
            desktop.comes(lambda: answered(lab, FirstBootWord.NOT_READY) > 0)
            assert desktop.allowed() == "jdupont\n"
            known_as(lab, "jmartin")
            desktop.comes(lambda: desktop.allowed() == "jmartin\n")

    called = [line.split()[0] for line in desktop.done]
    assert (called.count("hook"), called.count("adcli"), joins.made) == (1, 1, 1)
    assert [line.split()[-1] for line in desktop.done if line.startswith("useradd")] == ["jdupont", "jmartin"]
    assert desktop.state == {"state": "done", "why": ""}


@pytest.mark.parametrize("nonce", ["0" * 32, None])
def test_g8_an_answer_that_is_played_back_or_made_up_lets_nobody_in(tmp_path: Path, nonce: str | None):
    desktop = SpeakingDesktop(vmid=VMID, booted_at=NOW - UP_FOR_S)
    root, said = tmp_path / "root", json.dumps({"login": "mallory", "account": "directory"})
    (root / "proc/sys/kernel/random").mkdir(parents=True)
    (root / "run/bascule").mkdir(parents=True)
    (root / "proc/sys/kernel/random/boot_id").write_text(desktop.history.boot_id)
    earlier = replace(desktop.push(NOW), body=json.dumps({"asks": ASKS_ACCESS, "nonce": nonce, "allowed": "jdupont"}))
    signature = _signature(desktop, earlier, said) if nonce else "0" * 64
    with a_stranger(tmp_path, signature, says=said) as port:
        receiver = _push.Receiver(url=f"https://localhost:{port}{PATH}", ca_file="", vmid=VMID)
        machine = BootedMachine(root, up_for_s=UP_FOR_S)
        fetcher = _access.AccessFetcher(machine, receiver, desktop.history.secret, _trust.Unchecked())

        assert not fetcher._fetch()

    assert not (root / ACCESS).exists()


def _signature(desktop: SpeakingDesktop, push: Push, body: str) -> str:
    return access_signature(desktop.history.secret, push, body=body)
