"""The document: first boot, log-on port, sessions, and who this machine is. Version 1, as Bascule reads it."""

import json
import time
from pathlib import Path

from events import History
from fetch import printable, state_of
from identity import addresses, cards, host_keys, hostname, machine_hash
from look import Port, Session
from machine import Machine

PERIOD_S = 10
"""From one writing to the next: what is older is no proof that nobody is logged on."""
MARKER = "var/lib/bascule/first-boot"
"""For images without cloud-init, or with more to do after it: holds `running`, `done` or `failed`."""
CLOUD_INIT = "run/cloud-init"
"""Made anew at each boot; its files answer as `cloud-init status` does, without starting it every few seconds."""
SWITCHED_OFF = "etc/cloud/cloud-init.disabled"
"""The image's own word that it needs no cloud-init; the kernel's command line has `cloud-init=disabled` for that."""
NO_DATA_SOURCE = "cloud-init has found no data source: the VM has no cloud-init drive, or none that it can read"
READY = "run/bascule/ready"
"""At which second of this boot the desktop was first ready."""
IMAGE = "etc/bascule/image"
"""The golden image's version, in one line."""


def document_of(
    machine: Machine, history: History, port: Port, sessions: list[Session], *, remember: bool, held: bool
) -> dict[str, object]:  # fmt: skip
    """The document from one look. Times are of this machine's clock; `at_s` of events is of its uptime.

    `remember`: keep the first moment of readiness. `held`: a log-on holds the shutdown back; without a session it is as a
    connection that has none yet, so that nobody shuts this desktop down.
    """
    uptime_s, now = machine.uptime_s, time.time()
    booted_at = now - uptime_s
    (first_boot, why), (data, _) = first_boot_of(machine), state_of(machine)
    ready_after = ready_since(machine, uptime_s if first_boot == "done" and port.listens else None, remember=remember)
    push = {"push_secret": history.secret} if history.secret else {}
    network = cards(machine)
    return {
        "version": 1,
        "booted_at": round(booted_at, 3),
        "boot_id": machine.boot_id,
        "first_boot": first_boot,
        "first_boot_data": data,
        "first_boot_error": printable(why),
        "logon_port": "open" if port.listens else "closed",
        "ready_at": None if ready_after is None else round(booted_at + ready_after, 3),
        "written_at": round(now, 3),
        "period_s": PERIOD_S,
        "connections": max(len(port.peers), int(held and not sessions)),
        "sessions": [
            {
                "user": session.user,
                "state": "connected" if session.connected else "disconnected",
                "since": round(booted_at + session.since_s, 3),
            }
            for session in sessions
        ],
        "sequence": int(uptime_s * 1e6),
        "event_number": history.number,
        "events": history.events,
        "image": machine.read(IMAGE).strip(),
        "machine": machine_hash(machine),
        "host_keys": host_keys(machine),
        "hostname": hostname(machine),
        "cards": list(network.values()),
        "addresses": addresses(machine, list(network)),
        **push,
    }


def first_boot_of(machine: Machine) -> tuple[str, str]:
    """The image's own first boot, and then that of its data, if it asks for any; and why it failed."""
    word, why = image_boot_of(machine)
    data, data_why = state_of(machine)
    if word != "done" or data == "none":
        return word, why
    return ("running" if data == "waiting" else data), data_why


def image_boot_of(machine: Machine) -> tuple[str, str]:
    """The marker's word; else what cloud-init came to; `running` as long as neither has spoken. And why it failed.

    An image that has switched cloud-init off has nothing to wait for. Where cloud-init has switched itself off, the drive with
    the desktop's name, address and account is missing.
    """
    if word := machine.read(MARKER).strip():
        if word not in ("running", "done", "failed"):
            raise ValueError(f"/{MARKER} says {word[:40]!r}, not running, done or failed")
        return word, ""
    if result := machine.read(f"{CLOUD_INIT}/result.json"):
        errors = json.loads(result)["v1"]["errors"]
        return ("failed", f"cloud-init: {errors[0]}") if errors else ("done", "")
    if (machine.root / SWITCHED_OFF).exists() or "cloud-init=disabled" in machine.read("proc/cmdline").split():
        return "done", ""
    return ("failed", NO_DATA_SOURCE) if (machine.root / CLOUD_INIT / "disabled").exists() else ("running", "")


def ready_since(machine: Machine, ready_now_s: float | None, *, remember: bool) -> float | None:
    """At which second of this boot it was first ready; kept as that, so that a clock set right moves it too."""
    if kept := machine.read(READY).strip():
        return float(kept)
    if ready_now_s is not None and remember:
        machine.replace(Path(machine.root / READY), f"{ready_now_s:.3f}\n")
    return ready_now_s
