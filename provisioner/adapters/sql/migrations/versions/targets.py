"""A standing order may be about one thing, such as a node: one of each kind for each target."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Made anew, for SQLite changes no primary key in place; there is a handful of orders."""
    columns = ("kind", "given_by", "given_at", "reason")
    held = sa.table("intents", *map(sa.column, columns))
    given = op.get_bind().execute(sa.select(held)).mappings().all()
    op.drop_table("intents")
    made = op.create_table(
        "intents",
        sa.Column("kind", sa.Text, primary_key=True),
        sa.Column("target", sa.Text, primary_key=True),
        sa.Column("given_by", sa.Text, nullable=False),
        sa.Column("given_at", sa.Double, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
    )
    for intent in given:
        op.execute(sa.insert(made).values(target="", **intent))
