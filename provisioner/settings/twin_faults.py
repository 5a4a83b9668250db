"""Scripted faults of a twin: each entry of `faults` has a single key, the kind of fault, with its details."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from provisioner.model.machines.twin_spec import (
    BrokenQemu,
    CutQuorum,
    DeadGuestAgents,
    DeleteTemplate,
    Fault,
    FillStorage,
    HangDesktops,
    KillNode,
    LoseAnswer,
    Maintenance,
    RivalLocks,
    StallStatus,
    StopDaemon,
    VzdumpTask,
)
from provisioner.reasons.files import MUST_BE_ENDPOINT_PATH, MUST_BE_METHOD
from provisioner.reasons.reason import ALSO, join_reasons
from provisioner.reasons.settings import FAULT_KEYS, KILL_SHARE, KILL_WHEN
from provisioner.settings.checking import Document
from provisioner.settings.fields import Matches, NodeId, Seconds, SomeSeconds, StorageName, VmidNumber, as_value, like


class KillNodeKeys(Document):
    """A node loses power, and stays off or comes back later."""

    node: NodeId
    at: Seconds | None = like(KillNode, "at_s")
    when_ready_share: float | None = like(KillNode, "when_ready_share", gt=0, le=1)
    of_desktops: int = like(KillNode, "of_desktops", ge=0)
    back_after: SomeSeconds | None = like(KillNode, "back_after_s")

    @model_validator(mode="after")
    def _when(self) -> Self:
        if self.at is None and self.when_ready_share is None:
            raise ValueError(KILL_WHEN())
        if self.when_ready_share is not None and not self.of_desktops:
            raise ValueError(KILL_SHARE())
        return self


class LoseAnswerKeys(Document):
    """The nth request (from 1) that matches is lost."""

    method: Annotated[str, Matches("GET|POST|PUT|DELETE", MUST_BE_METHOD())]
    endpoint: Annotated[str, Matches("/[!-~]*", MUST_BE_ENDPOINT_PATH(example="/nodes/{node}/qemu/{vmid}/clone"))] = like(
        LoseAnswer, "endpoint"
    )
    nth: int = Field(ge=1)
    after_effect: bool = like(LoseAnswer, "after_effect")


class DeleteTemplateKeys(Document):
    """A template is deleted."""

    vmid: VmidNumber
    at: Seconds


class CutQuorumKeys(Document):
    """The cluster loses its quorum for a while."""

    at: Seconds
    lasts: SomeSeconds


class FillStorageKeys(Document):
    """A storage fills up."""

    storage: StorageName
    at: Seconds
    node: str = like(FillStorage, "node")
    lasts: SomeSeconds | None = None


class RivalLocksKeys(Document):
    """Another client takes the lock of a storage repeatedly."""

    storage: StorageName
    hold: SomeSeconds
    every: SomeSeconds
    at: Seconds = like(RivalLocks, "at_s")
    lasts: SomeSeconds = Field(default=RivalLocks(storage="", hold_s=1, every_s=1).for_s)
    node: str = like(RivalLocks, "node")


class BackupKeys(Document):
    """A foreign vzdump task that locks its guests one after the other."""

    node: NodeId
    vmids: list[VmidNumber] = Field(min_length=1)
    at: Seconds
    each: SomeSeconds = like(VzdumpTask, "each_s")


class DeadGuestAgentsKeys(Document):
    """A share of the desktops have a guest agent that never answers."""

    share: float = Field(ge=0, le=1)


class HangDesktopsKeys(Document):
    """A share of the desktops that are up hang for good."""

    share: float = Field(ge=0, le=1)
    at: Seconds = like(HangDesktops, "at_s")


class MaintenanceKeys(Document):
    """A node enters the maintenance mode of the HA manager, and may leave it later."""

    node: NodeId
    at: Seconds
    lasts: SomeSeconds | None = None


class BrokenQemuKeys(Document):
    """No VM starts on a node: QEMU exits at once."""

    node: NodeId
    at: Seconds = like(BrokenQemu, "at_s")
    lasts: SomeSeconds | None = None


class StopDaemonKeys(Document):
    """pvedaemon stops on a node that stays up: every request that needs root there is refused."""

    node: NodeId
    at: Seconds = like(StopDaemon, "at_s")
    lasts: SomeSeconds | None = None


class StallStatusKeys(Document):
    """pvestatd hangs on a node: the listed state of the node gets old."""

    node: NodeId
    at: Seconds
    lasts: SomeSeconds


class FaultKeys(Document):
    """A fault: exactly one of these keys."""

    kill_node: KillNodeKeys | None = None
    lose_answer: LoseAnswerKeys | None = None
    delete_template: DeleteTemplateKeys | None = None
    cut_quorum: CutQuorumKeys | None = None
    fill_storage: FillStorageKeys | None = None
    rival_locks: RivalLocksKeys | None = None
    backup: BackupKeys | None = None
    dead_guest_agents: DeadGuestAgentsKeys | None = None
    hang_desktops: HangDesktopsKeys | None = None
    maintenance: MaintenanceKeys | None = None
    broken_qemu: BrokenQemuKeys | None = None
    stop_daemon: StopDaemonKeys | None = None
    stall_status: StallStatusKeys | None = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        if len(self.model_fields_set) != 1 or self.details is None:
            raise ValueError(FAULT_KEYS(keys=join_reasons(_KINDS, ALSO)))
        return self

    @property
    def kind(self) -> str:
        """The key of the fault."""
        return next(iter(self.model_fields_set))

    @property
    def details(self) -> Document | None:
        """The details of the fault."""
        details: Document | None = getattr(self, self.kind)
        return details


_KINDS: dict[str, type[Fault]] = {
    "kill_node": KillNode,
    "lose_answer": LoseAnswer,
    "delete_template": DeleteTemplate,
    "cut_quorum": CutQuorum,
    "fill_storage": FillStorage,
    "rival_locks": RivalLocks,
    "backup": VzdumpTask,
    "dead_guest_agents": DeadGuestAgents,
    "hang_desktops": HangDesktops,
    "maintenance": Maintenance,
    "broken_qemu": BrokenQemu,
    "stop_daemon": StopDaemon,
    "stall_status": StallStatus,
}


def fault_of(document: FaultKeys) -> Fault:
    """Build the fault."""
    details = document.details
    assert details is not None, "a checked document holds one"
    lasts = {"for_s": details.lasts} if hasattr(details, "lasts") else {}
    return as_value(_KINDS[document.kind], details, **lasts)
