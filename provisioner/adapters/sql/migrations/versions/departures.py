"""Since when a desktop's agent is not wanted any more, and the deletes that were ordered."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """A column, and a table that outlives the rows of its desktops."""
    op.add_column("desktops", sa.Column("departure", sa.Text))
    op.create_table(
        "deletions",
        sa.Column("desktop", sa.Text, primary_key=True),
        sa.Column("reserved_at", sa.Double, primary_key=True, autoincrement=False),
        sa.Column("at", sa.Double, nullable=False),
    )
