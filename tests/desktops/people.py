"""People at real desktops, and what the desktops themselves say of them: the truth that Bascule's figures are held against."""

import subprocess
import time
from contextlib import ExitStack
from dataclasses import dataclass

from tests.desktops.machines import Machine
from tests.desktops.site import RealSite
from tests.servers.nspawn import Guest
from tests.servers.rdp import Person, logging_on

_SESSIONS = """\
for id in $(loginctl list-sessions --no-legend | awk '{print $1}'); do
  loginctl show-session --property=Service --property=Class --property=State --property=Name "$id" | sort | paste -s -d ' '
done; ss -Htn state established '( sport = :3389 )' | wc -l"""
COMES_S = 30.0
"""A log-on takes a second; a loaded machine gets thirty."""


@dataclass(frozen=True, slots=True)
class Truth:
    """Sessions of people in a desktop, and how many of them are connected."""

    open: int
    connected: int

    def __add__(self, other: "Truth") -> "Truth":
        return Truth(self.open + other.open, self.connected + other.connected)


NOBODY, CONNECTED, DISCONNECTED = Truth(0, 0), Truth(1, 1), Truth(1, 0)


def truth_of(inside: Guest) -> Truth:
    """By logind and the kernel, not by bascule-guest."""
    *sessions, connections = inside.says("sh", "-c", _SESSIONS).splitlines()
    people = [
        line for line in sessions if "Class=user" in line and "Service=xrdp-sesman" in line and "State=closing" not in line
    ]
    return Truth(len(people), min(len(people), int(connections)))


class AtDesktop:
    """A person, with the address or connection file that they were given."""

    def __init__(self, site: RealSite, person: Person, *, machine: Machine, to: str, shown_on: str) -> None:
        self.site, self.person, self.machine = site, person, machine
        self._to, self._shown_on = to, shown_on
        self._client = ExitStack()

    @property
    def truth(self) -> Truth:
        return truth_of(self.machine.inside)

    def connects(self) -> None:
        """Logs on, or comes back to the session that is there."""
        self._client.enter_context(logging_on(self.person, shown_on=self._shown_on, home=self.site.folder, to=self._to))
        self._comes_to(CONNECTED)

    def disconnects(self) -> None:
        """The client goes, the session stays."""
        self._client.close()
        self._comes_to(DISCONNECTED)

    def logs_off(self) -> None:
        """From the desktop's own menu, which ends its session manager."""
        give_up = time.monotonic() + COMES_S
        # The session is open before its manager is there.
        while self.machine.inside.run("pkill", "-u", self.person.name, "-x", "xfce4-session").returncode != 0:
            assert time.monotonic() < give_up, f"{self.person.name} comes to no desktop: {self._said()}"
            time.sleep(0.2)
        self._comes_to(NOBODY)
        self._client.close()

    def goes(self) -> None:
        """Ends the client, whatever there is."""
        self._client.close()

    def _comes_to(self, wanted: Truth) -> None:
        give_up = time.monotonic() + COMES_S
        while (now := self.truth) != wanted:
            assert time.monotonic() < give_up, f"{self.person.name}: {now} instead of {wanted}: {self._said()}"
            time.sleep(0.05)

    def _said(self) -> str:
        log = self.machine.inside.run("tail", "-n", "5", "/var/log/xrdp-sesman.log").stdout
        return log + (self.site.folder / "rdp.log").read_text(errors="replace")[-1000:]


def password_hash(password: str) -> str:
    """As `mkpasswd` makes it."""
    return subprocess.run(["openssl", "passwd", "-6", password], check=True, capture_output=True, text=True).stdout.strip()
