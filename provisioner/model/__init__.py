"""Frozen values and the pure functions that belong to one value. Standard library only: no I/O, no clock, no randomness.

* `people/`: agents, and the profiles of their desktops; `scenario/`: the switch, its times and runs; `machines/`: clusters, VMs
  and what runs in them; `kept/`: what the store keeps, and changes of it that concern one person;
* ids: `ids`, `names`, `trials` (their names); `vm_marks` (name, tags and MAC); `bounds`;
* configuration: `site_config` > `budget`, `pools`, `rules` > `guard`, `departures`; `shortages`;
* `capacity`, `certificates`, `cordons`, `freeze`; `status_document`: what a desktop says;
* `demand`, `intents` (`order_words`: their kinds); `session_rules` (sessions that are logged off by rule);
* pools: `lending` (who has a desktop, orders and answers, grants that open one); those that follow their people: `autoscale`;
  sessions as numbers, and who came when: `session_counts`;
* the loop: `actions`, `commands`, `deferrals`, `status`; `words`: the words of metrics, journal and log, frozen by
  tests/model/test_words.py;
* `probes`: the steps of a person's way to a desktop, and what desktops have in common.

May import `errors` and `reasons`.

To add a value: a frozen, slotted, keyword-only dataclass in the file of its subject; a field's docstring gives its unit.
"""
