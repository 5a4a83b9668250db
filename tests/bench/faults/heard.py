"""The first answer that shows a fault."""

import re
from collections.abc import Callable

from provisioner.model.commands import Completion
from provisioner.model.machines.cluster import ClusterView
from provisioner.model.machines.desktops import GuestReport
from tests.builders.rehearsal import FIRST_VMID

Heard = Callable[[Completion], bool]


def anything(completion: Completion) -> bool:
    """The first look at the cluster shows it."""
    return isinstance(completion.answer, ClusterView)


def fails(what: str, words: str = "") -> Heard:
    """A command of this kind fails with these words."""

    def heard(completion: Completion) -> bool:
        return (
            re.fullmatch(what, completion.command.word) is not None
            and completion.error is not None
            and re.search(words, str(completion.error)) is not None
        )

    return heard


def lists(is_so: Callable[[ClusterView], bool]) -> Heard:
    """A listing that satisfies the condition."""

    def heard(completion: Completion) -> bool:
        return isinstance(completion.answer, ClusterView) and is_so(completion.answer)

    return heard


def task_fails(words: str) -> Heard:
    """A listing with a failed task that says so."""
    return lists(lambda view: any(re.search(words, task.status or "") for task in view.tasks))


def unseen_clones(count: int) -> Heard:
    """An answer after which this many VMs, over all answers, exist under their VMID although no listing shows them."""
    found: set[int] = set()

    def is_so(view: ClusterView) -> bool:
        found.update(vmid for vmid, exists in view.existence.items() if exists)
        return len(found) >= count

    return lists(is_so)


def lacks_desktops(completion: Completion) -> bool:
    """A listing without the first desktop."""
    return isinstance(completion.answer, ClusterView) and FIRST_VMID not in completion.answer.guests


def proves_nothing(completion: Completion) -> bool:
    """A note was read, and is none of ours."""
    return completion.command.word == "verify" and completion.error is None and completion.answer is None


BOOTS_S, BOOT_S = 30.0, 60.0
"""A desktop that boots may be asked before its agent is up: only then its silence is worth a line (adapters.logs.lines).
One whose agent is silent may boot as long as a boot takes."""


def fails_for_long(words: str, *, for_s: float = BOOTS_S) -> Heard:
    """Anything that is heard once a desktop was first asked in vain so long ago: nobody has to be asked again for it."""
    first: dict[str, float] = {}
    fails_so = fails("checkguest", words)

    def heard(completion: Completion) -> bool:
        if fails_so(completion):
            first.setdefault(str(completion.command.desktop), completion.ended_at)  # type: ignore[union-attr]
        return any(completion.ended_at - since >= for_s for since in first.values())

    return heard


def reports_session(login: str) -> Heard:
    """A desktop tells of somebody of that name."""

    def heard(completion: Completion) -> bool:
        sessions = completion.answer.sessions if isinstance(completion.answer, GuestReport) else None
        return any(session.login == login for session in sessions or ())

    return heard


def clone_fails(words: str) -> Heard:
    """At once, or as a task."""
    at_once, later = fails("clone", words), task_fails(words)
    return lambda completion: at_once(completion) or later(completion)
