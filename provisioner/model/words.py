"""Words that metrics, the journal and the log carry.

Operators' queries and scripts rest on them: a word is changed with a line in the CHANGELOG, or not at all.
"""

import enum


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
    REKEY = "rekey"
    """A desktop's agent goes on under a new id."""
    FORGET = "forget"
    """A person's history was erased."""
    GIVEN = "given"
    """Result of an operator's order."""
    WITHDRAWN = "withdrawn"
    """Result of an operator's order taken back."""
    ERASED = "erased"
    """Result of `forget`."""
    RESTORE = "restore"
    """The store was taken from a backup."""
    RESTORED = "restored"
    """Result of `restore`."""
    TRIM = "trim"
    """Lines that were old enough were erased."""


class GuestWord(enum.StrEnum):
    """Why nothing certain is known of a desktop's guest, as metrics and the store name it."""

    NO_AGENT = "no_agent"
    """Its guest agent does not answer, or Proxmox VE's configuration of the VM has none."""
    NO_ANSWER = "no_answer"
    """Nobody answers over SSH, or not as is expected there."""
    NO_FILE = "no_file"
    """The status document is not there: the image lacks `bascule-report`, or it has never run."""
    VERSION = "version"
    """The status document is of a version that this Bascule does not know."""
    UNREADABLE = "unreadable"
    """The status document is not what its format says."""
    CROWDED = "crowded"
    """The status document tells of more sessions than the desktop can hold."""
    OUTDATED = "outdated"
    """The status document was written too long ago, or is dated in the future."""
    CONNECTIONS = "connections"
    """More connections to its log-on port than sessions: somebody is about to log on."""
    OFF = "off"
    """The VM does not run."""
    NOT_ASKED = "not_asked"
    """The cluster did not pass the question on: a right is missing, or the node did not answer."""
    OTHER = "other"


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
