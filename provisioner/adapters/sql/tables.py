"""The store's tables, as the newest migration leaves them (a test compares both). Instants are epoch seconds."""

from dataclasses import fields
from typing import Any, get_type_hints

import sqlalchemy as sa

from provisioner.model.kept.store_fit import TABLES, PeopleTable, histories

metadata = sa.MetaData()

desktops = sa.Table(
    "desktops",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("cluster", sa.Text, nullable=False),
    sa.Column("vmid", sa.Integer, nullable=False),
    sa.Column("profile", sa.Text, nullable=False),
    sa.Column("agent_id", sa.Text),
    sa.Column("address", sa.Text),
    sa.Column("node", sa.Text, nullable=False),
    sa.Column("reserved_at", sa.Double, nullable=False),
    sa.Column("proven", sa.Boolean, nullable=False),
    sa.Column("report", sa.Text),
    sa.Column("started_at", sa.Double),
    sa.Column("attempts", sa.Text),
    sa.Column("assigned_to", sa.Text),
    sa.Column("superseded_by", sa.Text),
    sa.Column("departure", sa.Text),
    sa.Column("unheard", sa.Text),
    sa.Column("noted_as", sa.Text),
    sa.Column("seat", sa.Text),
    sa.Column("run", sa.Integer),
    sa.Column("lease", sa.Text),
    sa.Column("leased_to", sa.Text),
    sa.Column("identity", sa.Text),
    sa.Column("used", sa.Boolean),
    sa.Column("logged_on", sa.Boolean),
    sa.UniqueConstraint("cluster", "vmid", name="vmid_once"),
    sa.UniqueConstraint("address", name="address_once"),
    sa.Index("leased_once", "leased_to", unique=True),
)
"""One row for each reservation, with the state of its desktop. No address is NULL, since UNIQUE ignores NULL. `seat` is set
only for a desktop that belongs to no single agent; `run` for a desktop that was made in a run of a scenario; `lease` for a
desktop of a pool that is not free, with `leased_to` for one that is for a person: one desktop for each person; `used` for a
desktop of a pool with the disk of an earlier person; `logged_on` for a desktop that somebody was ever logged on to."""

deletions = sa.Table(
    "deletions",
    metadata,
    sa.Column("desktop", sa.Text, primary_key=True),
    sa.Column("reserved_at", sa.Double, primary_key=True, autoincrement=False),
    sa.Column("at", sa.Double, nullable=False),
)
"""Ordered deletes. They stay longer than the row of their desktop."""

