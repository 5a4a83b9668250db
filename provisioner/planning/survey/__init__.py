"""The state of each desktop: its phase, its owner, when its sessions are read next.

* `lifecycle`: the phase from observed facts, with the table of transitions (docs/en/lifecycle.md is generated from it);
* `surveyor` surveys the desktops whose inputs changed since the `last_look`; `survey` is its result; `primary`: which of an
  agent's desktops is in use; `profile_changes`: what a desktop was not given yet of its profile;
* `queues`: wanted desktops that are not ready, those with the same next step in one queue: the planner asks for its first
  only, as long as that one waits;
* `foreign`: VMs that are not ours; `closures`: clusters where nothing is cloned now; `absent`: desktops missing from a
  listing, and clusters in doubt; `session_schedule`: when sessions are read; `leaver_ladder`: steps for a leaver's desktop;
  `start_up`: how long it takes until desktops that are off are ready again.

To add a fact that changes a phase: put it in the desktop's record or its guest, which `last_look` compares, and its
transition in the table of `lifecycle`. A fact from elsewhere has to be compared in `last_look`, too
(tests/reconciler/doubting.py compares each survey with a survey from scratch).

* Work per desktop and cycle is the cost of a cycle, and nearly all desktops are ready and unchanged. So a desktop is skipped
  if its record, guest and action in flight are the identical values. Listings (`pve.parsing`) return the same guest for the
  same entry, and records are replaced only where something differs.
* The survey is a view of the surveyor's own data and holds until its next look. The status is a value: other threads read
  it.
* Each agent has one primary desktop. A superseded desktop becomes primary again only while it is ready and the other was
  never assigned, so an agent is never moved back and forth. Its reports from before its node went away are void.
"""
