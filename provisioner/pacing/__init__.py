"""Concurrency limits from measurements: clones per lock domain, boots per node, calls per node, and when to probe. Pure.

* `limits` is what planning gets: a protocol (the benchmark has another implementation: fixed limits), and the measured limits;
* computed by `clone_limits`, `boot_limits`, `boot_progress`; `runs` has their rule, and how much later the last of several is;
  `probe_timing` says when guests are probed again;
* from samples, of which `measurements` keeps the latest; and how long desktops of pools take.

May import `ledger`, `ports`, `actions`, `pve`, `model`, `errors`. Samples are in memory only, and lost at a restart,
except for first boots: the daemon begins with the stored ones of earlier days (`rehearsal/measuring`).

To add a limit: a pure function of samples and `now` here, and a row of the benchmark that shows its effect.

* The number of parallel clones follows from how long each waits for the others, because a waiter gives up after 10 s. The
  first clone of each lock domain runs alone, to be measured; then there is one more for each generation that has ended, while
  the longest wait that is to be expected is below 10 s. What a clone takes alone may be spent beside the lock: after two
  alone two are tried, until six have shown how long they wait for each other; at a time-out no more, for a hundred times as
  many. After two minutes without a clone two show what the lock allows now. Local locks get no more than keep them busy; polled
  locks are the busier the more poll. Clones of others lengthen the
  waits, and lower the limit in the same way. Clones that timed out on another client's lock do not count as slow storage:
  they lowered the limit, and fewer parallel clones lowered it further. Full clones copy beside the lock: they do not wait for
  each other, which shows, too. How the longest wait follows from the mean one is Proxmox VE's: served in order (flock), or
  polled (the cluster's lock).
* The number of parallel boots follows from how long they take compared with a boot alone: nothing is known about a node. Ten
  run at first, or as many as the last full night showed; while each is as fast as alone there are more. *Alone* is the median
  of the sixteen first boots with the fewest others beside them; if all had many, most of what the profile does not explain is
  taken for crowding. A start is sent when another boot is *expected* to end, long
  before its guest is probed, unless it was probed in vain. A boot that is late hangs, and takes no slot, once four that were
  ordered after it have ended; else its node has too many, and gets no more.
* Guests are probed when most are ready (`planning/steps/start`), each compared with the time that boots take: a probe too early
  holds an API worker for 3 s. As long as none of a profile has answered, the oldest boots of a node are probed on a schedule of
  their own, which no administrator's guess moves. A guest that answers that it sets itself up takes no slot any more: where
  guests do that for long, the oldest is probed when it should answer, then the next, and so on as long as each answers.
"""
