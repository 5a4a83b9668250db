"""The store, on SQLite or PostgreSQL. SQLAlchemy and Alembic stop here.

* `store` implements the port; `session`: who may use the store; `databases`: an SQLite file, or PostgreSQL
  (`postgresql`), and its owner (`owners`: who that is); `poolers`: what may stand before PostgreSQL; `faults`: what their
  errors mean;
* `history` has what the clusters have shown, and the forecasts that were given; `progress`: how far runs were;
  `standing`: answers of the standing readiness, and drills; `people_tables`: of capabilities; `arrivals`: how many asked for
  desktops of pools; `half_days`: who has which half-days of a rotation;
* `rows` writes and reads, with `records` (a desktop's row), `orders`, `runs` (of scenarios), `journal` and `rekeying` (agents
  under other ids); `writing`: statements on any table;
  `sound` checks what somebody else may have written, `kept_rows` each row by itself: what cannot be read costs its row, or is
  one message where no row can be spared; `sparing` lists the tables whose rows can be;
  `known_people` is the index of everybody who has ever had a desktop; `places` says what each column may hold of a person;
  `codec` turns values into JSON text (`rules_codec`: the rules in force; `counts_codec`: counts of sessions), `erasure` removes
  one person, `copies` copies all, `moving` into another database; `tables` defines the tables;
* `schema` and `migrate` bring an older store up to date, with the steps in `migrations/versions`; older than the first release
  is refused. `fitting`: whether this version could open a store, before anything is stopped for it.

The first step makes the schema of the first release. To add one: a revision in `migrations/versions`, its name in
`schema.STEPS`. A released step is never edited. May import `ledger`, `ports`, `model`, `reasons` and `errors`.

* Only `erasure` removes a person's names. It disables the journal's triggers for that, within one transaction.
"""
