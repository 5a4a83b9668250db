"""What people were told, within the caller's transaction."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy import Connection

from provisioner.adapters.sql import codec
from provisioner.adapters.sql.tables import notices
from provisioner.model.ids import AgentId
from provisioner.model.notices import KeptNotice, NoticeKind, NoticeStage
from provisioner.model.rekeying import Rekeys

_KEY = ("agent_id", "kind", "channel")
_DELETE = sa.delete(notices).where(sa.and_(*(notices.c[name] == sa.bindparam(f"old_{name}") for name in _KEY)))


def write_notices(connection: Connection, changed: Sequence[KeptNotice]) -> None:
    """Instead of what was kept of the same person, kind and channel."""
    rows = [_row(each) for each in changed]
    connection.execute(_DELETE, [{f"old_{name}": row[name] for name in _KEY} for row in rows])
    connection.execute(sa.insert(notices), rows)


def read_notices(connection: Connection) -> tuple[KeptNotice, ...]:
    """All."""
    return tuple(
        KeptNotice(
            agent_id=AgentId(row.agent_id),
            kind=NoticeKind(row.kind),
            channel=row.channel,
            about=row.about,
            stage=NoticeStage(row.stage),
            at=row.at,
            tries=row.tries,
            next_at=row.next_at,
        )
        for row in connection.execute(sa.select(notices).order_by(notices.c.at, notices.c.agent_id))
    )


def drop_notices(connection: Connection, people: Sequence[AgentId]) -> None:
    """Of these people."""
    for agent_id in people:
        connection.execute(sa.delete(notices).where(notices.c.agent_id == codec.storable(agent_id)))


def rekey_notices(connection: Connection, rekeys: Rekeys) -> None:
    """People go on under other ids: they are not told again."""
    kept = [each for each in read_notices(connection) if each.agent_id in rekeys]
    drop_notices(connection, [*rekeys, *rekeys.values()] if kept else [])
    for each in kept:
        connection.execute(sa.insert(notices), [{**_row(each), "agent_id": codec.storable(rekeys[each.agent_id])}])


def _row(notice: KeptNotice) -> dict[str, object]:
    return {
        "agent_id": codec.storable(notice.agent_id),
        "kind": notice.kind.value,
        "channel": notice.channel,
        "about": codec.storable(notice.about),
        "stage": notice.stage.value,
        "at": notice.at,
        "tries": notice.tries,
        "next_at": notice.next_at,
    }


__all__ = ["drop_notices", "read_notices", "rekey_notices", "write_notices"]
