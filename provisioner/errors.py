"""The tree of errors. Each class is named for the caller's next step; vendors' types and status codes stay in the adapters."""

import enum
from typing import ClassVar

from provisioner.reasons.reason import Reason, reason_of


class ErrorWord(enum.StrEnum):
    """Each error in one word, for metrics, journal and stored attempts. Operators' queries depend on them."""

    BASCULE_ERROR = "bascule_error"
    SETTINGS_ERROR = "settings_error"
    ORDER_REFUSED = "order_refused"
    HYPERVISOR_ERROR = "hypervisor_error"
    NOT_SENT = "not_sent"
    NODE_REFUSES = "node_refuses"
    OUTCOME_UNKNOWN = "outcome_unknown"
    LOCK_BUSY = "lock_busy"
    USER_CONFIG_BUSY = "user_config_busy"
    GUEST_BUSY = "guest_busy"
    WORKER_BUSY = "worker_busy"
    ID_TAKEN = "id_taken"
    LEFTOVER_IMAGE = "leftover_image"
    UNSEEN = "unseen"
    GONE_OR_MOVED = "gone_or_moved"
    ALREADY_SO = "already_so"
    IN_USE = "in_use"
    PLACE_ELSEWHERE = "place_elsewhere"
    KEEP_WITH_TEMPLATE = "keep_with_template"
    HOLLOW_CLONE = "hollow_clone"
    REFUSED = "refused"
    NOT_OURS = "not_ours"
    OTHER_KEY = "other_key"
    PAUSED = "paused"
    NO_QUORUM = "no_quorum"
    UNAUTHORISED = "unauthorised"
    FORBIDDEN = "forbidden"
    STORAGE_FULL = "storage_full"
    GUEST_UNKNOWN = "guest_unknown"
    DIRECTORY_ERROR = "directory_error"
    DIRECTORY_UNAVAILABLE = "directory_unavailable"
    DIRECTORY_REFUSED = "directory_refused"
    DIRECTORY_INCOMPLETE = "directory_incomplete"
    STORE_ERROR = "store_error"
    STORE_OWNED = "store_owned"
    STORE_AWAY = "store_away"
    STORE_ERASED = "store_erased"
    RESERVATION_CONFLICT = "reservation_conflict"
    EXPOSITION_ERROR = "exposition_error"
    BACKUP_ERROR = "backup_error"
    PUBLISHING_ERROR = "publishing_error"
    IMAGE_ERROR = "image_error"


class BasculeError(Exception):
    """Base of all errors that Bascule raises itself. The text is one sentence that an operator can act on."""

    word: ClassVar[ErrorWord] = ErrorWord.BASCULE_ERROR

    @property
    def reason(self) -> Reason:
        """The reason it was raised with; without a code if the text is another system's."""
        return reason_of(self)


class SettingsError(BasculeError):
    """The configuration is wrong: nothing was changed. Its text has one `file:line:column path: message` a line."""

    word = ErrorWord.SETTINGS_ERROR


class OrderRefused(SettingsError):
    """Nothing could come of an order: nothing was ordered. Its text has one reason a line."""

    word = ErrorWord.ORDER_REFUSED

    def __init__(self, reason: Reason, codes: frozenset[str]) -> None:
        """`codes`: of the daemon's reasons."""
        super().__init__(reason)
        self.codes = codes


class HypervisorError(BasculeError):
    """A call to Proxmox VE did not end in success."""

    word = ErrorWord.HYPERVISOR_ERROR


class NotSent(HypervisorError):
    """The request never reached the cluster (connection refused, connect time-out): safe to send again."""

    word = ErrorWord.NOT_SENT


class NodeRefuses(NotSent):
    """The cluster answers, but the request's node does not (595): its pvedaemon has stopped, or the node is down."""

    word = ErrorWord.NODE_REFUSES


class OutcomeUnknown(HypervisorError):
    """Sent, and the answer was lost (596, read time-out, reset, 502/503/504): observe before deciding anything."""

    word = ErrorWord.OUTCOME_UNKNOWN


class LockBusy(HypervisorError):
    """The lock of a storage or of the cluster timed out: send the request again later, and fewer at once."""

    word = ErrorWord.LOCK_BUSY


class UserConfigBusy(LockBusy):
    """The lock of user.cfg, which holds the members of pools, timed out: fewer at once on the whole cluster."""

    word = ErrorWord.USER_CONFIG_BUSY


class GuestBusy(HypervisorError):
    """The VM is locked (clone, backup, migrate, …): wait for the lock to clear, never unlock."""

    word = ErrorWord.GUEST_BUSY


class WorkerBusy(HypervisorError):
    """The node could not start a worker: observe first, then send again."""

    word = ErrorWord.WORKER_BUSY


class IdTaken(HypervisorError):
    """The VMID exists already: adopt it when its ownership note proves it ours, else take another VMID."""

    word = ErrorWord.ID_TAKEN


class LeftoverImage(IdTaken):
    """An image left behind by an interrupted delete makes the VMID unusable: retire the VMID and report the leftover."""

    word = ErrorWord.LEFTOVER_IMAGE


class Unseen(HypervisorError):
    """The VM was made, and no listing shows it: ask whether its VMID is taken before making it again."""

    word = ErrorWord.UNSEEN


