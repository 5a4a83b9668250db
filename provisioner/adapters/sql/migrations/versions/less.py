"""Who has fewer half-days than the rotation's share, because it did not suffice."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    """A column."""
    op.add_column("half_days", sa.Column("less", sa.Text))
