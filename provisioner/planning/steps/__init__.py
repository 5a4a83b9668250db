"""The next action for each desktop, or why there is none. `planner` calls the other modules, in order of rank.

* `table`: the step for each phase and target (`planning/targets`), and the phase that it leads to;
* `provision` (reserve and clone), `shortage` (what the scenario says where none fits), `identify` (read ownership notes),
  `start`, `stop`, `delete` (also the reset of pools' desktops), `leavers`, `replace`, `superseded`, `preparation` (ahead of
  need), `reconfigure` (profiles that have changed), `marks` (our tags, put back), `notes`, `quarantine`, `trials`, `evacuate`,
  `surge_return`; `boots_in_progress`, `boot_queues`, `obstacles`;
* `draft`: the plan under construction, with the resources and slots that it has taken; `task`: the input of a step.

To add a step: its function in the file of its subject, and its row in `table`; `planning/safety` says when the gate cuts it.
To stop or delete desktops by another rule, no step is needed: see `planning/targets`.

* A clone is repeated under the same VMID on the same node: if the first clone still appears, both are one desktop. On another
  node it is another desktop, which supersedes the first (`replace`); the first stays reserved until its clone can no longer
  appear.
* A stop is ordered on a reading of the last 10 s, and sessions are read again right before it is sent: one may have begun. A
  status document is valid for one writing period, so its age counts in both places. A desktop that cannot be shut down is
  still usable, so its stop is never given up.
* Desktops made ahead of need come after all that are needed now, and leave resources for agents with an earlier rank.
* An ended departure is stored until its tags are removed from the VM (`Departure.ended`): an old tag would date the next
  departure.
"""
