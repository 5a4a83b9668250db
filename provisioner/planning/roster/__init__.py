"""Whether a reading of the directory is believed, and what it changes.

* `guard` judges a reading and the configuration against what is in force; `suspicion`: what makes a change suspicious, by
  `limits` (how many) and `concentration` (from where); `changes`: who leaves, joins, is renamed; `merge` joins a reading with
  what was accepted; `departed`: the names of those who are listed no more; `proof` compares readings of changes with full ones;
  `alternation`: servers that take turns; `entitlement`: which profile and wave an agent has; `judgement`: all of it, on a
  reading's way into force;
* the same person under a new id: `recreated` finds and holds them, `matching` finds them by what an operator names,
  `rekeys` says which pairs of an order can be carried out.

The ground floor of planning: it imports no other part of it. To add a rule of the guard: a reason in `suspicion`, its setting
in `settings/directory`, and a row in tests/accidents/ for the mistake and for the rightful change that looks like it.

* A reading, and a changed configuration, is put in force only if the guard believes it. It counts who loses or gains a
  *desktop*, not entries: a group that lost all its members is as bad as an empty directory. With a lost store the desktops'
  owners are what it is compared with, so such a reading is provisional until all desktops are known
  (`reconciler/roster_readings`).
"""
