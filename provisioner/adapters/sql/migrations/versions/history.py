"""What the clusters have shown, and which forecasts were given."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Two tables."""
    op.create_table(
        "measured",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("place", sa.Text, nullable=False),
        sa.Column("image", sa.Text, nullable=False),
        sa.Column("began_at", sa.Double, nullable=False),
        sa.Column("took_s", sa.Double, nullable=False),
        sa.Column("parallel", sa.Double, nullable=False),
        sa.Index("measured_group", "kind", "place", "image"),
    )
    op.create_table(
        "forecasts",
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
