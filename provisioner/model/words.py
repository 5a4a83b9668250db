"""Words that metrics, the journal and the log carry.

Operators' queries and scripts rest on them: a word is changed with a line in the CHANGELOG, or not at all.
"""

import enum


class ActionWord(enum.StrEnum):
    """Every action, as metrics, the journal and the log name it."""

    CLONE = "clone"
    CONFIGURE = "configure"
    START = "start"
    CHECKGUEST = "checkguest"
    VERIFY = "verify"
    ASSIGN = "assign"
    RELEASE = "release"
    STOP = "stop"
    TAG = "tag"
    DELETE = "delete"


class ReadingWord(enum.StrEnum):
    """Every command that only reads, and is about no single desktop."""

    OBSERVE = "observe"
    READDIRECTORY = "readdirectory"
    READTASKLOG = "readtasklog"


class JournalWord(enum.StrEnum):
    """What the journal says besides actions, their results and the operators' orders."""

    READY = "ready"
    """A desktop became ready."""
    DEPART = "depart"
    """A desktop's agent is not wanted any more."""
    RETURN = "return"
    """A desktop's agent is wanted again."""
    FORGET = "forget"
    """A person's history was erased."""
    GIVEN = "given"
    """Result of an operator's order."""
    WITHDRAWN = "withdrawn"
    """Result of an operator's order taken back."""
    ERASED = "erased"
    """Result of `forget`."""


class WaitsFor(enum.StrEnum):
    """What a deferral waits for."""

    NOTHING = ""
    """Nothing in particular."""
    MEMORY = "memory"
    CORES = "cores"
    STORAGE = "storage"
    VMIDS = "vmids"
    ADDRESSES = "addresses"
    TEMPLATES = "templates"
    NODES = "nodes"
    LOCK = "lock"
    """A lock domain's slot."""
    BOOTS = "boots"
    """The end of a boot on its node."""
    API = "api"
    """A node's API workers."""
    RETRY = "retry"
    """Its next try."""
    PAUSED = "paused"
    """The cluster."""
    OPERATOR = "operator"
    """A person."""
    SAFETY = "safety"
    """The safety gate."""


RESOURCES = (
    WaitsFor.MEMORY, WaitsFor.CORES, WaitsFor.STORAGE, WaitsFor.VMIDS, WaitsFor.ADDRESSES, WaitsFor.TEMPLATES, WaitsFor.NODES,
)  # fmt: skip
"""What room for a desktop can run out of."""
DEFERRED_BY = tuple(word for word in WaitsFor if word)
"""All but nothing."""
