"""The reasons that people read. Each is a value: a code, arguments, and a text.

* `reason`: what a reason is; `grouping`: which reasons count as alike; `hiding`: without names; `table`: all kinds.
* Of a desktop, one file for each question: `phases` (why it is in this phase), `targets` (what should become of it), `steps`
  (why the next step is ordered, or waits), `placement` (where), `safety` (what the gate stops), `outcomes` (how actions ended),
  `drift` (what differs between store and cluster), `identities` (what desktops share).
* Of the directory: `reading` (why no roster was read), `directory` (what is held back, which entries are no agents), `roster`
  (what a reading would change, agents under new ids).
* Of the whole site: `wrong` (the list of what is wrong). Of one person, for a help desk: `person`.
* Of people who connect: `connections`. Those of a capability are in its `reasons`.
* Why something failed: `store`, `backups`, `requests` (no answer from Proxmox VE), `commands` (a wrong call), `forgetting`
  (what stands in the way of it).
* `journal`: what the journal says of intents; `orders`: why an order is not taken (`restorations`: to give a desktop back);
  `surges`: the same for a surge, and why it halts; `surge_gates`: gates and ceilings; `shortage`: when not all fit;
  `comparison`: of two scenarios; `etas`: waves that will be late; `evacuation`: of a node; `trials`: what trial desktops have
  shown; `figures`: why nobody knows how many of a ceiling are in use; `pools`: of desktops that are no single agent's;
  `lent`: what happens after a person has one; `autoscale`: how many of them there are; `rotation`: who has which half-days,
  and who waits; `session_rules`: sessions that are logged off by rule; `desk_sessions`: by order.
* Of the configuration: `files` (a file and its YAML), `forms` (one value), `bounds` (also of orders),
  `settings` (values that do not fit together), `scenarios` and `calendars`.
* Findings of the doctor: `cluster`, `servers`, `people`, `waves`, `templates`, `profiles`, `neighbours` (networks, VMIDs,
  backups, HA, clocks), `expiry`, `storage`, `room`, `prospect` (whether anybody would be made ready), `images`
  (golden images), and `subjects` (what a finding is about).
* Of files of somebody else: `held_files` (links, owners, modes), `packed_files` (tar, qcow2).
* Of the standing readiness: `readiness`. Of the API: `api`; of reports: `report`. Of commands: `views`
  (tables of `status` and others), `rehearsal` and `additions` (`bascule forecast`), `demonstration`, `setting_up` (`bascule
  init`), `certificates` (the receiver's own authority).

Imports nothing of Bascule but `extensions`. To add a reason: a line in the file of its subject, and its French text in
`texts/fr.po` (`make texts` enters it there). A code never changes after its release: scripts and the journal name it.
"""
