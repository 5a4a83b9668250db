"""What each desktop is: its phase, whose it is, when its sessions are read next.

* `lifecycle`: the phase from observed facts, with the table of edges (`diagram` draws docs/lifecycle.md from it);
* `surveyor` looks at the desktops whose inputs changed; `survey` is its result; `primary` says which of an agent's desktops
  counts;
* `foreign`: VMs that are not ours; `closures`: clusters where nothing is cloned now; `absent`: desktops that a listing
  lacks, and clusters in doubt; `session_schedule`: when sessions are read; `leaver_ladder`: where a leaver's desktop
  stands.

To add a fact that changes a phase: a field of `lifecycle.Facts`, its edge in the table, and **its news in
`reconciler/dirty`**: what is missing there is overlooked until the next look at everything, ten minutes later at most
(tests/reconciler/doubting.py compares both).

* What is done for every desktop in every cycle is what a cycle costs, and nearly all desktops are ready and unchanged. So
  listings and records say what changed, and only those desktops are looked at, and those on their way.
* The survey is a view of what the surveyor knows and holds until its next look. The status is a value: other threads read
  it.
* Of an agent's desktops one counts (`primary`). A superseded one counts again only while it is ready and the other one was
  never assigned, so an agent is never moved back and forth. What it reported before its node went away is void.
"""
