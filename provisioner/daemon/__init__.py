"""The composition root: adapters made from settings, and the service that runs the control loop. It decides nothing.

* `composition` is the one file that knows which class stands behind which port; `keeping` makes the store alone, for
  commands that need no cluster;
* `service`: the loop, signals, reload, watchdog and the orderly end; `systemd`, `system_clock` and
  `steady_clock` belong to it;
* `operators`: who gives an order;
* `doctor/`: what `bascule check` finds;
* `offline_status`, `drift`, `roster_diff`, `rekey`, `erasure`: what commands answer without a running daemon;
* `backup`, `restoring`: the whole installation into one file, and from it into its places on another machine.

May import everything below it. To add an outside system: a Protocol in `ports`, a package in `adapters/`, its making in
`composition`. To add a setting: its field in `settings/values` says whether a reload takes it up (`settings/reload`).

* The daemon's time never goes backwards (`steady_clock`). A machine's clock that was set back is a restart in the same process:
  nothing is known but what is kept, in which nothing is dated later than now (`execution.clock_changes`).
* The garbage collector leaves alone what was loaded at the start (gc_tuning.py): it is large and hardly changes.
"""
