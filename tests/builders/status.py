"""Status documents, valid or with a change."""

import json

A_DOCUMENT = {
    "version": 1,
    "booted_at": 1_000.0,
    "first_boot": "done",
    "logon_port": "open",
    "ready_at": 1_060.5,
    "sessions": [{"user": "jdupont", "state": "connected", "since": 1_100}],
}


def a_status(**changes: object) -> str:
    """A status document; a changed key of None is null, one of `...` is left out."""
    document = {key: value for key, value in {**A_DOCUMENT, **changes}.items() if value is not ...}
    return json.dumps(document)


def a_session(**changes: object) -> dict[str, object]:
    """One session of a status document; `...` leaves a key out."""
    session: dict[str, object] = {"user": "jdupont", "state": "connected", "since": 1_100.0}
    return {key: value for key, value in {**session, **changes}.items() if value is not ...}
