"""Frozen values and the pure functions that belong to one value. Standard library only: no I/O, no clock, no randomness.

* ids: `ids`, `seats` (what a desktop is for), `names`, `distinguished_names`, `plain_text`;
* configuration: `site_config` > `budget`, `profiles`, `pools`, `calendars`, `scenarios` > `ceilings`, `surges` (their runs),
  `shortages`, `gates` (with `gate_condition`, and `conditions/`), `rules`, `guard`, `departures`; `bounds`; `twin_spec`;
* clusters: `cluster`, `ownership` (the signed note), `vm_marks` (name, tags and MAC), `cordons`, `absence` (what no listing
  shows), `capacity`;
* agents and desktops: `agents`, `demand`, `desktops`, `status_document`, `guest_bounds` (how much desktops may say), `records`
  (of the store), `identities`, `intents` (`order_words`: their kinds), `set_aside` (those that cannot be read or carried out),
  `trials` (their names), `freeze`, `first_boot`, `rekeying`, `erasure`, `progress` (of a run), `session_rules` (sessions that
  are logged off by rule), `owner_text` (whose a thing in another system is);
* pools: `lending` (who has a desktop, orders and answers, grants that open one), `half_days`
  (as published), `rotation` (people who share by half-days);
* pools that follow their people: `autoscale`; sessions as numbers, and who came when: `session_counts`;
* the loop: `actions`, `commands`, `etas`, `status`, `drift`; `words`: the words of metrics, journal and log, frozen by
  tests/model/test_words.py;
* the store: `store_fit` (whether this version can open it, where it was moved to, tables of capabilities);
* `probes`: the steps of a person's way to a desktop, and what desktops have in common.

May import `errors` and `reasons`.

To add a value: a frozen, slotted, keyword-only dataclass in the file of its subject; a field's docstring gives its unit.
"""
