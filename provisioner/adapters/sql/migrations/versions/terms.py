"""What an order about one desktop says besides: even with a session, by force."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """A column."""
    op.add_column("intents", sa.Column("terms", sa.Text))
