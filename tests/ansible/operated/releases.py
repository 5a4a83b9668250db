"""Releases that differ from the checkout's: by schemas of the store, and by a daemon that does not start."""

import zipfile
from pathlib import Path

from provisioner.adapters.sql.schema import STEPS

_SCHEMA = "provisioner/adapters/sql/schema.py"
_SERVICE = "provisioner/daemon/service.py"
_STARTS = 'self._systemd.tell("READY=1")'
BROKEN = "broken for a test"
_STEP = """\
import sqlalchemy as sa
from alembic import op

revision = "{revision}"
down_revision = "{before}"


def upgrade() -> None:
    op.create_table("of_a_test_{revision}", sa.Column("id", sa.Integer, primary_key=True))
    {then}
"""


def newer_release(wheel: Path, folder: Path, *, schemas: int, broken: bool = False, then: str = "") -> Path:
    """The wheel with so many schemas more. `broken`: its daemon opens the store, and ends before it is ready.

    `then`: what each of its upgrades of the store does last, in Python.
    """
    newest = STEPS.revisions[-1]
    added = [f"{int(newest) + number:04}" for number in range(1, schemas + 1)]
    edits = {_SCHEMA: (f'"{newest}")', ", ".join(f'"{revision}"' for revision in (newest, *added)) + ")")}
    if broken:
        edits[_SERVICE] = (_STARTS, f'raise RuntimeError("{BROKEN}")')
    scripts = {
        f"provisioner/adapters/sql/migrations/versions/of_a_test_{revision}.py": _STEP.format(
            revision=revision, before=before, then=then
        )
        for before, revision in zip([newest, *added], added, strict=False)
    }
    folder.mkdir()
    return _edited(wheel, folder / wheel.name, edits, scripts)


def _edited(wheel: Path, to: Path, edits: dict[str, tuple[str, str]], added: dict[str, str]) -> Path:
    with zipfile.ZipFile(wheel) as source, zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            content = source.read(name)
            if name in edits:
                assert edits[name][0].encode() in content, name
                content = content.replace(*(text.encode() for text in edits[name]))
            target.writestr(name, content)
        for name, text in added.items():
            target.writestr(name, text)
    return to
