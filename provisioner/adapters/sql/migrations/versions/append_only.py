"""The database itself refuses to change or remove a line of the journal."""

from alembic import op

revision = "0002"
down_revision = "0001"

_NO = "the journal is append-only"
_GUARDS = {
    "sqlite": (
        f"CREATE TRIGGER journal_no_update BEFORE UPDATE ON journal BEGIN SELECT RAISE(ABORT, '{_NO}'); END",
        f"CREATE TRIGGER journal_no_delete BEFORE DELETE ON journal BEGIN SELECT RAISE(ABORT, '{_NO}'); END",
    ),
    "postgresql": (
        f"CREATE FUNCTION bascule_append_only() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RAISE EXCEPTION '{_NO}'; END$$",
        "CREATE TRIGGER journal_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON journal "
        "FOR EACH STATEMENT EXECUTE FUNCTION bascule_append_only()",
    ),
}


def upgrade() -> None:
    """A statement a guard."""
    for statement in _GUARDS[op.get_bind().dialect.name]:
        op.execute(statement)
