"""A daemon's process for tests that kill it: `python -m tests.adapters.sql.child own|commit URL`.

It prints `owned`, then, with `commit`, the number of each step once it is durable, until it is killed.
"""

import itertools
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from provisioner.adapters.sql.store import SqlStore
from provisioner.ports import Changes, Store
from tests.builders.records import records_of
from tests.builders.store import StillClock, a_name, a_report, a_reservation, a_roster, an_outcome

DESKTOPS_A_STEP = 20


@contextmanager
def child(task: str, url: str) -> Iterator[subprocess.Popen[str]]:
    """A process that owns the store; killed at the end."""
    command = [sys.executable, "-m", "tests.adapters.sql.child", task, url]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stdin=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "owned\n"
            yield process
        finally:
            process.kill()


def step(number: int) -> Changes:
    """Twenty reservations with complete records, and the release of the twenty before."""
    vmids = range(number * DESKTOPS_A_STEP, (number + 1) * DESKTOPS_A_STEP)
    names = [a_name(vmid) for vmid in vmids]
    reserved = tuple(a_reservation(vmid, address=f"10.{vmid // 65_536}.{vmid // 256 % 256}.{vmid % 256}") for vmid in vmids)
    made = records_of(
        *reserved,
        proven=tuple(names),
        reports={name: a_report(read_at=float(number)) for name in names},
        started=dict.fromkeys(names, float(number)),
    )
    before = [a_name(vmid - DESKTOPS_A_STEP) for vmid in vmids] if number else []
    return Changes(
        desktops={**dict.fromkeys(before), **made},
        outcomes=tuple(an_outcome(vmid, ended_at=float(number)) for vmid in vmids),
        roster=a_roster(f"agent-{number}", read_at=float(number)),
    )


def main() -> None:
    """Run the task."""
    task, url = sys.argv[1:]
    store: Store = SqlStore(url, clock=StillClock())
    store.claim()
    print("owned", flush=True)
    if task == "own":
        signal.pause()
    for number in itertools.count():
        store.commit(step(number))
        print(number, flush=True)


if __name__ == "__main__":
    main()
