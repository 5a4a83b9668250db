"""Why a desktop gave no report when it was asked last."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """A column."""
    op.add_column("desktops", sa.Column("unheard", sa.Text))
