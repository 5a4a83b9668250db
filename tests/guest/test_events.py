"""What the golden image's service notes and keeps, run as it is on an image that changes under it."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from provisioner.model.machines.desktops import EventKind, FirstBoot, FirstBootData, GuestReport
from provisioner.model.status_document import parse_status
from tests.guest.test_bascule_guest import CLOUD_INIT_FAILED, PROGRAM, Image, a_session, image

__all__ = ["image"]
BOOT = "0a9c1ecf-5d8f-4b1c-9a27-3f5a0f0f8a01"
WITHIN_S = 10.0
LOGON, LOGOFF, CONNECT, DISCONNECT = EventKind.LOGON, EventKind.LOGOFF, EventKind.CONNECT, EventKind.DISCONNECT


def jean(number: int = 1) -> str:
    return f"Id={number}\n{a_session('jdupont', 'xrdp-sesman', opened_us=int(time.monotonic() * 1e6) - 100)}"


@contextmanager
def service(image: Image) -> Iterator[None]:
    command = [sys.executable, "-IB", str(PROGRAM), "--root", str(image.root), "run"]
    running = subprocess.Popen(command, env={"PATH": f"{image.root / 'bin'}:/usr/bin:/bin"})
    try:
        yield
    finally:
        running.terminate()
        running.wait(10)


def booted(image: Image, boot_id: str = BOOT) -> None:
    (image.root / "proc/sys/kernel/random").mkdir(parents=True, exist_ok=True)
    image.file("proc/sys/kernel/random/boot_id", f"{boot_id}\n")


def document(image: Image) -> GuestReport:
    text = (image.root / "run/bascule/status.json").read_text()
    return parse_status(text, read_at=time.time(), source="guest_agent")


def comes(image: Image, holds: Callable[[GuestReport], bool]) -> GuestReport:
    give_up = time.monotonic() + WITHIN_S
    while time.monotonic() < give_up:
        if (image.root / "run/bascule/status.json").exists() and holds(document(image)):
            return document(image)
        time.sleep(0.05)
    raise AssertionError((image.root / "run/bascule/status.json").read_text())


@pytest.mark.real
def test_each_event_is_noted_within_two_seconds_and_outlives_the_service(image: Image):
    booted(image)
    with service(image):
        comes(image, lambda report: report.ready)
        image.shows(jean(), connections=1)
        there = comes(image, lambda report: bool(report.events))
        image.shows(jean())
        comes(image, lambda report: report.event_number == 2)
    with service(image):
        image.shows()
        gone = comes(image, lambda report: report.event_number == 3)

    assert [(event.number, event.kind, event.login) for event in gone.events] == [
        (1, LOGON, "jdupont"), (2, DISCONNECT, "jdupont"), (3, LOGOFF, "jdupont"),
    ]  # fmt: skip
    assert there.sequence / 1e6 - there.events[0].at_s < 2.0
    assert gone.push_secret == there.push_secret != ""


@pytest.mark.real
def test_another_boot_has_another_secret_and_begins_to_count_anew(image: Image):
    booted(image)
    with service(image):
        image.shows(jean(), connections=1)
        before = comes(image, lambda report: bool(report.events))
    booted(image, "other-boot".replace("o", "0").replace("t", "1").replace("h", "2").replace("r", "3"))
    image.shows()
    with service(image):
        after = comes(image, lambda report: report.boot_id != BOOT)

    assert (after.event_number, after.events) == (0, ())
    assert after.push_secret not in ("", before.push_secret)


@pytest.mark.real
def test_only_root_reads_the_secret(image: Image):
    booted(image)
    with service(image):
        comes(image, lambda report: report.push_secret != "")
    modes = {path.name: oct(path.stat().st_mode & 0o777) for path in (image.root / "run/bascule").iterdir()}

    assert modes == {"history.json": "0o600", "status.json": "0o600", "ready": "0o644"}


def test_who_this_machine_is(image: Image):
    (image.root / "proc/sys/kernel").mkdir(parents=True, exist_ok=True)
    (image.root / "etc/ssh").mkdir(parents=True)
    (image.root / "etc/bascule").mkdir()
    image.file("etc/machine-id", "5d2ab52dd2cf40c0b8b0e8e1f0a4a5f1\n")
    image.file("etc/bascule/image", "2026.11\n")
    image.file("proc/sys/kernel/hostname", "VD-20003\n")
    for card, address in (("lo", "02:00:00:00:4e:23"), ("docker0", "02:42:ac:11:00:02")):
        (image.root / "sys/class/net" / card).mkdir(parents=True)
        image.file(f"sys/class/net/{card}/address", f"{address}\n")
    (image.root / "sys/class/net/lo/device").mkdir()  # as the kernel shows a card that is not a bridge
    key = "AAAAC3NzaC1lZDI1NTE5AAAAIHKkV1yIPoOZ8MvQ5N5M4M8ZlE5LmYv3dN9k9P0m2V9M"
    image.file("etc/ssh/ssh_host_ed25519_key.pub", f"ssh-ed25519 {key} root@golden\n")
    shown = subprocess.run(
        ["ssh-keygen", "-lf", str(image.root / "etc/ssh/ssh_host_ed25519_key.pub")], capture_output=True, text=True, check=True
    )

    identity = image.report().identity

    assert identity.image == "2026.11"
    assert identity.host_keys == (shown.stdout.split()[1],)
    assert len(identity.machine) == 32
    assert (identity.hostname, identity.cards, identity.addresses) == ("vd-20003", ("02:00:00:00:4e:23",), ("127.0.0.1",))
    assert "5d2ab52d" not in identity.machine


def test_how_long_a_person_is_idle_is_in_no_document(image: Image):
    image.shows(a_session("jdupont", "xrdp-sesman", idle="yes"), connections=1)

    assert "idle" not in json.dumps(json.loads(image.run("report").stdout)).lower()
    assert "idle" not in "".join(path.read_text() for path in PROGRAM.glob("*.py") if path.name != "look.py").lower()


ASKS = "[push]\nurl = https://localhost:1/v1/report\nvmid = 5001\n\n[first_boot]\nfetch = yes\n"


@pytest.mark.long
@pytest.mark.parametrize(
    ("kept", "word", "data", "why"),
    [
        ("", FirstBoot.RUNNING, FirstBootData.WAITING, ""),
        ('{"state": "waiting", "why": ""}', FirstBoot.RUNNING, FirstBootData.WAITING, ""),
        ('{"state": "done", "why": ""}', FirstBoot.DONE, FirstBootData.DONE, ""),
        ('{"state": "failed", "why": "hook: n\\u00e9ant"}', FirstBoot.FAILED, FirstBootData.FAILED, "hook: n?ant"),
    ],
)
def test_first_boot_is_over_once_its_data_are_applied(image: Image, kept, word, data, why):
    (image.root / "etc/bascule").mkdir(parents=True)
    image.file("etc/bascule/guest.conf", ASKS)
    image.file("var/lib/bascule/first-boot-data", kept)

    report = image.report()

    assert (report.first_boot, report.first_boot_data, report.first_boot_error) == (word, data, why)
    assert report.ready is (word is FirstBoot.DONE)


def test_cloud_inits_own_words_are_said(image: Image):
    image.file("run/cloud-init/result.json", CLOUD_INIT_FAILED)

    assert image.report().first_boot_error == "cloud-init: ('scripts_user', RuntimeError('1 failed'))"
