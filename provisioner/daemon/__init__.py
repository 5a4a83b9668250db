"""The composition root: creates adapters from settings, and runs the control loop as a service. It decides nothing.

* `composition` is the only file that knows the class behind each port; `keeping` creates only the store, for commands that
  need no cluster;
* `service`: the loop, signals, reload, watchdog and the orderly end; `systemd`, `system_clock` and
  `steady_clock` belong to it;
* `workers`: what works beside the loop, each in a thread of its own, with `beside`: what capabilities add to that, and
  `rounds`: such a thread, which does the same again and again; `store_care`: what the store needs from time to time;
* `publishing`: what the control thread hands to the API at each cycle's end, and whether the configuration on disk is in force;
  `order_desk`: what the API hands to the control thread; `push_desk`: what the receiver does, `first_boot_files`: the
  site's files that a desktop gets, and `authority_answer`: the receiver's authority; `callers`: who asks the API;
* `certificate_watch`: when each certificate ends that the site serves with or trusts, and whether it is in use;
* `ceiling_watch`: how many seats or licences are in use, for a scenario's ceilings; `ceiling_readings`: the same once;
  `reaching`: whether people reach
  their desktops, a service of a capability;
* `facts`: what the daemon knows of itself, for its metrics; `disk_space`: what is free on the disk of the store; `scoring`:
  earlier forecasts against what came; `progress_log`: how far the surge is, noted for its report; `wrong_log`: what is wrong,
  from when to when, noted for it; `report_facts`: what that is made from;
* `operators`: the name of the operator who gives an order; `freeze_file`: a freeze that needs nothing else, and where its
  file is; `site_file`: what the running daemon says of itself;
* `template_configs`: which drives the templates have, for `bascule check` and for forecasts;
* `offline_status`, `drift`, `roster_diff`, `rekey`, `who_is`, `erasure`: commands that need no running daemon;
* `backup`, `restore_plan`, `restoring`: the whole installation in one file, and back to its places on another machine.

May import everything below it. To add an outside system: a Protocol in `ports`, a package in `adapters/`, its creation
in `composition`. To add a setting: its field in `settings/values` says whether a reload takes it up (`settings/reload`).

* The daemon's time goes on at an even pace (`steady_clock`). If the machine's clock is set, back or forward, the daemon starts
  again in the same process, from the store, in which no time is later than now (`execution.clock_changes`).
* The garbage collector skips objects loaded at the start (gc_tuning.py): they are many and hardly change.
"""
