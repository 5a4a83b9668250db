"""The level that each desktop is to reach, and why: an ordered list of sources; the first with a target decides.

* `sources`: the list, in order of precedence, each with a comment; `source`: the type of a source; `target`: its answer;
  `facts`: its inputs;
* one file each: `freeze`, `quarantine`, `session`, `hold`, `stop_orders`, `rebuild_orders`, `reconfigure_orders`,
  `trials`, `drain`, `leavers`, `pools`, `restart_orders`, `resting`, `surge_return`, `waves`, `preparation`.

May import `planning/survey`, `planning/demand` and `planning/inputs`. To add a policy that turns off or deletes desktops:
a file here, and its line in `sources`; but if people need them again later, in `planning/rests`. The step that follows from a
phase and a target is in `planning/steps/table`.

* A source that keeps a desktop unchanged (a freeze, a session, a hold, a drained node) stands before the sources that it
  overrules. A running desktop with a session, or with unknown sessions, is never turned off; an operator's order for one
  desktop overrides unknown sessions, and a session only if it says so.
"""
