"""Orders and the newest run, within the caller's transaction. A row that is none any more costs itself: `Unreadable`."""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, RowMapping

from provisioner.adapters.sql import codec
from provisioner.adapters.sql.kept_rows import any_text, check_types, is_text, put
from provisioner.adapters.sql.runs import run_of_row, stand_in_of_row
from provisioner.adapters.sql.tables import intents, metadata, surges
from provisioner.model.bounds import LONGEST_NAME, instant
from provisioner.model.freeze import TARGET as FREEZE_FILE
from provisioner.model.ids import Instant
from provisioner.model.intents import Intent, IntentKind
from provisioner.model.kept.set_aside import SURGE, Unreadable, stand_in, words_of
from provisioner.model.scenario.surges import SurgeRun


def newest_run(connection: Connection) -> tuple[SurgeRun | None, Unreadable | None]:
    """The newest run; one that cannot be read is known from its desktops alone, and waits for an operator."""
    with any_text(connection):
        row = connection.execute(sa.select(surges).order_by(surges.c.number.desc()).limit(1)).mappings().first()
    if row is None:
        return None, None
    try:
        check_types(run := run_of_row(row))
        return run, None
    except Exception as error:
        run = stand_in_of_row(row, since=_instant_or(row["since"], 0.0))
        who, why = _shown(row["given_by"]), words_of(error)
        return run, Unreadable(kind=SURGE, target=str(run.number), by=who, why=why, row=None, stands_for=None)


def read_intents(connection: Connection) -> tuple[Intent, ...]:
    """Oldest first; where a row cannot be read, what is in force instead."""
    found = (each.stands_for if isinstance(each, Unreadable) else each for each in _each_intent(connection))
    return tuple(intent for intent in found if intent is not None)


def read_unreadable(connection: Connection) -> tuple[Unreadable, ...]:
    """Rows that are not orders any more, and the newest run, if it is none."""
    _, run = newest_run(connection)
    rows = tuple(each for each in _each_intent(connection) if isinstance(each, Unreadable))
    return rows if run is None else (*rows, run)


def texts_of_unreadable(connection: Connection) -> Iterator[tuple[str, str]]:
    """Kind and words of each row that is not an order any more."""
    for order in read_unreadable(connection):
        if order.row is not None:  # an order's
            which = (intents.c.kind == order.row[0], intents.c.target == order.row[1])
            row = connection.execute(sa.select(intents).where(*which)).one()
            yield order.kind, " ".join(str(value) for value in row)


def remove_unreadable(connection: Connection, order: Unreadable) -> None:
    """Remove its row, if it has one."""
    if order.row is not None:
        connection.execute(sa.delete(metadata.tables[order.table or intents.name]).where(*is_row_of(order)))


def is_row_of(order: Unreadable) -> Iterator[sa.ColumnElement[bool]]:
    """Its key, as a condition."""
    columns = metadata.tables[order.table or intents.name].primary_key
    return (_equals(column, value) for column, value in zip(columns, order.row or (), strict=True))


def _equals(column: sa.Column[Any], value: object) -> sa.ColumnElement[bool]:
    """By its bytes, if it is not text: SQLite's driver sends none such."""
    if isinstance(value, str) and not is_text(value):
        return sa.cast(column, sa.LargeBinary) == value.encode(errors="surrogateescape")
    return column == value


def _each_intent(connection: Connection) -> Iterator[Intent | Unreadable]:
    with any_text(connection):
        rows = connection.execute(sa.select(intents).order_by(intents.c.given_at, intents.c.kind, intents.c.target))
        found = rows.mappings().all()
    for row in found:
        try:
            check_types(intent := _intent_of(row))
            yield intent
        except Exception as error:  # whatever comes of its content: it costs this order alone
            yield _unreadable(row, error)


def _unreadable(row: RowMapping, error: Exception) -> Unreadable:
    kind, target, by, why = _shown(row["kind"]), row["target"], _shown(row["given_by"]), words_of(error)
    about = target if is_text(target) else None
    return Unreadable(
        kind=kind,
        target=_shown(target),
        by=by,
        why=why,
        row=(row["kind"], target),
        stands_for=stand_in(kind, about, giver=by, at=_instant_or(row["given_at"], 0.0), why=why),
    )


def _shown(value: object) -> str:
    return codec.storable(str(value))[:LONGEST_NAME]


def _instant_or(value: Any, other: Instant) -> Instant:
    try:
        return instant(value)
    except ValueError:
        return other


def write_intent(connection: Connection, intent: Intent) -> None:
    """Replaces an intent of the same kind and target."""
    row: dict[str, object] = {
        "kind": intent.kind.value,
        "target": codec.storable(intent.target),
        "given_by": codec.storable(intent.by),
        "given_at": intent.at,
        "reason": codec.storable(intent.reason),
        "until": intent.until,
        "allows": codec.allowance_text(intent.allows) if intent.allows else None,
        "rekeys": codec.rekeys_text(intent.rekeys),
        "terms": codec.terms_text(intent.terms),
    }
    put(connection, intents, row)


def remove_intent(connection: Connection, kind: IntentKind, *, target: str = "") -> bool:
    """Delete an intent, and what cannot be read and stands for it; whether there was one."""
    which = (intents.c.kind == kind.value, intents.c.target == codec.storable(target))
    found = False
    for order in (each for each in tuple(_each_intent(connection)) if isinstance(each, Unreadable)):
        stands = order.stands_for
        if stands is not None and (stands.kind, stands.target) == (kind, target):
            remove_unreadable(connection, order)
            found = True
    return connection.execute(sa.delete(intents).where(*which)).rowcount > 0 or found


_ABOUT_ALL = {IntentKind.FREEZE: ("", FREEZE_FILE), IntentKind.HOLD: ("",), IntentKind.ACCEPT_BASELINE: ("",)}
"""Of what they can be: what ends them names nothing else."""


def _intent_of(row: RowMapping) -> Intent:
    if row["target"] not in _ABOUT_ALL.get(kind := IntentKind(row["kind"]), (row["target"],)):
        raise ValueError(f"{kind} is about everything")
    return Intent(
        kind=IntentKind(row["kind"]),
        by=row["given_by"],
        at=row["given_at"],
        reason=row["reason"],
        target=row["target"],
        until=row["until"],
        allows=None if row["allows"] is None else codec.allowance_of(row["allows"]),
        rekeys=codec.rekeys_of(row["rekeys"]),
        terms=codec.terms_of(row["terms"]),
    )


__all__ = [
    "is_row_of", "newest_run", "read_intents", "read_unreadable", "remove_intent", "remove_unreadable", "texts_of_unreadable",
    "write_intent",
]  # fmt: skip
