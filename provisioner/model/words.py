"""Words in metrics, the journal and the log.

Operators' queries and scripts depend on them: a changed word needs a line in the CHANGELOG.
"""

import enum


class ReadingWord(enum.StrEnum):
    """The commands that only read, and do not concern a single desktop."""

    OBSERVE = "observe"
    READDIRECTORY = "readdirectory"
    READTASKLOG = "readtasklog"


class JournalWord(enum.StrEnum):
    """The journal's words besides actions, their results and intents."""

    READY = "ready"
    """A desktop became ready."""
    DEPART = "depart"
    """A desktop's agent has left."""
    RETURN = "return"
    """A desktop's agent is back."""
    REKEY = "rekey"
    """A desktop's agent goes on under a new id."""
    FORGET = "forget"
    """A person's history was erased."""
    GIVEN = "given"
    """Result of an intent."""
    WITHDRAWN = "withdrawn"
    """Result of a withdrawn intent."""
    SET_ASIDE = "set_aside"
    """Result of an intent, or of a run of a scenario, that could not be read or carried out."""
    ERASED = "erased"
    """Result of `forget`."""
    RESTORE = "restore"
    """The store was restored from a backup."""
    RESTORED = "restored"
    """Result of `restore`."""
    TRIM = "trim"
    """Old lines were erased."""
    SURGE = "surge"
    """A run of a scenario was started, or changed; the result is its state."""
    LEND = "lend"
    """A desktop of a pool was lent to a person."""
    GIVE_BACK = "give_back"
    """A person has a desktop of a pool no longer."""
    RESET = "reset"
    """Nothing of the last person is left in a desktop of a pool: it is free."""
    AUTOSCALE = "autoscale"
    """How many desktops of a pool were started, shut down and made, since the last such line, to follow its people."""
    WAVE = "wave"
    """A wave will be late, is late, or is no longer; the result says which."""
    ROTATION = "rotation"
    """A week of half-days was planned: it is fixed from then on."""
    PUBLISHED = "published"
    """Result of `rotation`."""
    LOG_OFF = "log_off"
    """A session was logged off by a rule (`session_rules`, or the end of a half-day), or by order of the help desk."""
    ORDERED = "ordered"
    """Result of `log_off`: the desktop makes sure once more, and ends the session."""


class GuestWord(enum.StrEnum):
    """Why the state of a desktop's guest is unknown, as a word for metrics and the store."""

    NO_AGENT = "no_agent"
    """Its guest agent does not answer, or is not enabled in the VM's configuration."""
    NO_ANSWER = "no_answer"
    """No answer over SSH, or an unexpected one."""
    HANGS = "hangs"
    """Neither does anything in it answer, nor its log-on port, from the daemon: nobody can log on."""
    PORT_ALONE = "port_alone"
    """Nothing in it answers but its log-on port: people can log on, and who has done so is not known."""
    NO_FILE = "no_file"
    """There is no status document: the image lacks `bascule-guest`, or it has never run."""
    VERSION = "version"
    """The status document has a version that this Bascule does not know."""
    UNREADABLE = "unreadable"
    """The status document has a wrong format."""
    CROWDED = "crowded"
    """The status document has more sessions than the desktop can hold."""
    OUTDATED = "outdated"
    """The status document is too old, or dated in the future."""
    CONNECTIONS = "connections"
    """More connections to its log-on port than sessions: somebody is about to log on."""
    UNREACHED = "unreached"
    """It reports ready, and its log-on port does not answer from the daemon."""
    NOT_SET_UP = "not_set_up"
    """It reports ready, and has not applied first-boot data, as its profile demands: its image asks for none."""
    OFF = "off"
    """The VM is not running."""
    NOT_ASKED = "not_asked"
    """The cluster did not pass the question on: a right is missing, or the node did not answer."""
    OTHER = "other"


class PushWord(enum.StrEnum):
    """What became of a document that a desktop has sent by itself, as a word for metrics."""

    ACCEPTED = "accepted"
    REPEATED = "repeated"
    """Not newer than what was taken before: doubled or overtaken on its way, or played back."""
    LATE = "late"
    """It took too long to arrive."""
    AHEAD = "ahead"
    """Its sequence number is of a moment that its desktop's uptime has not come to."""
    CUT = "cut"
    """Rightly signed, and more than a desktop has to say."""
    FORGED = "forged"
    """Not signed by the desktop that it names."""
    UNKNOWN_DESKTOP = "unknown_desktop"
    """No desktop has this VMID."""
    UNKNOWN_BOOT = "unknown_boot"
    """Signed with a secret that Bascule has not read yet."""
    MALFORMED = "malformed"
    """Rightly signed, and no valid document."""
    REFUSED = "refused"
    """The receiver has refused it: its form is wrong, or it is too large or too slow."""
    OVERFLOWED = "overflowed"
    """The receiver had no room for it; the desktop sends another one."""


