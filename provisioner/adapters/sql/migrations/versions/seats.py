"""What a desktop is for, where it is no single agent's; an agent's desktop is known by the agent's id as before."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """A column."""
    op.add_column("desktops", sa.Column("seat", sa.Text))
