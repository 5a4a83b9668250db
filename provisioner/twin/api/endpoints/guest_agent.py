"""QEMU's guest agent. Each call pings the agent first; an agent that does not answer holds an API worker for 3 s."""

import json
from collections.abc import Callable

from provisioner.twin.api.routes import route
from provisioner.twin.engine.events import Process
from provisioner.twin.model.cluster import Cluster
from provisioner.twin.model.guests import GuestBoot, TwinGuest
from provisioner.twin.protocol import Call, PendingAnswer, refuse

_EVENTS = 16
"""As many events as bascule-guest keeps."""
_MAX_READ_BYTES = 16_777_216
"""Most bytes of one file-read, and its default."""
_UPTIME = "/proc/uptime"

Answer = Callable[[TwinGuest, float], object]
"""The agent's answer, for a guest at an instant."""
Asked = Callable[[Cluster, TwinGuest, Call], object]


def _command(method: str, name: str) -> Callable[[Answer], Answer]:
    def register(answer: Answer) -> Answer:
        _route(method, name, lambda cluster, guest, _: {"result": answer(guest, cluster.events.now)})
        return answer

    return register


def _route(method: str, name: str, answer: Asked) -> None:
    def handler(cluster: Cluster, call: Call) -> object:
        guest = _reachable(cluster, call)
        if not _answers(guest):
            return PendingAnswer(_no_answer(cluster))
        return answer(cluster, guest, call)

    route(method, f"/nodes/{{node}}/qemu/{{vmid}}/agent/{name}", protected=True)(handler)


def _reachable(cluster: Cluster, call: Call) -> TwinGuest:
    guest = cluster.guest(call.vmid, call.node)
    if not guest.running:
        raise refuse(f"VM {call.vmid} is not running")
    if not guest.agent_configured:
        raise refuse("No QEMU guest agent configured")
    return guest


def _answers(guest: TwinGuest) -> bool:
    return guest.boot is not None and guest.boot.agent_up and guest.power == "running" and not (guest.dead_agent or guest.hung)


def _no_answer(cluster: Cluster) -> Process[object]:
    yield cluster.sleep(cluster.spec.api.agent_timeout_s)
    raise refuse("QEMU guest agent is not running")


@_command("POST", "ping")
def ping(_guest: TwinGuest, _now: float) -> object:
    """Answers when the agent is up."""
    return {}


@_command("GET", "get-users")
def get_users(guest: TwinGuest, _now: float) -> object:
    """The open sessions, without their state."""
    return [{"user": session.login, "login-time": session.since + guest.skew_s} for session in guest.sessions]


@_command("GET", "get-host-name")
def get_host_name(guest: TwinGuest, _now: float) -> object:
    """The guest's own name."""
    return {"host-name": guest.name}


@_command("GET", "get-osinfo")
def get_osinfo(_guest: TwinGuest, _now: float) -> object:
    """The guest's operating system."""
    return {
        "id": "debian", "name": "Debian GNU/Linux", "pretty-name": "Debian GNU/Linux 13 (trixie)", "version-id": "13",
        "kernel-release": "6.12.0-amd64", "machine": "x86_64",
    }  # fmt: skip


@_command("GET", "get-time")
def get_time(guest: TwinGuest, now: float) -> object:
    """The guest's clock, in nanoseconds."""
    return int((now + guest.skew_s) * 1e9)


@_command("GET", "get-timezone")
def get_timezone(_guest: TwinGuest, _now: float) -> object:
    """The guest's time zone."""
    return {"offset": 0, "zone": "UTC"}


@_command("GET", "get-vcpus")
def get_vcpus(guest: TwinGuest, _now: float) -> object:
    """The guest's processors."""
    return [{"logical-id": number, "online": True, "can-offline": number > 0} for number in range(guest.cpus)]


