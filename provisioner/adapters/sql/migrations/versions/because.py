"""What an order was given for, in the journal; older lines do not say."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """A column."""
    op.add_column("journal", sa.Column("because", sa.Text))
