"""Reservations with what is known of their desktops, retired VMIDs, rosters, intents, the journal."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """From nothing."""
    _desktops()
    _rest()
    _journal()


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
        sa.Column("attempts", sa.Text),
        sa.Column("assigned_to", sa.Text),
        sa.UniqueConstraint("cluster", "vmid", name="vmid_once"),
        sa.UniqueConstraint("address", name="address_once"),
    )


def _rest() -> None:
    op.create_table(
        "retired",
        sa.Column("cluster", sa.Text, primary_key=True),
        sa.Column("vmid", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("at", sa.Double, nullable=False),
    )
    op.create_table(
        "rosters",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("read_at", sa.Double, nullable=False),
        sa.Column("document", sa.Text, nullable=False),
    )
    op.create_table(
        "intents",
        sa.Column("kind", sa.Text, primary_key=True),
        sa.Column("given_by", sa.Text, nullable=False),
        sa.Column("given_at", sa.Double, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
    )
    op.create_table(
        "meta",
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("value", sa.Text, nullable=False),
    )


def _journal() -> None:
    op.create_table(
        "journal",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("at", sa.Double, nullable=False),
        sa.Column("what", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("result", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("began_at", sa.Double),
    )
    op.create_index("journal_subject", "journal", ["subject"])
