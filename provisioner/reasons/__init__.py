"""The reasons that people read. Each is a value: a code, arguments, and a text.

* `reason`: what a reason is; `grouping`: which reasons count as alike; `hiding`: without names; `table`: all kinds.
* Of a desktop, one file for each question: `phases` (why it is in this phase, and what desktops share), `targets` (what should
  become of it, by rules of sessions too, and what the gate stops), `steps` (why the next step is ordered, or waits;
  evacuations), `placement` (where, and what when not all fit), `drift` (what differs between store and cluster).
* Of the directory: `reading` (why no roster was read), `directory` (what is held back, which entries are not agents, what a
  reading would change, who cannot be forgotten yet).
* Of the whole site: `wrong` (the list of what is wrong). Of one person, for a help desk: `person`.
* Those of a capability are in its `reasons`.
* Why something failed: `store` (also backups), `requests` (calls to other systems, and how actions ended), `commands` (a wrong
  call).
* `orders`: why an order is not taken, and what the journal says; `surges`: the same for a surge, why it halts or is late, and
  its report; `trials`: what trial desktops have shown; `pools`: desktops that are not a single agent's, how many there are, and
  who has one; `rotation`: who has which half-days, and what one rotation does otherwise than another.
* Of the configuration: `files` (a file, its YAML, its values; also files of somebody else), `settings` (values that do not fit
  together).
* Findings of the doctor: `cluster`, `servers`, `people` (and whether there is room for them, and anybody would be made ready),
  `waves`, `templates`, `neighbours` (networks, VMIDs, backups, HA, clocks), `expiry`, `storage`, `images` (golden images), and
  `subjects` (what a finding is about).
* Of the API: `api`. Of commands: `views` (tables of `status` and others), `rehearsal`
  (`bascule forecast`), `certificates` (the receiver's own authority).

Imports nothing of Bascule but `extensions`. To add a reason: a line in the file of its subject, and its French text in
`texts/fr.po` (`make texts` enters it there). A code never changes after its release: scripts and the journal name it.
"""
