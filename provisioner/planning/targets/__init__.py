"""What is to become of each desktop, and why: an ordered list of sources, of which the first that has a say decides.

* `sources`: the list, in order of precedence, each with its comment; `source`: what a source is; `target`: what it answers;
  `facts`: what sources weigh;
* one file each: `freeze`, `session`, `hold`, `stop_orders`, `drain`, `leavers`, `waves`, `preparation`.

May import `planning/survey`, `planning/demand` and `planning/inputs`. To add a policy that turns desktops off, or deletes them,
by a rule of its own: a file here, and its line in `sources`. Which step follows from a phase and a target:
`planning/steps/table`.

* A source that keeps a desktop as it is (a freeze, a session, a hold, a drained node) stands before every source that it
  overrules; a running desktop with a session, or whose sessions are unknown, is never turned off.
"""
