"""The next action for each desktop, or the reason why there is none. `planner` calls the others in order of rank.

* `table`: which step follows from a phase and a target (`planning/targets`), and the phase that it leads to;
* `provision` (reserve and clone), `identify` (read ownership notes), `start`, `stop`, `delete`, `leavers`, `replace`,
  `superseded`, `preparation` (ahead of need), `marks` (our tags, put back), `notes`; `boots_in_progress`, `obstacles`;
* `draft`: the plan while it is put together, and what has been taken of room and slots; `task`: what a step is given.

To add a step: its function in the file of its subject, and its row in `table`; what the safety gate may cut of it is said in
`planning/safety`. To stop or delete desktops by another rule, no step is needed: see `planning/targets`.

* A clone is repeated under the same VMID on the same node: if the first one still comes out, the two are one desktop. On
  another node it is another desktop and the first is superseded (`replace`); it stays reserved until nothing can come of it
  any more.
* A stop is ordered on a reading of the last 10 s, and the reading is repeated right before the stop is sent: a session may
  have begun. What a document says holds for one writing period of it, so its age counts in both places. A desktop that
  cannot be shut down works, so its stop is never given up.
* Desktops made ahead of need come after all that are needed now, and leave room for agents who come before them by rank.
* A departure that is over is kept until its tags are off the VM (`Departure.ended`): an old tag would date the next
  departure.
"""
