"""How much at once, from what was measured: clones per lock domain, boots per node, calls per node, when to probe. Pure.

* limits: `clone_limits`, `membership_limits`, `boot_limits`, `boot_contention`, `api_limits`, `probe_timing`;
* samples: `clone_samples`, `boot_samples`, `lock_samples` (from an observation), `measurements` (the latest of everything).

May import `ledger`, `ports`, `actions`, `pve`, `model`, `errors`. Samples are kept in memory and lost at a restart.

To add a limit: a pure function of samples and `now` here, with a row of the benchmark that shows it with and without.

* Clones at once follow from how long a storage holds its lock, because a waiter gives up after 10 s. The first clone of
  each lock domain goes alone, to be measured; the budget is a ceiling. Slots of clones that waited in vain for others'
  locks do not count as slow storage: that lowered the limit, and fewer clones at once lowered it further. A few ends never
  raise it: clones that end close together, because none was added, looked like fast storage, and the clones added for that
  failed. How often the cluster is observed decides how waiters for a polled lock meet: new numbers are tried with periods
  from 0.7 s to 1.6 s (tests/rehearsal/test_limits_settle.py).
* Boots at once follow from what a boot takes of its node: a start goes out when another boot is *expected* to end, long
  before its guest is asked. Where more boots at once made each one slower, fewer boot at once (`boot_contention`). The last
  desktops of a switch are placed late, where boots go fastest, and started together.
* A starting desktop is asked when nine of ten are ready (`probe_timing`): a question too early holds an API worker for 3 s.
"""
