"""Words of the journal about the list, and about the daemon. Loads nothing else: commands in a hurry need them."""

import enum


class NotedWord(enum.StrEnum):
    """Words of the journal's lines about the list, and about the daemon itself."""

    WRONG = "wrong"
    """An entry of the list; the subject is what has it, and the result says what became of it."""
    BEGAN = "began"
    GREW = "grew"
    """It concerns at least twice as many as its last line said."""
    OVER = "over"
    DAEMON = "daemon"
    """The daemon itself."""
    STARTED = "started"
    ENDED = "ended"
    """In an orderly way."""
    HUNG = "hung"
    """It was there, and no cycle ended for long."""


__all__ = ["NotedWord"]
