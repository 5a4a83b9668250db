"""Runs of scenarios. A scenario's beginning was an order of the daemon before; it becomes the first run."""

import json

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """A table and a column; the stored beginning is moved."""
    op.add_column("desktops", sa.Column("run", sa.Integer))
    runs = op.create_table(
        "surges",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("scenario", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("started_at", sa.Double, nullable=False),
        sa.Column("since", sa.Double, nullable=False),
        sa.Column("given_by", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("terms", sa.Text, nullable=False),
    )
    begun = sa.text("SELECT reason, given_by, given_at FROM intents WHERE kind = 'surge' AND target = ''")
    for row in op.get_bind().execute(begun).all():
        first = {"number": 1, "scenario": row.reason, "state": "running", "given_by": row.given_by, "reason": ""}
        op.bulk_insert(runs, [{**first, "started_at": row.given_at, "since": row.given_at, "terms": json.dumps(_TERMS)}])
    op.execute("DELETE FROM intents WHERE kind = 'surge'")


_TERMS = {
    "day_1": None,
    "released": [],
    "ends_at": None,
    "then_returns": False,
    "goes_back": {"size": None, "interval_s": 0.0, "keep_s": 2_592_000.0},
    "returned_at": None,
    "takes_back": [1],
    "rebuilt": False,
    "as_started": None,
}
"""A released step is never edited: what a run holds later has its own default."""
