"""Who is here: logind's sessions, and the established connections of the log-on port.

A disconnected xrdp session still calls itself active; only its connection to the log-on port is gone. Which session a
connection belongs to is not said: where there are fewer, the youngest sessions have them. How long a person has been idle is
not asked, and nothing here could hold it.
"""

import time
from dataclasses import dataclass

from machine import Machine

PORT = 3389
SERVICE = "xrdp-sesman"
"""logind's name for what opens the sessions of people; sshd's and the manager's own are in its list too."""
_ESTABLISHED, _LISTENING = "01", "0A"


@dataclass(frozen=True, kw_only=True)
class Session:
    """A person's open session."""

    id: str
    user: str
    since_s: float
    """Of the uptime."""
    connected: bool


@dataclass(frozen=True, kw_only=True)
class Port:
    """The log-on port."""

    listens: bool
    peers: tuple[str, ...]
    """The other ends of its established connections, as the kernel writes them."""


HOLDS = "run/bascule-hold-*.taken"
"""What bascule-hold leaves there for each log-on as long as it holds the shutdown back: the number of its process."""


def holds_of(machine: Machine) -> tuple[str, ...]:
    """The log-ons that hold the shutdown back: a shutdown that is ordered meanwhile is refused, and costs a minute."""
    names = sorted(path.name for path in machine.root.glob(HOLDS))
    return tuple(name for name in names if (machine.root / "proc" / (machine.read(f"run/{name}").strip() or ".")).exists())


def port_of(machine: Machine) -> Port:
    """Read the kernel's own list: a thousandth of the cost of starting a command, so once a second is cheap."""
    listing = machine.read("proc/net/tcp")
    if not listing:
        raise ValueError("proc/net/tcp cannot be read")
    rows = [line.split() for line in (listing + machine.read("proc/net/tcp6")).splitlines() if ":" in line[:8]]
    here = [(row[2], row[3]) for row in rows if int(row[1].rpartition(":")[2], 16) == PORT]
    peers = tuple(sorted(peer for peer, state in here if state == _ESTABLISHED))
    return Port(listens=any(state == _LISTENING for _, state in here), peers=peers)


def sessions_of(machine: Machine, *, connections: int) -> list[Session]:
    """People's sessions, the youngest first."""
    listed = machine.says("loginctl", "list-sessions", "--no-legend", "--no-pager")
    ids = [line.split()[0] for line in listed.splitlines() if line.strip()]
    if not ids:
        return []
    names = ("Id", "Name", "Service", "Class", "State", "TimestampMonotonic")
    shown = machine.says("loginctl", "show-session", "--no-pager", *(f"--property={name}" for name in names), *ids)
    suspended_s = machine.uptime_s - time.monotonic()
    return people_in(shown, connections=connections, suspended_s=suspended_s)


def people_in(shown: str, *, connections: int, suspended_s: float) -> list[Session]:
    """`suspended_s`: what the monotonic clock lacks of the uptime."""
    blocks = [dict(line.split("=", 1) for line in block.splitlines() if "=" in line) for block in shown.split("\n\n")]
    opened = [block for block in blocks if block.get("Class") == "user" and block.get("Service") == SERVICE]
    people = [block for block in opened if block["State"] != "closing"]
    people.sort(key=lambda block: int(block["TimestampMonotonic"]), reverse=True)
    return [
        Session(
            id=block.get("Id", str(place)),
            user=block["Name"],
            since_s=int(block["TimestampMonotonic"]) / 1e6 + suspended_s,
            connected=place < connections,
        )
        for place, block in enumerate(people)
    ]
