"""One tree of errors, named for what the caller does next. No vendor type and no status code leaks past an adapter."""


class BasculeError(Exception):
    """Everything Bascule raises on purpose; its text is one sentence an operator can act on."""


class SettingsError(BasculeError):
    """The configuration is wrong: nothing was changed. Its text has one `file:line:column path: message` a line."""


class HypervisorError(BasculeError):
    """A call to Proxmox VE did not end in success."""


class NotSent(HypervisorError):
    """The request never reached the node (595, connection refused, connect time-out): safe to send again."""


class OutcomeUnknown(HypervisorError):
    """Sent, and the answer was lost (596, read time-out, reset, 502/503/504): observe before deciding anything."""


class LockBusy(HypervisorError):
    """A storage, cluster or user.cfg lock was not got in time: the same request later, and fewer at once."""


class GuestBusy(HypervisorError):
    """The VM is locked (clone, backup, migrate, …): wait for the lock to clear, never unlock."""


class WorkerBusy(HypervisorError):
    """No worker could be started on the node: look first, then send again."""


class IdTaken(HypervisorError):
    """The VMID exists already: adopt it when its ownership note proves it ours, else take another VMID."""


class LeftoverImage(IdTaken):
    """An image left behind by an interrupted delete makes the VMID unusable: retire the VMID and report the leftover."""


class GoneOrMoved(HypervisorError):
    """The guest or task is not where it was asked for: refresh where it is; a deleted one is seen nowhere any more."""


class AlreadySo(HypervisorError):
    """The guest is already in the wanted state: success."""


class InUse(HypervisorError):
    """Somebody has logged on since the stop was ordered: it was not sent. Ask again later."""


class PlaceElsewhere(HypervisorError):
    """This node cannot run the guest now (offline, unknown, QEMU would not start): try another node."""


class Refused(HypervisorError):
    """The request will never succeed as it stands (400, 501, missing template, …): fail with the reason."""


class NotOurs(Refused):
    """The VM's own note does not prove it ours: nothing was sent, and whose it is has to be found out anew."""


class Paused(HypervisorError):
    """Nothing may be written on the cluster until the cause has gone: quorum lost, token or rights refused."""


class NoQuorum(Paused):
    """The cluster has lost its quorum."""


class Unauthorised(Paused):
    """401: the token is wrong, expired or disabled."""


class Forbidden(Paused):
    """403: the token lacks a right; the text names path and privilege where Proxmox VE does."""


class StorageFull(HypervisorError):
    """The storage has no room left: nothing more is cloned there for a while; other storages go on."""


class GuestUnknown(BasculeError):
    """The guest agent or the SSH probe gave no answer: its state is unknown, which is never 'no sessions'."""


class DirectoryError(BasculeError):
    """The directory could not be read to its end: the last accepted roster stays in force."""


class DirectoryUnavailable(DirectoryError):
    """No server answered, TLS failed, or it was busy: read again later."""


class DirectoryRefused(DirectoryError):
    """The bind, the base or the filter was refused: an operator has to change the configuration."""


class DirectoryIncomplete(DirectoryError):
    """The read ended before the last entry (limit, lost connection, referral, no entry at all): never a roster."""


class StoreError(BasculeError):
    """The store could not be read or written."""


class StoreOwned(StoreError):
    """Another daemon owns this store: one daemon per store."""


class ReservationConflict(StoreError):
    """A VMID, name or address of the reservation is taken already: plan again."""


class ExpositionError(BasculeError):
    """Metrics cannot be served: the address is taken, or a certificate cannot be used."""


def word_for(kind: type[BasculeError]) -> str:
    """The class's name in snake case, for metrics and logs: `outcome_unknown`, `lock_busy`, …"""
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in kind.__name__).lstrip("_")
