"""The store, on SQLite or PostgreSQL. SQLAlchemy and Alembic stop here.

* `store` implements the port; `session`: who may use the store; `databases`: an SQLite file, or PostgreSQL
  (`postgresql`, with what may stand before it), and its owner; `faults`: what their errors mean;
* `history` has what was measured and forecast, histories of capabilities, and how many asked for desktops of
  pools; `runs`: of scenarios, and how far they were; `people_rows`: the index of everybody who has ever had a desktop, the
  tables of capabilities, who has which half-days of a rotation, and agents under other ids;
* `rows` writes and reads, with `records` (a desktop's row), `orders` and `journal`; `kept_rows`: rows of any table, which
  somebody else may have written: what cannot be read costs its row, or is one message where no row can be spared; `sparing`
  lists the tables whose rows can be; `places` says what each column may hold of a person;
  `codec` turns values into JSON text (`rules_codec`: the rules in force), `erasure` removes one person, `copies` copies all,
  into a file or another database; `tables` defines the tables;
* `schema` and `migrate` bring an older store up to date, with the steps in `migrations/versions`; older than the first release
  is refused. `schema` says whether this version could open a store, before anything is stopped for it, and who owns it.

The first step makes the schema of the first release. To add one: a revision in `migrations/versions`, its name in
`schema.STEPS`. A released step is never edited. May import `ledger`, `ports`, `model`, `reasons` and `errors`.

* Only `erasure` removes a person's names. It disables the journal's triggers for that, within one transaction.
"""