class FirstBootWord(enum.StrEnum):
    """What became of a desktop's request for its first-boot data, as a word for metrics."""

    GIVEN = "given"
    UNKNOWN_DESKTOP = "unknown_desktop"
    UNKNOWN_BOOT = "unknown_boot"
    """Signed with a secret that Bascule has not read yet: it asks again."""
    FORGED = "forged"
    LATE = "late"
    """It took too long, or is of a moment that its desktop's uptime has not come to."""
    CUT = "cut"
    """More questions than a desktop has to ask."""
    NOT_READY = "not_ready"
    """Its agent or its profile is not known at this moment: it asks again."""


class SessionOrderWord(enum.StrEnum):
    """What became of a desktop's question what to do with its sessions, and what it was told, as a word for metrics."""

    ANSWERED = "answered"
    MESSAGE = "message"
    """A message that the desktop was to show."""
    LOG_OFF = "log_off"
    """A session that the desktop was to end."""
    STOPPED = "stopped"
    """No answer: a freeze, a hold, or the desktop is in quarantine."""
    REPEATED = "repeated"
    """Not newer than the last question: doubled on its way, or played back."""
    UNKNOWN_DESKTOP = "unknown_desktop"
    UNKNOWN_BOOT = "unknown_boot"
    """Signed with a secret that Bascule has not read yet: it asks again."""
    FORGED = "forged"
    LATE = "late"
    """It took too long, or is of a moment that its desktop's uptime has not come to."""
    CUT = "cut"
    """More questions than a desktop has to ask, or about more sessions than it can have."""


class BootLevel(enum.StrEnum):
    """How far a boot has come, as a word for metrics. No level needs the one before."""

    AGENT = "agent"
    """Its guest agent, or its SSH server, answers."""
    REPORT = "report"
    """It has a valid report."""
    PORT = "port"
    """Its log-on port is open."""
    FIRST_BOOT = "first_boot"
    """Its first boot, with its data, is done."""


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
    """A free slot of its lock domain."""
    BOOTS = "boots"
    """The end of a boot on its node."""
    API = "api"
    """A node's API workers."""
    RETRY = "retry"
    """Its next try."""
    PAUSED = "paused"
    """The end of the cluster's pause."""
    OPERATOR = "operator"
    """An operator."""
    SAFETY = "safety"
    """The safety gate."""


RESOURCES = (
    WaitsFor.MEMORY, WaitsFor.CORES, WaitsFor.STORAGE, WaitsFor.VMIDS, WaitsFor.ADDRESSES, WaitsFor.TEMPLATES, WaitsFor.NODES,
)  # fmt: skip
"""The resources that a desktop needs."""
TURNS = frozenset({WaitsFor.LOCK, WaitsFor.BOOTS, WaitsFor.API})
"""What others have now, and each has in turn."""
DEFERRED_BY = tuple(word for word in WaitsFor if word)
"""All words except `NOTHING`."""


class Result(enum.StrEnum):
    """How an action ended."""

    DONE = "done"
    RETRY = "retry"
    UNKNOWN = "unknown"
    REFUSED = "refused"
    FAILED = "failed"


class WaveOutlook(enum.StrEnum):
    """What is said of a wave; words of metrics, journal and API."""

    IN_TIME = "in_time"
    EXPECTED_LATE = "expected_late"
    """Somebody will, or may, not have a desktop in time."""
    LATE = "late"
    """The deadline is over, and somebody has none."""


class DifferenceKind(enum.StrEnum):
    """The ways in which store and cluster can differ."""

    MISSING = "missing"
    UNKNOWN_VM = "unknown_vm"
    DOUBLED = "doubled"
    HALF_MADE = "half_made"
    MOVED = "moved"
    RENAMED = "renamed"
    RETAGGED = "retagged"
    RESIZED = "resized"
    OUTDATED = "outdated"
    MISADDRESSED = "misaddressed"
    NOTE_CHANGED = "note_changed"
    NOTE_COPIED = "note_copied"
    NAME_COPIED = "name_copied"
    POWERED_OFF = "powered_off"
    OTHER_POOL = "other_pool"
    RESTORED = "restored"
    SUPERSEDED = "superseded"
    SHARED_IDENTITY = "shared_identity"
