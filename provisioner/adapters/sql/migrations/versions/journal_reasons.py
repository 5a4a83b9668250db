"""Code and arguments of what came of an order, in the journal; older lines have the text alone."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """A column."""
    op.add_column("journal", sa.Column("reason_coded", sa.Text))
