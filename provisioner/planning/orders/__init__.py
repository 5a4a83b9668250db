"""Operators' orders: why one is refused, what it changes, and when it is over; and what becomes of a run without one. Pure.

* refused, and changes: `desktops` (about one desktop, with `OrderFacts`, or a node), `sessions` (about who is logged on),
  `reassignments`, `restorations`; `surges`: what becomes of a scenario's run;
* over: `ends` (restarts, rebuilds, other configurations); `runs`: what becomes of a scenario's run by itself.

May import `survey`, `targets`, `placement` and `demand`. The reconciler asks and keeps what changes.
"""
