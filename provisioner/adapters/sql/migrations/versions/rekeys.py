"""Agents who go on under other ids: orders, the ids they had, and what each desktop's note may still name."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Two columns, and a table."""
    op.add_column("desktops", sa.Column("noted_as", sa.Text))
    op.add_column("intents", sa.Column("rekeys", sa.Text))
    op.create_table(
        "rekeyed",
        sa.Column("old_id", sa.Text, primary_key=True),
        sa.Column("new_id", sa.Text, nullable=False),
    )
