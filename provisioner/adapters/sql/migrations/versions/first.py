"""All tables, as the first release has them. Its number is that of the last step before the steps became one."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = None


def upgrade() -> None:
    """Make all tables, from nothing."""
    _desktops()
    _people()
    _orders()
    _journal()
    _measurements()
    _runs()
    op.create_table("meta", sa.Column("key", sa.Text, primary_key=True), sa.Column("value", sa.Text, nullable=False))


def _desktops() -> None:
    op.create_table(
        "desktops",
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
        *(sa.Column(name, sa.Text) for name in ("attempts", "assigned_to", "superseded_by", "departure", "unheard")),
        *(sa.Column(name, sa.Text) for name in ("noted_as", "seat")),
        sa.Column("run", sa.Integer),
        *(sa.Column(name, sa.Text) for name in ("lease", "leased_to", "identity")),
        sa.Column("used", sa.Boolean),
        sa.UniqueConstraint("cluster", "vmid", name="vmid_once"),
        sa.UniqueConstraint("address", name="address_once"),
        sa.Index("leased_once", "leased_to", unique=True),
    )
    op.create_table(
        "deletions",
        sa.Column("desktop", sa.Text, primary_key=True),
        sa.Column("reserved_at", sa.Double, primary_key=True, autoincrement=False),
        sa.Column("at", sa.Double, nullable=False),
    )
    op.create_table(
        "retired",
        sa.Column("cluster", sa.Text, primary_key=True),
        sa.Column("vmid", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("at", sa.Double, nullable=False),
    )


def _people() -> None:
    op.create_table(
        "rekeyed",
        sa.Column("old_id", sa.Text, primary_key=True),
        sa.Column("new_id", sa.Text, nullable=False),
    )
    op.create_table(
        "rosters",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("read_at", sa.Double, nullable=False),
        sa.Column("document", sa.Text, nullable=False),
    )
    op.create_table(
        "notices",
        sa.Column("agent_id", sa.Text, primary_key=True),
        sa.Column("kind", sa.Text, primary_key=True),
        sa.Column("channel", sa.Text, primary_key=True),
        sa.Column("about", sa.Text, nullable=False),
        sa.Column("stage", sa.Text, nullable=False),
        sa.Column("at", sa.Double, nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("next_at", sa.Double, nullable=False),
    )
    op.create_table(
        "half_days",
        sa.Column("run", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("week", sa.Double, primary_key=True, autoincrement=False),
        sa.Column("agent_id", sa.Text, primary_key=True),
        sa.Column("wants", sa.Integer, nullable=False),
        sa.Column("slots", sa.Text, nullable=False),
        sa.Column("waited", sa.Text, nullable=False),
        sa.Column("less", sa.Text),
    )


def _orders() -> None:
    op.create_table(
        "intents",
        sa.Column("kind", sa.Text, primary_key=True),
        sa.Column("target", sa.Text, primary_key=True),
        sa.Column("given_by", sa.Text, nullable=False),
        sa.Column("given_at", sa.Double, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("until", sa.Double),
        *(sa.Column(name, sa.Text) for name in ("rekeys", "allows", "terms")),
    )
    op.create_table(
        "surges",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("scenario", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("started_at", sa.Double, nullable=False),
        sa.Column("since", sa.Double, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("given_by", "reason", "terms")),
    )


def _journal() -> None:
    op.create_table(
        "journal",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("at", sa.Double, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("what", "subject", "result", "reason")),
        sa.Column("began_at", sa.Double),
        sa.Column("because", sa.Text),
        sa.Column("reason_coded", sa.Text),
        sa.Index("journal_subject", "subject"),
    )
    for statement in _GUARDS[op.get_bind().dialect.name]:
        op.execute(statement)


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


def _measurements() -> None:
    op.create_table(
        "measured",
        sa.Column("id", sa.Integer, primary_key=True),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("kind", "place", "image")),
        *(sa.Column(name, sa.Double, nullable=False) for name in ("began_at", "took_s", "parallel")),
        sa.Index("measured_group", "kind", "place", "image"),
    )
    op.create_table(
        "arrivals",
        sa.Column("pool", sa.Text, primary_key=True),
        sa.Column("at", sa.Double, primary_key=True),
        sa.Column("minutes", sa.Text, nullable=False),
        sa.Column("waited", sa.Integer, nullable=False),
    )
    op.create_table(
        "forecasts",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("made_at", sa.Double, nullable=False),
        *(sa.Column(name, sa.Integer, nullable=False) for name in ("wanted", "ready_then")),
        *(sa.Column(name, sa.Double, nullable=False) for name in ("early_at", "middle_at", "late_at", "widened")),
        sa.Column("measured", sa.Integer, nullable=False),
    )


def _runs() -> None:
    op.create_table(
        "progress",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("run", sa.Integer, nullable=False),
        sa.Column("at", sa.Double, nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.Index("progress_run", "run"),
    )
    for name in ("readiness", "drills"):
        op.create_table(
            name,
            sa.Column("id", sa.Integer, primary_key=True),
            sa.Column("at", sa.Double, nullable=False),
            sa.Column("document", sa.Text, nullable=False),
        )
