"""The store, on SQLite or PostgreSQL. SQLAlchemy and Alembic stop here.

* `store` is the port; `session` says who may use it; `databases`: where it lies and how one daemon owns it;
* `rows` writes and reads, `records` (a desktop's row) and `rekeying` (agents under other ids) with it; `codec` turns values
  into one JSON text (`rules_codec`: the rules in force), `erasure` takes one person out, `copies` copies all; `tables` are the
  tables;
* `schema` and `migrate` bring an older store up to date, with the steps in `migrations/versions`.

To add a step of the schema: a revision in `migrations/versions`, its name in `schema.STEPS`. A released step is never
edited.

* A person's names leave the store through `erasure` alone: the journal's guards are lifted for that, within one
  transaction.
"""
