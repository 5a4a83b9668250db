"""One person's names in every place of a store that may have them, and a look for them in every byte of files."""

import json
import re
import unicodedata
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from provisioner.adapters.sql.databases import database_of
from provisioner.adapters.sql.places import PLACES, Holds, rewritten_columns
from provisioner.adapters.sql.tables import metadata
from provisioner.model.ids import AgentId
from provisioner.model.kept.known_people import KnownPerson
from provisioner.model.kept.rewriting import WORDS
from provisioner.reasons.orders import GIVEN_WHY
from provisioner.reasons.reason import to_document

GONE = KnownPerson(
    agent_id=AgentId("9f3a77c0-aa01-4e0e-9c1d-5d1b2c3d4e5f"),
    earlier_ids=frozenset({AgentId("matricule-zq77")}),
    logins=("zquemeneur",),
    display_names=("Zélie QUÉMENEUR-Lâtre",),
    mails=("zelie.quemeneur@departement.example",),
    entries=("cn=QUÉMENEUR-Lâtre Zélie,ou=gens,dc=x",),
)
PROSE = (
    "vu avec Zélie QUÉMENEUR-Lâtre ; QUÉMENEUR-Lâtre Zélie, zelie quemeneur-latre; uid=zquemeneur,ou=gens,dc=x; "
    "CN=QU\\c3\\89MENEUR-L\\c3\\a2tre Z\\c3\\a9lie,ou=gens; ZQUEMENEUR, matricule-zq77; "
    f"{next(iter(GONE.mails))} ({GONE.agent_id}), Ze\u0301lie Que\u0301meneur-La\u0302tre"
)
CODED = to_document(GIVEN_WHY(by="zquemeneur", why=PROSE))
LEFT = ("quemeneur", "zelie", "zq77", "9f3a77c0", "\\c3\\89meneur")
"""What is in any of these, without case and accents."""


_GUARD = "CREATE TRIGGER journal_no_update BEFORE UPDATE ON journal BEGIN SELECT RAISE(ABORT, 'it is append-only'); END"


def plant(path: Path) -> list[tuple[str, str]]:
    """In every row of every column of text that an erasure rewrites, past the journal's guard. Where."""
    place = database_of(f"sqlite:///{path}")
    with place.engine.connect().execution_options(writes=True) as connection, connection.begin():
        connection.exec_driver_sql("DROP TRIGGER journal_no_update")
        found = [(table, column) for table in PLACES for column in _planted(connection, table)]
        connection.exec_driver_sql(_GUARD)
    return found


def _planted(connection: Connection, name: str) -> Iterable[str]:
    """The columns."""
    table, columns = metadata.tables[name], rewritten_columns(name)
    filled = set()
    for row in connection.execute(sa.select(table)).mappings().all():
        new = {column: text for column, holds in columns.items() if (text := _text(name, row, column, holds)) != row[column]}
        which = [column == row[column.name] for column in table.primary_key]
        if new:
            connection.execute(sa.update(table).where(*which).values(new))
            filled |= new.keys()
    return sorted(filled)


def _text(table: str, row: Mapping[Any, Any], column: str, holds: Holds) -> Any:
    if holds is Holds.ID:
        return GONE.agent_id if row["id"] % 2 else row[column]
    if holds is Holds.PROSE:
        return f"{row[column]} {PROSE}"
    if table == "journal":
        return json.dumps(CODED, ensure_ascii=False)
    if row[column] is None or row.get("key", "directory_guard") != "directory_guard":
        return row[column]
    document = _in_document(json.loads(row[column]), "", login=[] if table == "meta" else ["zquemeneur"])
    return json.dumps(document, ensure_ascii=len(column) % 2 == 0)


def _in_document(value: Any, key: str, login: list[str]) -> Any:
    if key in WORDS:
        return [PROSE, CODED] if isinstance(value, list) else PROSE
    if key == "logins":
        return [*value, *login]
    if isinstance(value, dict):
        return {name: _in_document(inner, name, login) for name, inner in value.items()}
    return [_in_document(inner, key, login) for inner in value] if isinstance(value, list) else value


def left_in(*files: Path) -> list[str]:
    """What of the person any byte of these files has."""
    kept = " ".join(path.read_bytes().decode(errors="replace") for path in files)
    whole = unicodedata.normalize("NFKD", _ESCAPED.sub(lambda found: chr(int(found[1], 16)), kept)).lower()
    text = "".join(letter for letter in whole if not unicodedata.combining(letter))
    return [word for word in LEFT if word in text]


_ESCAPED = re.compile(r"\\u([0-9a-f]{4})")

__all__ = ["CODED", "GONE", "LEFT", "PROSE", "left_in", "plant"]
