"""A plain proxmoxer script, as a competent admin writes it: 32 threads; clone, wait, configure, start, wait; 3 retries.

It knows nothing of Bascule. `python -m tests.bench.peer_script JOB.json`; the last line is the result.
"""

import json
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from proxmoxer import ProxmoxAPI
from proxmoxer.tools import Tasks

THREADS = 32
TRIES = 4
"""One, and three retries."""


class Failed(Exception):
    """A task that did not end well."""


def main(path: Path) -> int:
    """All desktops of a job; nodes take turns, each clones from its own template."""
    job = json.loads(path.read_text())
    with ThreadPoolExecutor(THREADS) as pool:
        failures = [failure for failure in pool.map(lambda number: desktop(job, number), range(job["desktops"])) if failure]
    print(json.dumps({"failed": len(failures), "why": sorted(set(failures))[:5]}))
    return 0


def desktop(job: dict[str, Any], number: int) -> str:
    """One desktop; returns why it failed, or nothing."""
    node, template = job["templates"][number % len(job["templates"])]
    vmid = job["first_vmid"] + number
    why = ""
    for attempt in range(TRIES):
        try:
            # A connection a desktop: proxmoxer's session is not made for threads.
            bring_up(connect(job), node, template, vmid=vmid, poll_s=1.0 / job["scale"])
        except Exception as error:  # on any error the script tries again
            why = f"{type(error).__name__}: {error}"[:160].replace(str(vmid), "VMID")
            time.sleep(2.0**attempt / job["scale"])
        else:
            return ""
    return why


def bring_up(api: ProxmoxAPI, node: str, template: int, *, vmid: int, poll_s: float) -> None:
    """Clone unless a try before this one did, configure, start."""
    guest = api.nodes(node).qemu(vmid)
    if not any(vm["vmid"] == vmid for vm in api.cluster.resources.get(type="vm")):
        done(api, api.nodes(node).qemu(template).clone.post(newid=vmid, name=f"vd-{vmid}"), poll_s)
    guest.config.put(
        memory=4096, cores=2, net0="virtio,bridge=vmbr0", ipconfig0="ip=dhcp", onboot=0, ciupgrade=0, tags="desktop"
    )
    if guest.status.current.get()["status"] != "running":
        done(api, guest.status.start.post(), poll_s)


def done(api: ProxmoxAPI, upid: str, poll_s: float) -> None:
    """Wait for a task, asking once a second as proxmoxer's own helper does."""
    ended = Tasks.blocking_status(api, upid, timeout=300, polling_interval=poll_s)
    if ended is None or ended["exitstatus"] != "OK":
        raise Failed("no end" if ended is None else ended["exitstatus"])


def connect(job: dict[str, Any]) -> ProxmoxAPI:
    """With the token, over verified TLS."""
    user, _, name = job["token"].partition("!")
    return ProxmoxAPI(
        "127.0.0.1", port=job["port"], user=user, token_name=name, token_value=job["secret"], verify_ssl=job["ca_file"],
        timeout=60,
    )  # fmt: skip


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