@_command("GET", "get-fsinfo")
def get_fsinfo(guest: TwinGuest, _now: float) -> object:
    """The guest's file systems."""
    total = guest.disk_bytes
    return [{"name": "sda1", "mountpoint": "/", "type": "ext4", "total-bytes": total, "used-bytes": total // 4, "disk": []}]


@_command("GET", "info")
def info(_guest: TwinGuest, _now: float) -> object:
    """The agent's version and commands."""
    names = ("guest-ping", "guest-info", "guest-get-users", "guest-network-get-interfaces", "guest-file-read")
    return {
        "version": "10.0.13",
        "supported_commands": [{"name": name, "enabled": True, "success-response": True} for name in names],
    }


@_command("GET", "network-get-interfaces")
def network_get_interfaces(guest: TwinGuest, _now: float) -> object:
    """Loopback and the first network card, with cloud-init's address."""
    card = guest.config.get("net0", "").partition(",")[0].partition("=")[2].lower()
    return [
        _interface("lo", "00:00:00:00:00:00", "127.0.0.1", 8),
        _interface("eth0", card, *_address(guest)),
    ]


def file_read(cluster: Cluster, guest: TwinGuest, call: Call) -> object:
    """Read the status document that the desktop's own unit writes, or the text that replaces it, or the uptime. No other file
    exists.

    By its schema (pve-manager 9.2.11) it returns at most `count` bytes, with `truncated` when more follow. A file of exactly
    `count` bytes is not truncated: *assumed*. The text for a missing file is recorded from the agent.
    """
    path, now, report = call.params.get("file", ""), cluster.events.now, cluster.spec.report
    if path not in (*report.files, _UPTIME):
        raise refuse(f"Agent error: failed to open file '{path}' (mode: 'r'): No such file or directory")
    text = _uptime(guest, now) if path == _UPTIME else guest.status_file
    if text is None:
        text = json.dumps(status_document(guest, now=now, period_s=report.period_s) | secret_in(cluster, guest))
    begin, count = int(call.params.get("offset", "0")), int(call.params.get("count", _MAX_READ_BYTES))
    content = text[begin : begin + count]
    cut = {"truncated": 1} if begin + count < len(text) else {}
    return {"content": content, "bytes-read": len(content), **cut}


def _uptime(guest: TwinGuest, now: float) -> str:
    """Seconds since the boot, and of idle processors, as proc(5) says."""
    return f"{now - guest.boot.began_at if guest.boot else 0.0:.2f} 0.00\n"


_route("GET", "file-read", file_read)


def status_document(guest: TwinGuest, *, now: float, period_s: float) -> dict[str, object]:
    """The desktop's last status document, as of the time it was written (format: model.status_document). Without its secret.

    *Assumed*: bascule-guest runs as in config/guest, and notes what happens at once. An image that pushes nothing writes at its
    period alone.
    """
    boot = guest.boot or GuestBoot(began_at=now, number=0)
    ready = boot.ready_at is not None
    first_at = boot.began_at if boot.ready_at is None else boot.ready_at
    written_at = now - (now - first_at) % period_s
    if guest.pushes:
        written_at = max(written_at, guest.news_at)
    noted = [entry for entry in guest.noted if entry.at <= written_at]
    events = [
        {"number": number, "event": entry.word, "user": entry.login, "at_s": round(entry.at - boot.began_at, 3)}
        for number, entry in enumerate(noted, start=1)
    ]
    return {
        "version": 1,
        "booted_at": round(boot.began_at + guest.skew_s, 3),
        "boot_id": boot_id_of(guest.vmid, boot),
        "first_boot": "done" if ready else "failed" if guest.setup_failed else "running",
        "logon_port": "open" if ready else "closed",
        "ready_at": round(boot.ready_at + guest.skew_s, 3) if boot.ready_at is not None else None,
        "written_at": round(written_at + guest.skew_s, 3),
        "period_s": period_s,
        "connections": guest.connections_at(written_at),
        "sessions": [
            {"user": session.login, "state": session.state, "since": round(session.since + guest.skew_s, 3)}
            for session in guest.sessions_at(written_at)
        ],
        "sequence": int((written_at - boot.began_at) * 1e6),
        "event_number": len(events),
        "events": events[-_EVENTS:],
    }


def boot_id_of(vmid: int, boot: GuestBoot) -> str:
    """Another one for each boot, also of a VM that has a VMID again, or of a twin that was served before."""
    return f"{vmid:08x}-{boot.number:04x}-{int(boot.began_at):x}"


def secret_of(cluster: Cluster, guest: TwinGuest) -> str:
    """What this boot's pushes are signed with: the guest makes it at each boot, in a file for root alone."""
    assert guest.boot is not None, "a guest that is off has no boot"
    return cluster.draws.token(boot_id_of(guest.vmid, guest.boot), "push secret", size=32).hex()


def secret_in(cluster: Cluster, guest: TwinGuest) -> dict[str, str]:
    """As in the document that is fetched, of an image that pushes."""
    return {"push_secret": secret_of(cluster, guest)} if guest.pushes else {}


def _interface(name: str, card: str, address: str, prefix: int) -> dict[str, object]:
    return {
        "name": name,
        "hardware-address": card,
        "ip-addresses": [{"ip-address": address, "prefix": prefix, "ip-address-type": "ipv6" if ":" in address else "ipv4"}],
    }


def _address(guest: TwinGuest) -> tuple[str, int]:
    settings = dict(part.partition("=")[::2] for part in guest.config.get("ipconfig0", "").split(","))
    address, _, prefix = settings.get("ip", settings.get("ip6", "dhcp")).partition("/")
    if address == "dhcp" or not prefix.isdigit():
        return f"10.{guest.vmid >> 16 & 255}.{guest.vmid >> 8 & 255}.{guest.vmid & 255}", 8
    return address, int(prefix)
