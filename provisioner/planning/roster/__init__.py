"""Whether a reading of the directory is accepted, and what it changes.

* `judgement`: everything that happens to a reading before it is in force (`judging`: from records and configuration). `guard`
  compares reading and configuration with
  the accepted state; `suspicion`: what makes a change suspicious, by how many there are, and by `concentration` (from one
  place); `changes`: who leaves, joins, is renamed; `merge`: joins a reading with the accepted roster; `departed`: names of
  agents who are no longer listed; `proof`: compares readings of changes with full readings; `alternation`: servers that
  disagree; `damping`: people who come and go; `entitlement`: an agent's profile and wave;
* who is who: `who` says who is held, and who comes under a new id; `cases`: the table of cases, and what is evidence enough;
  `owners`: whoever is listed under the same id is compared, by the `traits` of entries. `recreated` makes pairs of people who
  are gone and new entries, `matching` finds them by an attribute that an operator names, `rekeys` says which pairs of an order
  can be carried out, `shown` about whom an order is.

The lowest layer of planning: it imports no other part of it. To add a rule of the guard: a reason in `suspicion`, its setting
in `settings/directory`, and rows in tests/accidents/ for the mistake and for the legitimate change that looks like it.

* A reading, or a changed configuration, is in force only if the guard accepts it. The guard counts agents who lose or gain a
  *desktop*, not entries: a group that lost all its members is as bad as an empty directory. After a lost store, readings are
  compared with the owners of the desktops, and stay provisional until all desktops are known (`reconciler/roster_readings`).
"""
