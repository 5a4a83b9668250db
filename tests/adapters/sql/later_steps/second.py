"""A step that no release has: how a store is brought up to date is tried with it."""

import sqlalchemy as sa
from alembic import op

from provisioner.adapters.sql.schema import STEPS

revision = "9998"
down_revision = STEPS.revisions[-1]


def upgrade() -> None:
    """A table, then a column."""
    op.create_table("shades", sa.Column("name", sa.Text, primary_key=True))
    op.add_column("desktops", sa.Column("shade", sa.Text))
