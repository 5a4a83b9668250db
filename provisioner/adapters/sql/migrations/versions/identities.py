"""What a desktop showed of itself that no two may share."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """A column."""
    op.add_column("desktops", sa.Column("identity", sa.Text))
