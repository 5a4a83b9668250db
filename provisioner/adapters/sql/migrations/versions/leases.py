"""Who has a desktop of a pool. One desktop for one person: the database itself refuses a second."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    """Two columns and an index."""
    op.add_column("desktops", sa.Column("lease", sa.Text))
    op.add_column("desktops", sa.Column("leased_to", sa.Text))
    op.create_index("leased_once", "desktops", ["leased_to"], unique=True)
