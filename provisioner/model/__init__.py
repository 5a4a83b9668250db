"""Frozen values and the pure functions that belong to one value. Standard library only: no I/O, no clock, no randomness.

* ids: `ids`, `seats` (what a desktop is for), `names`, `distinguished_names`, `plain_text`;
* configuration: `site_config` > `budget`, `profiles`, `pools`, `calendars`, `scenarios` > `ceilings`, `surges` (their runs),
  `shortages`, `gates` (with `gate_condition`, and `conditions/`), `rules`, `guard`, `departures`; `bounds`; `twin_spec`;
* clusters: `cluster`, `quorum`, `ownership` (the signed note), `vm_marks` (tags and MAC), `cordons`, `absence`, `left_behind`
  (what no listing shows), `capacity`;
* agents and desktops: `agents`, `demand`, `desktops`, `status_document`, `report_times` (by Bascule's clock), `guest_bounds`
  (how much desktops may say), `records` (of the store), `identities`, `intents` (`order_words`: their kinds), `set_aside`
  (those that cannot be read or carried out), `trials` (their names), `freeze` (`freeze_mark`), `first_boot`, `rekeying`,
  `erasure`, `progress` (of a run), `session_rules` (sessions that are logged off by rule), `owner_text` (whose a thing in
  another system is), `people_tables` (of capabilities);
* pools: `leases` (who has a desktop), `lending` (orders to lend, and their answers), `grants` (each opens a lent desktop once),
  `rotation` (people who share by half-days);
* pools that follow their people: `arrivals` (how many came when), `autoscale` (the sizes that follow);
* the loop: `actions`, `commands`, `work`, `status`, `drift`; `words`: the words of metrics, journal and log, frozen by
  tests/model/test_words.py;
* the store: `store_fit` (whether this version can open it), `store_move` (into another database);
* `probes`: the steps of a person's way to a desktop, and what desktops have in common; `readiness`, `drills`.

May import `errors` and `reasons`.

To add a value: a frozen, slotted, keyword-only dataclass in the file of its subject; a field's docstring gives its unit.
"""
