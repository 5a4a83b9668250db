"""What is not on the cluster as the store has it: the kinds there are, and what Bascule does about each."""

import enum
from collections.abc import Mapping
from dataclasses import dataclass

from provisioner.model.ids import GuestKey


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
    NOTE_CHANGED = "note_changed"
    NOTE_COPIED = "note_copied"
    NAME_COPIED = "name_copied"
    POWERED_OFF = "powered_off"
    OTHER_POOL = "other_pool"
    RESTORED = "restored"
    SUPERSEDED = "superseded"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What is done about one kind, always the same."""

    does: str
    """What Bascule does, or leaves."""
    person: str = ""
    """What somebody has to look at or decide; empty: nothing."""


ANSWERS: Mapping[DifferenceKind, Answer] = {
    DifferenceKind.MISSING: Answer(
        does="clones it again under the same name, number and address, when its agent is wanted",
    ),
    DifferenceKind.UNKNOWN_VM: Answer(
        does="reads its note: a desktop of ours is taken up, any other VM is left alone and its VMID never used; "
        "nothing new is cloned before that is done",
        person="move VMs of others out of the VMID range",
    ),
    DifferenceKind.DOUBLED: Answer(
        does="keeps both; the ready one counts, then the lower name; the other is neither configured, started nor stopped",
        person="look at what is on the second one, and delete it",
    ),
    DifferenceKind.HALF_MADE: Answer(
        does="leaves it as it is, never uses its VMID again, and makes another desktop",
        person="unlock and delete the VM",
    ),
    DifferenceKind.MOVED: Answer(does="works on it where it is now"),
    DifferenceKind.RENAMED: Answer(
        does="reports it and uses the desktop as before; the name is not put back",
        person="give it its name again: cloud-init hands the VM's name to the guest at its next start",
    ),
    DifferenceKind.RETAGGED: Answer(
        does="reports it and uses the desktop as before; where the tag that says 'configured' is gone, it and the profile's "
        "are put back, once its note has been read again: nothing else is written",
        person="put the tags back: whoever selects desktops by tag misses this one",
    ),
    DifferenceKind.RESIZED: Answer(
        does="leaves its size as it is, and books its own or its profile's on its node, whichever is more",
    ),
    DifferenceKind.NOTE_CHANGED: Answer(
        does="uses the desktop as before while the store knows it; a VM that loses both is nobody's, and is left alone",
        person="put the note back into the description, word for word",
    ),
    DifferenceKind.NOTE_COPIED: Answer(
        does="takes it for somebody else's: a note proves the one VM that it names",
        person="take the note out of its description",
    ),
    DifferenceKind.NAME_COPIED: Answer(
        does="leaves it alone, whether it is a copy or was restored from a backup under another number",
        person="rename or delete it: two machines of one name disturb each other on the network",
    ),
    DifferenceKind.POWERED_OFF: Answer(
        does="starts it when its agent is wanted and its node is not drained; it is ready again only after a new report",
    ),
    DifferenceKind.OTHER_POOL: Answer(
        does="reports it and uses the desktop as before; pools are not changed",
        person="look at who has rights on that pool",
    ),
    DifferenceKind.RESTORED: Answer(
        does="waits for the restore's lock, starts it when its agent is wanted, and has it report anew",
        person="tell its agent: what was done since the backup is gone",
    ),
    DifferenceKind.SUPERSEDED: Answer(
        does="keeps it and reads its sessions; it is neither assigned, configured nor started again",
        person="look at what is on it, and delete it",
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One thing that is not on the cluster as the store has it."""

    kind: DifferenceKind
    subject: str
    """A desktop's name, or `vm CLUSTER/VMID`."""
    key: GuestKey
    """The VM."""
    seen: str

    @property
    def does(self) -> str:
        """What Bascule does about it."""
        return ANSWERS[self.kind].does

    @property
    def person(self) -> str:
        """What somebody has to do about it; empty: nothing."""
        return ANSWERS[self.kind].person


__all__ = ["ANSWERS", "Answer", "Difference", "DifferenceKind"]
