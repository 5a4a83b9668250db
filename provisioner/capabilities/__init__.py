"""What Bascule can do beyond the core: a room for each capability, a folder with everything of it.

* `zones`: names and addresses of desktops in DNS; `domain`: computer accounts; `brokers`: connections in people's browsers;
  `notices`: people are told; `probes`: desktops are reached as a person would; `readiness`: each night, who would have a
  desktop in time, and drills.

The core does not know them. No capability imports another, nothing else imports any, and a copy of the product without these
folders passes the core's tests (a test makes one). What one capability has to say to another is a key in the core's words:
`settings.values.Settings.desktop_zone`, `daemon.beside.JOIN`, `daemon.reaching.REACHING`.

The core has extension points (`extensions.Point`): a file of a fixed name in the room, and in it a value of a fixed name and
type. Only the files that are asked for are loaded, in the order of `NAMES`. Each is there only if it is needed.

* `settings.py`: `SECTION`, a `settings.sections.AddedSection`: its section of bascule.yaml, the value and the checks;
* `work.py`: `WORK`, a `daemon.beside.SideWork`: what runs beside the loop, its part of the status, its services;
* `services.py`: `SERVICES`, an `extensions.Parts`: what it does for commands, without a worker, by the keys of services;
* `evidence.py`: `EVIDENCE`, a `sessions.evidence.Evidence`: sessions that are known otherwise; they only ever keep a desktop;
* `records.py`: `TABLE`, a `model.store_fit.PeopleTable`: what the store keeps of people;
* `history.py`: `HISTORIES`, a tuple of `model.store_fit.HistoryTable`: the latest values of a kind that the store keeps;
* `views.py`: `VIEW`, a `views.parts.StatusView`: its key of the status document, and what is wrong;
* `lines.py`: `LINES`, a `texts.lines.StatusLines`: its lines of `bascule status`;
* `findings.py`: `CHECKS`, a `doctor.findings.Checks`: what `bascule check` finds;
* `alerts.py`: `ALERTS`, a dict of `wrong.alerts.Alert` and the kinds of entries that each is made of: when somebody is called;
* `gauges.py`: `ROOM`, a `monitors.metric.Room`: its metrics;
* `routes.py`: `ROUTES`, a router of FastAPI: its documents in the API;
* `commands.py`: `COMMANDS`, a tuple of `cli.added.AddedCommand`: verbs of the core's nouns;
* `sheet.py`: `NOTE`, a `cli.added.AddedNote`: a note at the end of a scenario's sheet. Both alone know the command line, and
  print;
* `reasons.py`: kinds of reasons, in the one table with those of the core.

By habit: `model` (values, ports, the key of its part), `decide` (pure), `outside` (the other system; alone imports its library,
and is imported only if the capability is configured).

What a capability keeps in a value of the core (`Status.parts`, `Settings.sections`) is found by a typed key, an
`extensions.Part`: its name counts, because values are pickled for other processes.

`settings.py` may not import `settings.documents`, which asks for all sections while it is loaded. What is in `settings.fields`,
`settings.checking` and `settings.sections` is for it.

To add a capability: its folder, its name here, its tests in a folder of `tests/capabilities/`; a migration, if it has a
table; its section in `config/bascule.yaml` and `config/fr/bascule.yaml`, as a comment, and in `tests/pins/test_pickles.py`;
its metrics on a panel, or in `tests/wall/unshown.py`; a line for its command in docs/en/which-command.md; then `make pins`.
What more than five files of the core still name, or what needs an extension point of its own, stays in the core.
"""

NAMES: tuple[str, ...] = ("zones", "domain", "brokers", "notices", "probes", "readiness")
"""The only list of them. In this order they appear wherever there is an order."""
