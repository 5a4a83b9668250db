"""A desktop's first-boot data over TLS: from the daemon's side through a receiver to the golden image's own program."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from provisioner.model.ids import ProfileName
from provisioner.model.machines.first_boot import AccountKind, FirstBootRules
from provisioner.model.status import Status
from provisioner.model.words import FirstBootWord
from tests.builders.cluster import NOW
from tests.builders.patience import FUSE_S
from tests.receiver.test_receiver import UP_FOR_S, Join, Lab, laboratory, request
from tests.sessions.desktops import BootedMachine, SpeakingDesktop, _own, _push

pytestmark = pytest.mark.real
_fetch = _own("fetch")
HASH = "$y$j9T$abcdefgh$0123456789"
WITHIN_S = FUSE_S


@contextmanager
def first_boots(home: Path, *, join: Join = lambda _: None) -> Iterator[Lab]:
    """A receiver, and four desktops that get an account of their own at their first boot."""
    (home / "hook").write_text("#!/bin/sh\nexit 0\n")
    (home / "hashes").write_text(f"# one-time passwords\nzlefevre:$y$j9T$other678$0123456789\njdupont:{HASH}\nplain:secret\n")
    with laboratory(home, count=4, join=join) as opened:
        site = opened.site
        rules = FirstBootRules(
            account=AccountKind.ONE_TIME,
            password_hashes=home / "hashes",
            home="files:/homes/{login}",
            timezone="Europe/Paris",
            hook=home / "hook",
        )
        profile = next(iter(site.config.profiles.values()))
        site.config = replace(site.config, profiles={ProfileName("standard"): replace(profile, first_boot=rules)})
        logins = dict(zip(sorted(site.names), ("jdupont", "zlefevre", "plain", "rbernard"), strict=True))
        states = {name: replace(site.state(name), agent_login=logins[vmid]) for vmid, name in site.names.items()}
        site.status = Status(at=NOW, desktops=states)
        yield opened


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    with first_boots(Path(tmp_path_factory.mktemp("f"))) as opened:
        yield opened


class Asking:
    """The program of one desktop, with a root of its own."""

    def __init__(self, lab: Lab, desktop: SpeakingDesktop, root: Path, *, secret: str = "", vmid: int | None = None) -> None:
        (root / "proc/sys/kernel/random").mkdir(parents=True)
        (root / "run/bascule").mkdir(parents=True)
        (root / "proc/sys/kernel/random/boot_id").write_text(desktop.history.boot_id)
        receiver = _push.Receiver(
            url=f"https://localhost:{lab.port}/v1/report", ca_file=str(lab.ca_file), vmid=vmid or desktop.vmid
        )
        self.lab, self.place = lab, root / "run/bascule/first-boot.json"
        self.fetcher = _fetch.Fetcher(BootedMachine(root, up_for_s=UP_FOR_S), receiver, secret or desktop.history.secret)
        lab.ends.callback(self.fetcher.end)
        self.fetcher.begin()

    def until(self, word: FirstBootWord, count: int = 1) -> None:
        """The daemon's side answers until it has come to this, so often."""
        give_up = time.monotonic() + WITHIN_S
        while self.lab.site.figures.first_boots.get(word, 0) < count and time.monotonic() < give_up:
            self.lab.take_up()
            time.sleep(0.02)
        assert self.lab.site.figures.first_boots.get(word, 0) >= count, (
            self.lab.site.figures.first_boots,
            self.lab.log.read_text(),
        )

    def data(self) -> dict[str, str]:
        """What it has laid out for the program that applies it."""
        give_up = time.monotonic() + WITHIN_S
        while not self.place.exists() and time.monotonic() < give_up:
            self.lab.take_up()
            time.sleep(0.02)
        assert self.place.stat().st_mode & 0o777 == 0o600
        return dict(json.loads(self.place.read_text()))


def test_a_desktop_gets_its_own_data_and_nobody_elses(lab: Lab, tmp_path: Path):
    asking = Asking(lab, lab.desktops[0], tmp_path)

    assert asking.data() == {
        "login": "jdupont",
        "account": "one_time",
        "password_hash": HASH,
        "home": "files:/homes/jdupont",
        "timezone": "Europe/Paris",
        "hook": "#!/bin/sh\nexit 0\n",
    }
    assert lab.site.figures.first_boots[FirstBootWord.GIVEN] == 1


def test_what_is_no_hash_is_never_given(lab: Lab, tmp_path: Path):
    assert "password_hash" not in Asking(lab, lab.desktops[2], tmp_path).data()


def test_with_another_secret_nothing_is_given(lab: Lab, tmp_path: Path):
    asking = Asking(lab, lab.desktops[0], tmp_path, secret="ab" * 32)
    asking.until(FirstBootWord.FORGED)

    assert not asking.place.exists()


def test_the_data_of_another_desktop_are_not_given(lab: Lab, tmp_path: Path):
    asking = Asking(lab, lab.desktops[0], tmp_path, vmid=5002)
    asking.until(FirstBootWord.UNKNOWN_BOOT)

    assert not asking.place.exists()


@pytest.mark.parametrize("body", [b"{}", b'{"asks": "first-boot"}', b'{"asks": "first-boot", "nonce": "x"}', b"[]", b"nothing"])
def test_what_is_no_such_request_is_refused(lab: Lab, body: bytes):
    assert lab.send(request(lab.desktops[1], NOW + 20, body=body).replace(b"/v1/report", b"/v1/first-boot")) == 400


def test_while_the_daemon_does_not_answer_it_is_to_ask_again(lab: Lab):
    lab.desk.close()
    body = json.dumps({"asks": "first-boot", "nonce": "0" * 32}).encode()

    assert lab.send(request(lab.desktops[0], NOW + 20, body=body).replace(b"/v1/report", b"/v1/first-boot")) == 503
