"""A standing order may end by itself, and allow so much and no more."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Columns."""
    for column in (sa.Column("until", sa.Double), sa.Column("leavers", sa.Integer), sa.Column("joiners", sa.Integer)):
        op.add_column("intents", column)