retired = sa.Table(
    "retired",
    metadata,
    sa.Column("cluster", sa.Text, primary_key=True),
    sa.Column("vmid", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("at", sa.Double, nullable=False),
)

rekeyed = sa.Table(
    "rekeyed",
    metadata,
    sa.Column("old_id", sa.Text, primary_key=True),
    sa.Column("new_id", sa.Text, nullable=False),
)
"""Earlier ids of agents."""

people = sa.Table(
    "people",
    metadata,
    sa.Column("agent_id", sa.Text, primary_key=True),
    sa.Column("names", sa.Text, nullable=False),
    sa.Column("gone_at", sa.Double),
)
"""Everybody who has ever had a desktop, until the person is erased. `names` is JSON: earlier ids, and every name that the
directory has given; `gone_at`: since when the person is not listed and has no desktop."""

rosters = sa.Table(
    "rosters",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("read_at", sa.Double, nullable=False),
    sa.Column("document", sa.Text, nullable=False),
)
"""The accepted rosters that differ, newest last."""

intents = sa.Table(
    "intents",
    metadata,
    sa.Column("kind", sa.Text, primary_key=True),
    sa.Column("target", sa.Text, primary_key=True),
    sa.Column("given_by", sa.Text, nullable=False),
    sa.Column("given_at", sa.Double, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("until", sa.Double),
    sa.Column("rekeys", sa.Text),
    sa.Column("allows", sa.Text),
    sa.Column("terms", sa.Text),
)
"""One row for each intent; no target is the empty text. `rekeys` and `allows` are JSON, for intents about the directory;
`terms` for intents about one desktop."""

surges = sa.Table(
    "surges",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("scenario", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("started_at", sa.Double, nullable=False),
    sa.Column("since", sa.Double, nullable=False),
    sa.Column("given_by", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("terms", sa.Text, nullable=False),
)
"""Runs of scenarios; the last one counts. `terms` is JSON: what was ordered besides, and the scenario as it was started."""

journal = sa.Table(
    "journal",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("at", sa.Double, nullable=False),
    sa.Column("what", sa.Text, nullable=False),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("result", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("began_at", sa.Double),
    sa.Column("because", sa.Text),
    sa.Column("reason_coded", sa.Text),
    sa.Index("journal_subject", "subject"),
)
"""Append-only: triggers refuse every change. `began_at` is an outcome's start, for durations. `because` is the reason for an
order, as JSON. `reason_coded` is `reason` with code and arguments, if it has them."""

_NO = "the journal is append-only"
_GUARDS = {
    "sqlite": (
        f"CREATE TRIGGER journal_no_update BEFORE UPDATE ON journal BEGIN SELECT RAISE(ABORT, '{_NO}'); END",
        f"CREATE TRIGGER journal_no_delete BEFORE DELETE ON journal BEGIN SELECT RAISE(ABORT, '{_NO}'); END",
    ),
    "postgresql": (
        f"CREATE FUNCTION bascule_append_only() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RAISE EXCEPTION '{_NO}'; END$$",
        "CREATE TRIGGER journal_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON journal "
        "FOR EACH STATEMENT EXECUTE FUNCTION bascule_append_only()",
    ),
}


def _guard(_: object, connection: sa.Connection, **__: object) -> None:
    for statement in _GUARDS[connection.dialect.name]:
        connection.exec_driver_sql(statement)


sa.event.listen(journal, "after_create", _guard)

measured = sa.Table(
    "measured",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("place", sa.Text, nullable=False),
    sa.Column("image", sa.Text, nullable=False),
    sa.Column("began_at", sa.Double, nullable=False),
    sa.Column("took_s", sa.Double, nullable=False),
    sa.Column("parallel", sa.Double, nullable=False),
    sa.Index("measured_group", "kind", "place", "image"),
)
"""How long clones, boots and answers took: the latest of each kind, place and image. Nothing in it names a person."""

forecasts = sa.Table(
    "forecasts",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("made_at", sa.Double, nullable=False),
    sa.Column("wanted", sa.Integer, nullable=False),
    sa.Column("ready_then", sa.Integer, nullable=False),
    sa.Column("early_at", sa.Double, nullable=False),
    sa.Column("middle_at", sa.Double, nullable=False),
    sa.Column("late_at", sa.Double, nullable=False),
    sa.Column("widened", sa.Double, nullable=False),
    sa.Column("measured", sa.Integer, nullable=False),
)
"""Forecasts that were given, to compare them with what came."""

progress = sa.Table(
    "progress",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("run", sa.Integer, nullable=False),
    sa.Column("at", sa.Double, nullable=False),
    sa.Column("document", sa.Text, nullable=False),
    sa.Index("progress_run", "run"),
)
"""How far runs of scenarios were at which moment. `document` is JSON; it counts people and names none."""

for _history in histories():
    sa.Table(
        _history.name,
        metadata,
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("at", sa.Double, nullable=False),
        sa.Column("document", sa.Text, nullable=False),
    )

arrivals = sa.Table(
    "arrivals",
    metadata,
    sa.Column("pool", sa.Text, primary_key=True),
    sa.Column("at", sa.Double, primary_key=True),
    sa.Column("minutes", sa.Text, nullable=False),
    sa.Column("waited", sa.Integer, nullable=False),
)
"""How many people asked for a desktop of a pool in each minute of a quarter of an hour (JSON), and how many of them waited. It
names nobody."""

_COLUMNS = {str: sa.Text, int: sa.Integer, float: sa.Double}


def _column(table: PeopleTable[Any], name: str, kind: Any) -> sa.Column[Any]:
    plain = getattr(kind, "__supertype__", kind)  # of a NewType
    base = next((base for base in getattr(plain, "__mro__", ()) if base in _COLUMNS), None)
    if base is None:
        raise TypeError(f"{table.of.__name__}.{name} is a {kind}, and no column of {table.name} can hold that")
    return sa.Column(name, _COLUMNS[base], primary_key=name in table.key, nullable=False)


for _table in TABLES.found():
    _kinds = get_type_hints(_table.of)
    sa.Table(_table.name, metadata, *(_column(_table, field.name, _kinds[field.name]) for field in fields(_table.of)))

half_days = sa.Table(
    "half_days",
    metadata,
    sa.Column("run", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("week", sa.Double, primary_key=True, autoincrement=False),
    sa.Column("agent_id", sa.Text, primary_key=True),
    sa.Column("wants", sa.Integer, nullable=False),
    sa.Column("slots", sa.Text, nullable=False),
    sa.Column("waited", sa.Text, nullable=False),
    sa.Column("less", sa.Text),
)
"""The published half-days of a rotation: a row for each person and week. `slots` is JSON, pairs of a beginning and an end;
`waited` has the beginnings at which there was no desktop; `less` is a smaller share than the rotation's, or null."""

meta = sa.Table(
    "meta",
    metadata,
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("value", sa.Text, nullable=False),
)
"""`baseline_accepted`, `directory_guard`, `erasures`, `installation`, `owner`, `rebuild_began`, `roster_origin` and
`session_counts`."""
