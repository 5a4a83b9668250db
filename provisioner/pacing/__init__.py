"""Concurrency limits from measurements: clones per lock domain, boots per node, calls per node, and when to probe. Pure.

* limits: `clone_limits`, `membership_limits`, `boot_limits`, `boot_contention`, `api_limits`, `probe_timing`;
* samples: `clone_samples`, `boot_samples`, `lock_samples` (from an observation), `measurements` (the latest samples).

May import `ledger`, `ports`, `actions`, `pve`, `model`, `errors`. Samples are in memory only, and lost at a restart.

To add a limit: a pure function of samples and `now` here, and a row of the benchmark that shows its effect.

* The number of parallel clones follows from how long a storage holds its lock, because a waiter gives up after 10 s. The first
  clone of each lock domain runs alone, to be measured; the budget is an upper limit. Slots of clones that timed out on another
  client's lock do not count as slow storage: they lowered the limit, and fewer parallel clones lowered it further. A few ends
  never raise the limit: clones that ended close together, because none was added, looked like fast storage, and the clones
  added for that failed. The observation period decides how waiters for a polled lock collide: new figures are tested with
  periods from 0.7 s to 1.6 s (tests/rehearsal/test_limits_settle.py).
* The number of parallel boots follows from how much of its node a boot takes. A start is sent when another boot is *expected*
  to end, long before its guest is probed. If more parallel boots made each boot slower, fewer run in parallel
  (`boot_contention`). The last desktops of a switch are placed late, where boots are fastest, and started together.
* A starting desktop is probed when nine of ten are ready (`probe_timing`): a probe too early holds an API worker for 3 s.
"""
