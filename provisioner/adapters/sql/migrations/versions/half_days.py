"""Who has which half-days of a rotation."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    """A table."""
    op.create_table(
        "half_days",
        sa.Column("run", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("week", sa.Double, primary_key=True, autoincrement=False),
        sa.Column("agent_id", sa.Text, primary_key=True),
        sa.Column("wants", sa.Integer, nullable=False),
        sa.Column("slots", sa.Text, nullable=False),
        sa.Column("waited", sa.Text, nullable=False),
    )
