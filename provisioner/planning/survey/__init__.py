"""What each desktop is: its phase, whose it is, when its sessions are read next.

* `lifecycle`: the phase from observed facts, with the table of edges (docs/lifecycle.md is made from it);
* `surveyor` looks at the desktops whose inputs changed since its `last_look`; `survey` is its result; `primary` says which of
  an agent's desktops counts;
* `queues`: wanted desktops that are not ready, those with the same next step in one queue: the planner asks for its first
  only, as long as that one waits;
* `foreign`: VMs that are not ours; `closures`: clusters where nothing is cloned now; `absent`: desktops that a listing
  lacks, and clusters in doubt; `session_schedule`: when sessions are read; `leaver_ladder`: where a leaver's desktop
  stands.

To add a fact that changes a phase: in the desktop's record or its guest, which `last_look` compares; its edge in the table of
`lifecycle`. A fact from elsewhere has to be compared in `last_look`, too (tests/reconciler/doubting.py compares each survey
with one from scratch).

* What is done for every desktop in every cycle is what a cycle costs, and nearly all desktops are ready and unchanged. So
  a desktop whose record, guest and order are the very same values as before is not looked at. Listings (`pve.parsing`) give
  the same guest for the same entry, and records are replaced only where something differs.
* The survey is a view of what the surveyor knows and holds until its next look. The status is a value: other threads read
  it.
* Of an agent's desktops one counts (`primary`). A superseded one counts again only while it is ready and the other one was
  never assigned, so an agent is never moved back and forth. What it reported before its node went away is void.
"""
