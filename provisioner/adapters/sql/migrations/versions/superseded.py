"""Which desktop an agent has been given instead of one that is out of reach or has failed."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """A column."""
    op.add_column("desktops", sa.Column("superseded_by", sa.Text))
