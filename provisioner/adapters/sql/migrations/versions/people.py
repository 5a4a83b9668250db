"""The index of everybody who has ever had a desktop."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    """It fills with the next reading of the directory."""
    op.create_table(
        "people",
        sa.Column("agent_id", sa.Text, primary_key=True),
        sa.Column("names", sa.Text, nullable=False),
        sa.Column("gone_at", sa.Double),
    )
