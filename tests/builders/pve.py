"""Orders to a Proxmox VE cluster, and a cluster that answers from a script."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from provisioner.actions.spec import OperationContext
from provisioner.model.actions import CheckGuest, Clone, Configure, Delete, Migrate, Note, Reconfigure, Start, Stop, Tag, Verify
from provisioner.model.ids import (
    AgentId,
    ClusterId,
    DesktopName,
    GuestKey,
    LockDomain,
    NodeKey,
    NodeName,
    ProfileName,
    StorageId,
    Vmid,
)
from provisioner.model.machines.desktops import Reservation
from provisioner.model.machines.ownership import NoteKey
from provisioner.model.machines.seats import seat_of
from provisioner.model.people.profiles import Addressing, Profile, Template
from provisioner.pve.wire import ApiRequest, ApiResponse

CLUSTER = ClusterId("lab")
NODE = NodeKey(CLUSTER, NodeName("pve1"))
NOW = 1_780_000_000.0
NOTE_KEY = NoteKey(installation="test", secret=b"the key of the tests")
HANDS = OperationContext(key=NOTE_KEY, now=lambda: NOW)
FOREVER = float("inf")


def a_template(vmid: int = 9000, *, node: str = "pve1", storage: str = "local-lvm") -> Template:
    return Template(cluster=CLUSTER, vmid=Vmid(vmid), node=NodeName(node), storage=StorageId(storage))


def a_profile(*, vlan: int | None = None, network: str = "", gateway: str = "", template: Template | None = None) -> Profile:
    return Profile(
        name=ProfileName("office"),
        image="2026-01",
        templates=(template or a_template(),),
        vcpus=2,
        memory_mib=4096,
        disk_gib=32,
        bridge="vmbr0",
        vlan=vlan,
        addressing=Addressing(network=network, gateway=gateway),
    )


def a_reservation(vmid: int = 5001, *, address: str = "", node: str = "pve1", agent: str = "agent-1") -> Reservation:
    return Reservation(
        name=DesktopName(f"vd-{vmid}"),
        cluster=CLUSTER,
        vmid=Vmid(vmid),
        profile=ProfileName("office"),
        seat=seat_of(AgentId(agent)),
        address=address,
        node=NodeName(node),
        reserved_at=NOW,
    )


def a_clone(vmid: int = 5001, *, template: Template | None = None) -> Clone:
    template = template or a_template()
    return Clone(
        reservation=a_reservation(vmid, node=template.node),
        because="a test",
        deadline=FOREVER,
        profile=a_profile(template=template),
        template=template,
        lock_domain=LockDomain(f"{CLUSTER}/{template.node}/{template.storage}"),
    )


def a_configure(vmid: int = 5001, *, node: NodeKey = NODE, profile: Profile | None = None, address: str = "") -> Configure:
    return Configure(
        reservation=a_reservation(vmid, address=address),
        because="a test",
        deadline=FOREVER,
        node=node,
        profile=profile or a_profile(),
    )


def a_reconfigure(
    vmid: int = 5001, *, profile: Profile | None = None, address: str = "", whole: bool = False, node: NodeKey = NODE
) -> Reconfigure:
    return Reconfigure(
        reservation=a_reservation(vmid, address=address),
        because="a test",
        deadline=FOREVER,
        node=node,
        profile=profile or a_profile(),
        whole=whole,
    )


def a_start(vmid: int = 5001, *, node: NodeKey = NODE) -> Start:
    return Start(reservation=a_reservation(vmid), because="a test", deadline=FOREVER, node=node, profile=a_profile())


def a_stop(vmid: int = 5001, *, node: NodeKey = NODE) -> Stop:
    return Stop(reservation=a_reservation(vmid), because="a test", deadline=FOREVER, node=node, profile=a_profile())


def a_delete(vmid: int = 5001, *, node: NodeKey = NODE) -> Delete:
    return Delete(reservation=a_reservation(vmid), because="a test", deadline=FOREVER, node=node)


def a_migrate(vmid: int = 5001, *, target: str = "pve2", node: NodeKey = NODE) -> Migrate:
    """Of 4 GiB and 2 vCPUs."""
    return Migrate(
        reservation=a_reservation(vmid),
        because="a test",
        deadline=FOREVER,
        node=node,
        target=NodeName(target),
        memory_mib=4096,
        vcpus=2.0,
    )


def a_tag(vmid: int = 5001, *tags: str, node: NodeKey = NODE) -> Tag:
    return Tag(reservation=a_reservation(vmid), because="a test", deadline=FOREVER, node=node, tags=frozenset(tags))


def a_note(vmid: int = 5001, *, agent: str = "agent-2", before: Iterable[str] = ("agent-1",), node: NodeKey = NODE) -> Note:
    """For a desktop whose agent had the id `before`."""
    earlier = tuple(map(AgentId, before))
    reservation = replace(a_reservation(vmid), seat=seat_of(AgentId(agent)), noted_as=earlier)
    return Note(reservation=reservation, because="a test", deadline=FOREVER, node=node)


def a_verify(vmid: int = 5001, *, node: NodeKey = NODE) -> Verify:
    return Verify(key=GuestKey(CLUSTER, Vmid(vmid)), node=node, because="a test", deadline=FOREVER)


def a_check(vmid: int = 5001, *, node: NodeKey = NODE) -> CheckGuest:
    return CheckGuest(reservation=a_reservation(vmid), because="a test", deadline=FOREVER, node=node, profile=a_profile())


Answer = ApiResponse | Exception | Callable[[ApiRequest], ApiResponse]


@dataclass
class ScriptedCluster:
    """Answers each request by its method and path, and keeps what was asked."""

    answers: dict[str, Answer]
    """`GET /version` -> an answer, an error to raise, or a function of the request."""
    asked: list[ApiRequest] = field(default_factory=list)

    def send(self, request: ApiRequest) -> ApiResponse:
        self.asked.append(request)
        answer = self.answers[f"{request.method} {request.path}"]
        if isinstance(answer, Exception):
            raise answer
        return answer if isinstance(answer, ApiResponse) else answer(request)


def ok(data: object = None) -> ApiResponse:
    return ApiResponse(status=200, data=data)


def refused(status: int, reason: str) -> ApiResponse:
    return ApiResponse(status=status, reason=reason)
