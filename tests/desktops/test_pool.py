"""Desktops of a pool that go from one person to the next: the next one finds nothing of the last.

Five desktops and not ten: each is a whole guest of systemd with an X server, made twice, and two processors have the time for
five in what a test may take. What is tried is the same for each. `BASCULE_POOL_DESKTOPS=10` tries ten.
"""

import json
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.builders.api import ask
from tests.desktops.machines import Machine
from tests.desktops.people import COMES_S, CONNECTED, NOBODY, AtDesktop
from tests.desktops.planted import found_in, plant
from tests.desktops.site import RealSite, real_site
from tests.servers.nspawn import Guest
from tests.servers.rdp import Person, display

pytestmark = [pytest.mark.guest]
DESKTOPS = int(os.environ.get("BASCULE_POOL_DESKTOPS", "5"))
READY_S, RESET_S = 240.0, 240.0
EVERY_KIND = {"file", "unit", "keyring", "process", "mount", "linger"}


class Desk:
    """The pool, and what people do with it."""

    def __init__(self, site: RealSite, shown_on: str, stack: ExitStack) -> None:
        self.site, self._shown_on, self._stack = site, shown_on, stack

    def lends(self, person: Person) -> AtDesktop:
        """A desktop that is ready, and the person before it."""
        answer = self._order("lends", person)
        assert answer["ready"], answer
        machine = self.site.machine(self.desktop(answer["desktop"])["vmid"])
        at = AtDesktop(self.site, person, machine=machine, to=f"/v:{answer['address']}", shown_on=self._shown_on)
        self._stack.callback(at.goes)
        return at

    def gives_back(self, person: Person) -> None:
        assert self._order("lends/returns", person)["desktop"], "there was nothing to give back"

    def desktop(self, name: str) -> dict[str, Any]:
        return next(each for each in self.site.asks("/v1/desktops")["desktops"] if each["name"] == name)

    @property
    def pool(self) -> dict[str, Any]:
        return next(iter(self.pools))

    @property
    def pools(self) -> list[dict[str, Any]]:
        """None before the first cycle."""
        return list(self.site.asks("/v1/pools").get("pools", ()))

    def _order(self, where: str, person: Person) -> dict[str, Any]:
        body = f'{{"who": "{person.name}"}}'.encode()
        key = f"{where}-{person.name}-{time.monotonic_ns()}"
        headers = {"Content_Type": "application/json", "Idempotency_Key": key}
        answer = ask(self.site.folder / "api.sock", f"/v1/{where}", method="POST", body=body, **headers)
        assert answer.status == 200, answer
        return dict(answer.document)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    folder = Path(tmp_path_factory.mktemp("p"))

    def change(document: dict[str, Any], people: Sequence[Person]) -> None:
        configure(document, folder, people)

    with ExitStack() as stack:
        site = stack.enter_context(real_site(folder, people=DESKTOPS, change=change))
        opened = Desk(site, stack.enter_context(display(folder / "display.log")), stack)
        site.comes(lambda: _ready(opened) == DESKTOPS, within_s=READY_S)
        yield opened


def configure(document: dict[str, Any], folder: Path, people: Sequence[Person]) -> None:
    """A pool, and nobody with a desktop of their own. The image's people come from the site's hook: it has no directory."""
    hook = folder / "hook"
    hook.touch(mode=0o600)
    accounts = "".join(
        f"useradd --badname --create-home --shell /bin/bash {person.name}\necho {person.name}:{person.password} | chpasswd\n"
        for person in people
    )
    hook.write_text(f"#!/bin/sh\nset -e\n{accounts}")
    document["entitlements"] = [{"profile": "standard", "who": {"logins": ["nobody"]}}]
    document["profiles"]["standard"] |= {"home_share": "//files.dep.example/homes", "first_boot": {"hook": str(hook)}}
    document["pools"] = {
        "desk": {"profile": "standard", "size": DESKTOPS, "after_person": "rebuild", "resets": {"at_once": DESKTOPS}}
    }  # fmt: skip
    document["safety"] = {**document.get("safety", {}), "max_stops_percent": 100}
    document["pace"] = {"session_interval": 20, "session_first": 5}


def _ready(desk: Desk) -> int:
    return sum(int(pool["ready"]) for pool in desk.pools)


def test_the_image_shows_messages_and_ends_sessions_by_a_unit_of_its_own(desk: Desk):
    """bascule-session.service, with its own rights, on a real session: what it is told is laid out as bascule-guest does."""
    at = desk.lends(desk.site.people[0])
    at.connects()
    inside = at.machine.inside
    listed = inside.says("loginctl", "list-sessions", "--no-legend").splitlines()
    (session,) = [line.split()[0] for line in listed if at.person.name in line and "manager" not in line]
    order = {"session": session, "user": at.person.name}
    say = {**order, "do": "say", "about": "maximum", "minutes": 5}
    off = {**order, "do": "log_off", "only_disconnected": True}

    desk.site.comes(lambda: _is_said(inside, say), within_s=COMES_S)
    _lay_out(inside, off)
    time.sleep(2.0)
    assert at.truth == CONNECTED, "whoever is connected stays"
    at.disconnects()
    _lay_out(inside, off)
    desk.site.comes(lambda: at.truth == NOBODY, within_s=COMES_S)
    at.connects()
    at.logs_off()


def _is_said(inside: Guest, say: dict[str, Any]) -> bool:
    """Told again until the session's own desktop is there to show it."""
    if inside.run("test", "-e", "/run/bascule/session-messages.json").returncode != 0:
        _lay_out(inside, say)
        time.sleep(1.0)
    return inside.run("grep", "-q", "maximum", "/run/bascule/session-messages.json").returncode == 0


def _lay_out(inside: Guest, order: dict[str, Any]) -> None:
    boot_id = inside.says("cat", "/proc/sys/kernel/random/boot_id")
    at_s = float(inside.says("cut", "-d ", "-f1", "/proc/uptime"))
    text = json.dumps({"boot_id": boot_id, "at_s": at_s, "orders": [order]})
    place = "/run/bascule/session-orders.json"
    inside.says("sh", "-c", f"umask 077; echo '{text}' > {place}.new && mv {place}.new {place}")


def test_the_next_person_finds_nothing_of_the_last(desk: Desk):
    people = desk.site.people
    first = [desk.lends(person) for person in people]
    used: list[Machine] = []
    for number, at in enumerate(first):
        at.connects()
        plant(at.machine.inside, at.person.name, mark=f"planted-{number}")
        assert found_in(at.machine.inside) >= EVERY_KIND, "what is planted is found where it is"
        used.append(at.machine)

    began = time.monotonic()
    for at in first:
        at.logs_off()
        desk.gives_back(at.person)
    desk.site.comes(lambda: desk.pool["to_reset"] == 0 and _ready(desk) == DESKTOPS, within_s=RESET_S)
    took_s = time.monotonic() - began

    for person in (*people[1:], people[0]):
        at = desk.lends(person)
        assert at.machine not in used, "the disk of the last person"
        at.connects()
        assert found_in(at.machine.inside) == set()
    print(f"given back and made anew: {took_s:.1f} s")
    assert "got timeout" not in desk.site.log(), "a shutdown was held back although nobody was in"
