"""A desktop's question about its sessions over TLS: from the image's own program through a receiver to the daemon's side."""

import json
import threading
import time
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from provisioner.model.session_rules import SessionRules
from provisioner.model.words import SessionOrderWord
from provisioner.reconciler.operator_intents import OperatorIntents
from provisioner.reconciler.session_orders import SessionOrderDesk, SignedAnswer
from provisioner.sessions.push import Push
from tests.builders.cluster import NOW, a_profile
from tests.builders.patience import FUSE_S
from tests.receiver.test_receiver import UP_FOR_S, Lab, laboratory, request
from tests.sessions.desktops import BootedMachine, SpeakingDesktop, _own, _push

pytestmark = pytest.mark.real
_asking = _own("asking")
GONE = {"id": "c1", "user": "p5001", "open_s": 9000.0, "away_s": 7200.0, "warned": {}}
WITHIN_S = FUSE_S


class Answering:
    """The reconciler, as far as the desk needs it."""

    def __init__(self, lab: Lab) -> None:
        site = lab.site
        profile = a_profile("standard", session_rules=SessionRules(disconnected_s=7200.0))
        site.config = replace(site.config, profiles={profile.name: profile})
        intents = OperatorIntents(
            site.cache, store=site.store, clock=site.clock, events=site.listener, freeze_mark=lambda: None
        )  # fmt: skip
        self.sessions = site.intake
        self._desk = SessionOrderDesk(
            site.cache,
            sessions=site.intake,
            intents=intents,
            rules=site,  # type: ignore[arg-type] # a configuration is all that it has to have
            half_day=lambda _: None,
            clock=site.clock,
            events=site.listener,
        )

    def take_pushes(self, pushes: Iterable[tuple[Push, float]]) -> None:
        """Nobody pushes here; what was refused before a handshake comes as a batch without any."""
        assert not list(pushes)

    def session_orders(self, push: Push, heard_at: float) -> SignedAnswer | SessionOrderWord:
        return self._desk.answer(push, heard_at)


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    with laboratory(Path(tmp_path_factory.mktemp("o")), count=2) as opened:
        yield opened


def asked(lab: Lab, desktop: SpeakingDesktop, root: Path, *, secret: str = "") -> list[dict[str, object]] | str:
    """The orders in the answer; or why there was none."""
    (root / "proc/sys/kernel/random").mkdir(parents=True)
    (root / "proc/sys/kernel/random/boot_id").write_text(desktop.history.boot_id)
    receiver = _push.Receiver(url=f"https://localhost:{lab.port}/v1/report", ca_file=str(lab.ca_file), vmid=desktop.vmid)
    asking = _asking.Asking(BootedMachine(root, up_for_s=UP_FOR_S), receiver, secret or desktop.history.secret)
    found: list[list[dict[str, object]] | str] = []

    def ask() -> None:
        try:
            found.append(json.loads(asking.answer("session-orders", connections=0, sessions=[GONE]))["orders"])
        except (OSError, ValueError) as error:
            found.append(str(error))

    thread, answering, give_up = threading.Thread(target=ask), Answering(lab), time.monotonic() + WITHIN_S
    thread.start()
    while not found and time.monotonic() < give_up:
        lab.desk.take_up(answering)  # type: ignore[arg-type]
        time.sleep(0.02)
    thread.join(WITHIN_S)
    return found[0]


def test_a_desktop_is_told_what_to_do_and_believes_the_daemon_alone(lab: Lab, tmp_path: Path):
    assert asked(lab, lab.desktops[0], tmp_path) == [
        {"do": "log_off", "session": "c1", "user": "p5001", "only_disconnected": True}
    ]  # fmt: skip


def test_with_another_secret_there_is_no_answer(lab: Lab, tmp_path: Path):
    assert asked(lab, lab.desktops[1], tmp_path, secret="ab" * 32) == "the receiver answers with 403"


@pytest.mark.parametrize("body", [b"{}", b'{"asks": "session-orders"}', b'{"asks": "first-boot", "nonce": "0"}', b"nothing"])
def test_what_is_no_such_question_is_refused(lab: Lab, body: bytes):
    assert lab.send(request(lab.desktops[1], NOW + 20, body=body).replace(b"/v1/report", b"/v1/session-orders")) == 400
