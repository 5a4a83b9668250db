"""An order about the directory names the people it lets leave and join; how many they were says nothing of who."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """A column in the place of two. An order that only counts can no longer be followed: it has to be given again."""
    op.execute("DELETE FROM intents WHERE kind = 'accept_directory'")
    for column in ("leavers", "joiners"):
        op.drop_column("intents", column)
    op.add_column("intents", sa.Column("allows", sa.Text))
