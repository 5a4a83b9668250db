"""Answers of the standing readiness, and drills."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    """Two tables."""
    for name in ("readiness", "drills"):
        op.create_table(
            name,
            sa.Column("id", sa.Integer, primary_key=True),
            sa.Column("at", sa.Double, nullable=False),
            sa.Column("document", sa.Text, nullable=False),
        )
