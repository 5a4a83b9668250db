"""Who owns a store, as it says itself."""

import json
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection

from provisioner.adapters.sql.kept_rows import RowWrong
from provisioner.adapters.sql.rows import read_meta
from provisioner.adapters.sql.sound import is_instant
from provisioner.reasons import store as reasons
from provisioner.reasons.reason import Reason


def owner_of(connection: Connection) -> dict[str, Any]:
    """Who owns the store, as it says; nobody, if that cannot be read."""
    try:
        owner = json.loads(read_meta(connection, "owner") or "{}")
    except (RowWrong, ValueError):
        return {}
    return owner if isinstance(owner, dict) else {}


def process_of(owner: dict[str, Any]) -> Reason:
    """In words."""
    if not {"pid", "machine", "since"} <= owner.keys() or not is_instant(owner["since"]):
        return reasons.OTHER_PROCESS()
    since = f"{datetime.fromtimestamp(float(owner['since']), UTC):%Y-%m-%dT%H:%M:%SZ}"  # commands show it by the site's clock
    return reasons.PROCESS(pid=str(owner["pid"]), machine=str(owner["machine"]), since=since)


__all__ = ["owner_of", "process_of"]
