"""Maps Proxmox VE's errors to our error classes: one table of texts, and one of statuses without a text.

Texts recorded on Proxmox VE 9.2 (pve-manager 9.2.11, qemu-server 9.2.6, pve-storage 9.1.7); the first matching row decides. A
text without a row becomes a plain HypervisorError, which is retried a limited number of times.
"""

import re

from provisioner.errors import (
    AlreadySo,
    Forbidden,
    GoneOrMoved,
    GuestBusy,
    GuestUnknown,
    HypervisorError,
    IdTaken,
    KeepWithTemplate,
    LeftoverImage,
    LockBusy,
    NodeRefuses,
    NoQuorum,
    OutcomeUnknown,
    PlaceElsewhere,
    Refused,
    StorageFull,
    Unauthorised,
    UserConfigBusy,
    WorkerBusy,
)
from provisioner.model.words import GuestWord
from provisioner.pve.wire import ApiResponse
from provisioner.reasons.reason import ReasonKind
from provisioner.reasons.requests import DOING, QUORUM_SAID, TOKEN_SAID

_STATUSES: dict[int, type[HypervisorError]] = {
    0: OutcomeUnknown,
    401: Unauthorised,
    403: Forbidden,
    501: Refused,
    502: OutcomeUnknown,
    503: OutcomeUnknown,
    504: OutcomeUnknown,
    595: NodeRefuses,
    596: OutcomeUnknown,
}
"""Statuses that decide without a text. 0 is a lost answer; 595 and 596 are pveproxy's own (AnyEvent::HTTP)."""

_ROWS: tuple[tuple[type[HypervisorError] | type[GuestUnknown], str], ...] = (
    (NoQuorum, r"no quorum|(?:/etc/pve/|atomic file).*Permission denied"),
    (StorageFull, r"out of space|no space left|ENOSPC|not enough (?:free )?space|disk quota exceeded|pool .* is full"),
    (LeftoverImage, r"vm-\d+-\S+' already exists|dataset already exists|rbd.* File exists|Logical Volume .* already exists"),
    (IdTaken, r"config file already exists|VM \d+ already exists|/\d+\.conf' failed: File exists"),
    # The lock of one guest's configuration: another task works on that guest. The storage is not overloaded.
    (GuestBusy, r"(?:VM|CT) is locked|lock-\d+\.conf' - got timeout|checksum mismatch|quit/powerdown failed"),
    (UserConfigBusy, r"cfs[- ]lock 'file-user_cfg'"),
    (LockBusy, r"can't lock file|cfs[- ]lock|got lock (?:request )?timeout"),
    (
        WorkerBusy,
        r"got no worker upid|unable to fork worker|timeout waiting on systemd|interrupted by signal|unexpected status",
    ),
    (GuestUnknown, r"guest agent|^Agent error|VM \d+ is not running"),
    (AlreadySo, r"already running|VM \d+ not running"),
    (GoneOrMoved, r"configuration file .*(?:does not exist|for VM \d+)|no such task|no such VM"),
    (KeepWithTemplate, r"can't clone VM to node .*uses local storage|can't clone to non-shared storage"),
    (PlaceElsewhere, r"hostname lookup|QEMU exited with code|^start failed|no such cluster node|is not (?:available|online)"),
    (PlaceElsewhere, r"cannot allocate memory|no route to host|bridge '\S+' does not exist|vcpus allowed per VM on this node"),
    (Refused, r"does not exist|already exists|already defined|already used|does not support|not supported|not allowed"),
    # Listed one by one: other texts that begin with `unable to` may succeed on a retry.
    (Refused, r"^you can't |^can't (?:clone|remove) VM|^unable to (?:remove VM|create template|use snapshot)|^only root "),
    (Refused, r"^cannot (?:index|create|delete) |^invalid bootorder|still in use|is running - destroy failed|^no such file '"),
    (Refused, r"must be smaller|validation error|is not a pool member|belongs already|not empty"),
)
_TABLE = tuple((kind, re.compile(pattern, re.IGNORECASE)) for kind, pattern in _ROWS)


def error_for(response: ApiResponse, doing: str) -> HypervisorError | GuestUnknown:
    """The error for an answer other than 2xx; its text begins with `doing`, for instance `clone vd-5001`."""
    text = _text_of(response)
    fallback = Refused if response.status < 500 else HypervisorError
    kind = _STATUSES.get(response.status) or kind_of(text, otherwise=fallback)
    return _error(kind, doing, text)


def error_for_task(status: str, doing: str) -> HypervisorError | GuestUnknown:
    """The error for a task's exit status other than `OK` and `WARNINGS: n`."""
    return _error(kind_of(status), doing, _line(status))


_WORDS: dict[type[HypervisorError], ReasonKind] = {NoQuorum: QUORUM_SAID, Unauthorised: TOKEN_SAID}
"""What stops a whole cluster, by class: Proxmox VE's own texts (`Permission denied`) say it to nobody."""


def _error(kind: type[HypervisorError] | type[GuestUnknown], doing: str, text: str) -> HypervisorError | GuestUnknown:
    words = next((words for named, words in _WORDS.items() if issubclass(kind, named)), None)
    return kind(f"{doing}: {text}" if words is None else DOING(request=doing, why=words(said=text)))


_GUEST_ROWS: tuple[tuple[GuestWord, str], ...] = (
    (GuestWord.NO_AGENT, r"guest agent is not running|no QEMU guest agent configured"),
    (GuestWord.NO_FILE, r"^Agent error: failed to open file .* No such file or directory"),
    (GuestWord.UNREADABLE, r"^Agent error"),
    (GuestWord.OFF, r"VM \d+ is not running"),
)
_GUEST_TABLE = tuple((word, re.compile(pattern, re.IGNORECASE)) for word, pattern in _GUEST_ROWS)


def guest_word_of(text: str) -> GuestWord:
    """Why the guest agent gave no report, from an error text; NOT_ASKED when the cluster did not forward the call."""
    return next((word for word, pattern in _GUEST_TABLE if pattern.search(text)), GuestWord.NOT_ASKED)


def kind_of(text: str, *, otherwise: type[HypervisorError] = HypervisorError) -> type[HypervisorError] | type[GuestUnknown]:
    """The error class for a text, from an answer or from the end of a task's log."""
    bare = text.strip().removeprefix("TASK ERROR: ").removeprefix("clone failed: ")
    return next((kind for kind, pattern in _TABLE if pattern.search(bare)), otherwise)


def _text_of(response: ApiResponse) -> str:
    details = "; ".join(f"{name}: {_line(text)}" for name, text in response.errors.items())
    return " ".join(part for part in (_line(response.reason), details) if part) or "no reason given"


def _line(text: str) -> str:
    return " ".join(text.split())
