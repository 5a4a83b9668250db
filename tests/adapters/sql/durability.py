"""The store after a daemon was killed with -9, on any database."""

import random
import signal
import time
from collections.abc import Callable

import pytest

from provisioner.errors import StoreOwned
from provisioner.ports import Store
from tests.adapters.sql.child import DESKTOPS_A_STEP, child, step

ROUNDS = 4
"""Number of kills, each at another time; the seed is fixed, the machine's timing is not."""


class DurabilityContract:
    """Run by a subclass whose module has fixtures `url` and `open_store`."""

    @pytest.mark.parametrize("seed", range(ROUNDS))
    def test_a_daemon_killed_while_it_commits_leaves_whole_steps_only(self, url: str, open_store: Callable[[], Store], seed):
        with child("commit", url) as process:
            # On a busy machine the first step alone may take longer than the wait.
            first = process.stdout.readline()
            time.sleep(random.Random(seed).uniform(0.02, 0.25))
            process.kill()
            printed = [first, *process.stdout.read().split()]

        store = open_store()
        store.claim()
        records = store.load()
        journal = list(store.journal(limit=1_000_000))

        last = int(journal[0].at)
        # One step may have become durable without being printed.
        assert last - int(printed[-1]) in (0, 1)
        assert [entry.at for entry in reversed(journal)] == [
            number for number in range(last + 1) for _ in range(DESKTOPS_A_STEP)
        ]
        kept = step(last)
        assert records.desktops == {name: record for name, record in kept.desktops.items() if record is not None}
        assert (len(records.desktops), records.roster) == (DESKTOPS_A_STEP, kept.roster)
        store.commit(step(last + 1))

    def test_a_second_daemon_gets_the_store_once_the_owner_is_killed(self, url, open_store):
        with child("own", url) as process:
            with pytest.raises(StoreOwned) as caught:
                open_store().claim()
            assert f"owned by process {process.pid} on " in str(caught.value)
            assert "since 2027-01-15T08:00:00Z; one daemon per store" in str(caught.value)
            process.send_signal(signal.SIGKILL)
            process.wait()

        open_store().claim()