class GoneOrMoved(HypervisorError):
    """The guest or task is not on this node: observe where it is. A deleted guest is in no listing."""

    word = ErrorWord.GONE_OR_MOVED


class AlreadySo(HypervisorError):
    """The guest is already in the wanted state: success."""

    word = ErrorWord.ALREADY_SO


class InUse(HypervisorError):
    """An agent has logged on since the stop was ordered; it was not sent. Try again later."""

    word = ErrorWord.IN_USE


class PlaceElsewhere(HypervisorError):
    """This node cannot run the guest now (offline, unknown, QEMU would not start): try another node."""

    word = ErrorWord.PLACE_ELSEWHERE


class KeepWithTemplate(HypervisorError):
    """Proxmox VE clones this template on its own node only, as a drive of it is on node-local storage: place it there."""

    word = ErrorWord.KEEP_WITH_TEMPLATE


class HollowClone(HypervisorError):
    """A clone failed after its VM had moved to its node: its disks were freed, and the VM is still there. Make another one."""

    word = ErrorWord.HOLLOW_CLONE


class Refused(HypervisorError):
    """The request will never succeed as it stands (400, 501, missing template, …): fail with the reason."""

    word = ErrorWord.REFUSED


class NotOurs(Refused):
    """The VM's note does not prove it ours: nothing was sent. Read the note again before anything else."""

    word = ErrorWord.NOT_OURS


class OtherKey(HypervisorError):
    """The VM's note names this VM as ours, but is signed with another key: an operator has to correct note_key."""

    word = ErrorWord.OTHER_KEY


class Paused(HypervisorError):
    """Nothing may be written on the cluster until the cause is gone: quorum lost, token or rights refused."""

    word = ErrorWord.PAUSED


class NoQuorum(Paused):
    """The cluster has lost its quorum."""

    word = ErrorWord.NO_QUORUM


class Unauthorised(Paused):
    """401: the token is wrong, expired or disabled."""

    word = ErrorWord.UNAUTHORISED


class Forbidden(Paused):
    """403: the token lacks a right. The text names path and privilege if Proxmox VE does."""

    word = ErrorWord.FORBIDDEN


class StorageFull(HypervisorError):
    """The storage is full: nothing is cloned there for a while; other storages go on."""

    word = ErrorWord.STORAGE_FULL


class GuestUnknown(BasculeError):
    """The guest agent or the SSH probe gave no answer: the sessions are unknown, which is not the same as none."""

    word = ErrorWord.GUEST_UNKNOWN

    def __init__(
        self, text: str, *, cause: str = "other", boot: tuple[str, str, int] | None = None, age_s: float | None = None
    ) -> None:
        """`cause` is a word of `model.words.GuestWord`.

        `boot`: boot id, push secret and sequence number in a document that is not evidence of anything else; never in the text.
        `age_s`: of a document whose time is what is wrong with it, seconds; negative: dated in the future.
        """
        super().__init__(text)
        self.cause, self.boot, self.age_s = cause, boot, age_s


class DirectoryError(BasculeError):
    """The directory could not be read to its end: the last accepted roster stays in force."""

    word = ErrorWord.DIRECTORY_ERROR


class DirectoryUnavailable(DirectoryError):
    """No server answered, TLS failed, or it was busy: read again later."""

    word = ErrorWord.DIRECTORY_UNAVAILABLE


class DirectoryRefused(DirectoryError):
    """The server refused the bind, the base or the filter: an operator has to change the configuration."""

    word = ErrorWord.DIRECTORY_REFUSED


class DirectoryIncomplete(DirectoryError):
    """The reading ended before the last entry (limit, lost connection, referral, no entry): it makes no roster."""

    word = ErrorWord.DIRECTORY_INCOMPLETE


class StoreError(BasculeError):
    """The store could not be read or written."""

    word = ErrorWord.STORE_ERROR


class StoreOwned(StoreError):
    """Another daemon owns this store: one daemon per store."""

    word = ErrorWord.STORE_OWNED


class StoreAway(StoreError):
    """The store does not answer, or has no room: nothing was written, as far as is known; try again, also at a start."""

    word = ErrorWord.STORE_AWAY


class StoreErased(StoreError):
    """A person was forgotten since the store was loaded, and nothing was written: load again, and forget what was read."""

    word = ErrorWord.STORE_ERASED


class ReservationConflict(StoreError):
    """The VMID, name or address of a reservation is taken: plan again."""

    word = ErrorWord.RESERVATION_CONFLICT


class ExpositionError(BasculeError):
    """Metrics cannot be served: the address is taken, or a certificate cannot be used."""

    word = ErrorWord.EXPOSITION_ERROR


class BackupError(BasculeError):
    """A backup could not be made or restored."""

    word = ErrorWord.BACKUP_ERROR


class PublishingError(BasculeError):
    """A system that names are published in did not do what was asked; what is published there is read again."""

    word = ErrorWord.PUBLISHING_ERROR


class ImageError(BasculeError):
    """A golden image could not be looked at: give another file, the mounted folder, or more rights."""

    word = ErrorWord.IMAGE_ERROR


def word_for(kind: type[BasculeError]) -> str:
    """The error's word as a plain string: `outcome_unknown`, `lock_busy`, …"""
    return kind.word.value
