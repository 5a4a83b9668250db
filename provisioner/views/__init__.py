"""Documents of what the daemon knows: for the API, for commands with `--json`, and the words that tables share with them. Pure.

No I/O, no clock, no network: a document is made from a status, a plan, records or lines of the journal, and dated by them.

* `reasons`: a reason as a document, and many reasons as counts; `times`: instants as text; `published`: what the control thread
  hands out at the end of a cycle;
* of desktops and people: `desktops`, `agents`, `connections`, `resting`, `pools`, `lent` (who has which desktop of a pool),
  `autoscale`, `rotation` (who comes by half-days);
* `parts`: what capabilities show; of hardware: `nodes`, `storages`, `clusters`;
  of the switch: `figures` (numbers without people), `waves`, `surge` (its run), `capacity`, `peaks` (of sessions), `plan`,
  `status` (all of it), `findings` (what waits for a person, and drift);
* of the record: `orders` (intents), `journal`;
* of one thing, from all of these: `why`; of a run that is over, or goes on: `surge_report`;
* `without_people`: a document for those who may not know of people;
* `resources`: which of them is made of one publication alone, and how.

May import `texts`, `ports`, `model`, `reasons`, `errors`: texts are in the language of the context, which a request sets.
Nothing that a command imports from here may load pydantic, SQLAlchemy or ldap3.

The names of keys are the API's vocabulary: version 1 gets more keys, and never another meaning for a key that is there. An
unknown value is None, which is neither zero nor empty. Times are RFC 3339 in UTC; a name that ends in `_s`, `_mib` or `_gib`
is a number. To add a key: a field with its docstring, then `make pins`. To add a document: a file here, its line in
`resources`, a route in `api/`.
"""
