"""The API on a socket of the test's own, and a client for it."""

import contextlib
import http.client
import json
import os
import socket
from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from provisioner.adapters.memory_store import MemoryStore
from provisioner.api.callers import Caller, Role, Roles
from provisioner.api.identity import Identify, identify_by
from provisioner.api.limits import LIMITS, RequestLimits
from provisioner.api.server import ApiServer
from provisioner.api.site import ApiSite, Noticeboard, Order
from provisioner.api.tokens import Tokens
from provisioner.model.ids import DesktopName
from provisioner.model.lending import LendingAnswer, LendingOrder
from provisioner.reasons.reason import NONE, Reason
from provisioner.settings.site_zone import SiteZone
from provisioner.settings.values import ApiSettings
from provisioner.views.daemon import ConfigDocument, ReloadDocument
from provisioner.views.published import Published
from tests.builders.cluster import NOW
from tests.builders.monitors import SetClock
from tests.builders.patience import FUSE_S
from tests.servers.certificates import Authority
from tests.servers.processes import free_port

PATIENT = replace(LIMITS, head_s=FUSE_S, body_s=FUSE_S, answer_s=FUSE_S)
"""For clients that mean no harm, on a machine that is busy."""
SAME = ConfigDocument(
    file="bascule.yaml",
    in_force_since="2027-01-15T08:00:00.000Z",
    differs=False,
    changed=(),
    differences=(),
    waits_for_restart=(),
    problem=None,
)

RELOADED = ReloadDocument(file="bascule.yaml", read_at="2027-01-15T08:00:00.000Z", differences=(), waits_for_restart=())


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def document(self) -> Any:
        return json.loads(self.body)

    @property
    def codes(self) -> list[str | None]:
        """Of a refusal's reasons."""
        return [reason["code"] for reason in self.document["reasons"]]


class UnixConnection(http.client.HTTPConnection):
    """HTTP over a Unix socket."""

    def __init__(self, path: Path, *, within_s: float = FUSE_S) -> None:
        super().__init__("bascule", timeout=within_s)
        self._path = path

    def connect(self) -> None:
        self.sock = connected(self._path, within_s=self.timeout or FUSE_S)


def connected(path: Path, *, within_s: float = FUSE_S) -> socket.socket:
    """A connection; by the folder's descriptor, because the kernel takes no path of more than 107 bytes."""
    folder, made = os.open(path.parent, os.O_PATH | os.O_DIRECTORY), socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        made.settimeout(within_s)
        made.connect(f"/proc/self/fd/{folder}/{path.name}")
        return made
    except OSError:
        made.close()
        raise
    finally:
        os.close(folder)


def ask(path: Path, what: str, *, method: str = "GET", body: bytes | None = None, **headers: str) -> Answer:
    """One request on a connection of its own. `headers`: with `_` for `-`."""
    connection = UnixConnection(path)
    with contextlib.closing(connection):
        connection.request(method, what, body=body, headers={name.replace("_", "-"): value for name, value in headers.items()})
        response = connection.getresponse()
        return Answer(status=response.status, headers=dict(response.headers.items()), body=response.read())


def an_api_site(published: Published | None = None, **changed: Any) -> ApiSite:
    """A daemon that has published this, with an empty journal."""
    board, store = Noticeboard(), MemoryStore()
    if published is not None:
        board.publish(published)
    values: dict[str, Any] = {
        "installation": "test",
        "version": "0.1.0",
        "started_at": NOW - 60,
        "cycle_within_s": 120.0,
        "clock": SetClock(NOW + 2),
        "board": board,
        "journal": lambda lines, subject: store.journal(limit=lines, subject=subject),
        "journal_after": lambda sequence, lines: store.journal_after(sequence, limit=lines),
        "report": lambda _: None,
        "latest": store.latest,
        "session_counts": store.session_counts,
        "config": lambda: SAME,
        "zone": lambda: SiteZone("Europe/Paris"),
        "order": taken,
        "grant": None,
        "reload": taken_up,
        "lend": lent,
    }
    return ApiSite(**{**values, **changed})


def taken(_: Order) -> "Future[Reason]":
    """Takes every order."""
    answer: Future[Reason] = Future()
    answer.set_result(NONE)
    return answer


def taken_up(_: str) -> "Future[ReloadDocument | Reason]":
    """The files say what is in force."""
    answer: Future[ReloadDocument | Reason] = Future()
    answer.set_result(RELOADED)
    return answer


def lent(order: LendingOrder) -> "Future[LendingAnswer]":
    """Everybody gets the same desktop."""
    answer: Future[LendingAnswer] = Future()
    answer.set_result(LendingAnswer(login=order.who, desktop=DesktopName("vd-5001"), ready=True))
    return answer


def as_role(role: Role | None) -> Identify:
    """Whoever asks has this role."""
    return lambda _: Caller(name="zoe", role=role)


@contextlib.contextmanager
def serving(
    folder: Path,
    site: ApiSite,
    *,
    role: Role | None = Role.OPERATOR,
    limits: RequestLimits = PATIENT,
    identify: Identify | None = None,
) -> Iterator[Path]:
    """The API's socket, for as long as the context. `identify`: who asks; None: Zoé, with this role."""
    settings = ApiSettings(socket=folder / "api.sock")
    server = ApiServer(site, settings, identify or as_role(role), limits=limits)
    server.open()
    try:
        yield settings.socket
    finally:
        server.close()


@contextlib.contextmanager
def serving_by_tls(folder: Path, site: ApiSite, tokens: Path) -> Iterator[ApiSettings]:
    """The API over TCP, too, for whoever has a token of this file; the authority is `ca/ca.pem` in the folder."""
    issued = Authority(folder / "ca").issue("api")
    settings = ApiSettings(
        socket=folder / "api.sock",
        address="127.0.0.1",
        port=free_port(),
        certificate=issued.certificate,
        key=issued.key,
        tokens=tokens,
    )
    identify = identify_by(Roles(own_uid=os.getuid()), lambda peer, said: "root", Tokens(tokens))
    server = ApiServer(site, settings, identify)
    server.open()
    try:
        yield settings
    finally:
        server.close()
