"""Words of orders, of how far a surge is, and of the journal about the list and the daemon: commands in a hurry load these
alone.
"""

import enum


class IntentKind(enum.StrEnum):
    """The kinds of intents."""

    FREEZE = "freeze"
    """No write at all."""
    HOLD = "hold"
    """No stop and no delete."""
    ACCEPT_BASELINE = "accept_baseline"
    """The desktops rebuilt from their notes are right: stops and deletes may go on."""
    SURGE = "surge"
    """What becomes of the surge: the target is the event (`start`, `pause`, …). Carried out at once, and kept as a run."""
    CORDON = "cordon"
    """Nothing new is placed on the target node; its desktops go on."""
    DRAIN = "drain"
    """A cordon; and the node's desktops are not started any more, and shut down when nobody is logged on."""
    EVACUATE = "evacuate"
    """A cordon; and the node's desktops are moved to other nodes, running ones with their sessions. Until it is withdrawn."""
    RETRY = "retry"
    """The target desktop is tried again: its failures are forgotten."""
    RETIRE = "retire"
    """The target VM (`cluster/vmid`) is foreign: its VMID is never used, and nothing waits for its note."""
    STOP = "stop"
    """The target desktop is shut down once, even if its sessions are unknown; never with a known session."""
    RESTART = "restart"
    """The target desktop is shut down, even if its sessions are unknown, and started before bulk work; its failures are
    forgotten. Done when it is ready again."""
    REBUILD = "rebuild"
    """The target desktop, with everything on it, is deleted once it is off; its agent gets a new one before bulk work."""
    QUARANTINE = "quarantine"
    """The target desktop is kept as it is: nothing is written to it, and its agent gets another. Until it is withdrawn."""
    REASSIGN = "reassign"
    """The target desktop, which nobody uses, goes to the named agent, who has none. Done once."""
    RESTORE = "restore"
    """The target desktop, which is superseded, is its person's again; the newer one is superseded in its place. Done once."""
    RECONFIGURE = "reconfigure"
    """The target desktop is configured again once, and for that shut down once nobody is logged on; without a target: all
    desktops that are off and whose profile has changed."""
    ACCEPT_DIRECTORY = "accept_directory"
    """The named people leave or join although the guard holds the change back. Until `until`."""
    REKEY = "rekey"
    """Agents in force go on under new ids: they are the same people. Done once. With a target: whoever is listed under this id
    is the same person as before; done with the next reading that is put in force."""
    DISTINCT = "distinct"
    """The target id is a new person, even if similar to an agent in force: no agent goes on under it. Whoever had the id keeps
    the desktop under another."""
    MESSAGE = "message"
    """Whoever is logged on to the target desktop is shown a text. Done when the desktop says that it was shown."""
    LOGOFF = "logoff"
    """Whoever is logged on to the target desktop is warned, and logged off. Done when their sessions have ended."""
    TRIAL = "trial"
    """A desktop of the profile in the target (`model/trials`) is made and booted, and given to nobody. Done when it is ready
    (with `until`: when that is over), or when it is certain that it does not become so; then it is deleted."""


class SurgeState(enum.StrEnum):
    """How far a run is."""

    PENDING = "pending"
    """Ordered for a later time."""
    RUNNING = "running"
    """Its waves open as the scenario says."""
    GATED = "gated"
    """As running; a gate holds its next batch back."""
    PAUSED = "paused"
    """Nothing new is begun. What was begun is finished, and repairs go on."""
    ABORTING = "aborting"
    """Nobody new is served any more; what was begun is finished."""
    RETURNING = "returning"
    """The desktops that it made are shut down, wave by wave."""
    ENDED = "ended"
    """Over. Who was served keeps the desktop, unless it went back."""


class SurgeEvent(enum.StrEnum):
    """What changes a run: orders of an operator, and what the daemon finds by itself."""

    START = "start"
    PAUSE = "pause"
    RESUME = "resume"
    GO = "go"
    """A wave no longer waits for its gates."""
    ABORT = "abort"
    FINISH = "finish"
    EXTEND = "extend"
    """The end comes at another time."""
    ACCEPT = "accept"
    """The scenario as it was edited is in force."""
    BEGIN = "begin"
    """The time of the start has come."""
    SHUT = "shut"
    """A gate holds the next batch back."""
    OPEN = "open"
    """No gate does."""
    DONE = "done"
    """Everything that was begun, or was to go back, is done."""


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
    """The process ended in an orderly way."""
    HUNG = "hung"
    """It was there, and no cycle ended for long."""
