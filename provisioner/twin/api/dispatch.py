"""Handles a request: authentication, rights, forwarding to its node, an API worker, the handler, the answer."""

import json
from collections import Counter, defaultdict
from collections.abc import Callable

from provisioner.model.machines.twin_spec import LoseAnswer
from provisioner.pve.wire import ApiRequest, ApiResponse
from provisioner.twin.api.routes import Routes
from provisioner.twin.engine.events import Process, Running
from provisioner.twin.model.cluster import Cluster
from provisioner.twin.model.nodes import TwinNode
from provisioner.twin.protocol import ApiFault, Call, PendingAnswer, Route

_NO_ROUTE_S = 3.07
"""Seconds a request for a node that has just died waits for ARP (observed)."""
LOST = ApiResponse(status=0, reason="answer lost")

Reply = Callable[[ApiResponse], None]
Authenticate = Callable[[Cluster, str | None], str]
"""Returns the caller (`user@realm` or `user@realm!token`); raises ApiFault(401, …)."""
Check = Callable[[Cluster, Call, Route], None]
"""Raises ApiFault to refuse the call."""
View = Callable[[Cluster, Call, Route, object], object]
"""Returns the part of an answer's data that the caller may see."""
Loses = Callable[[str, str], LoseAnswer | None]
"""Called once for each request, with its method and pattern; returns the scripted loss of its answer, if any."""


def as_root(_cluster: Cluster, _auth: str | None) -> str:
    """Every caller is root@pam."""
    return "root@pam"


def allow_all(_cluster: Cluster, _call: Call, _route: Route) -> None:
    """Every call is allowed."""


def whole_answer(_cluster: Cluster, _call: Call, _route: Route, data: object) -> object:
    """Every caller sees the whole answer."""
    return data


class Api:
    """The API of one cluster. `twin.guard` sets the four hooks that check callers."""

    def __init__(self, cluster: Cluster, routes: Routes, *, loses: Loses) -> None:
        self.authenticate: Authenticate = as_root
        self.authorise: Check = allow_all
        self.validate: Check = allow_all
        self.view: View = whole_answer
        self.calls: Counter[str] = Counter()
        self.writes = 0
        self.bytes_sent = 0
        self.worker_s: defaultdict[str, float] = defaultdict(float)
        self.routes = routes
        self._cluster = cluster
        self._loses = loses

    def request(self, request: ApiRequest, reply: Reply, *, auth: str | None) -> None:
        """Receive a request; see Twin.request."""
        match = self.routes.match(request.method, request.path)
        pattern = match[0].pattern if match else "unknown"
        self.calls[f"{request.method} {pattern}"] += 1
        loss = self._loses(request.method, pattern)
        if loss is not None and not loss.after_effect:
            self._cluster.events.after(0.0, lambda: reply(LOST))
            return
        _Exchange(self, self._cluster, request, reply=reply, auth=auth, loss=loss).begin()

    def count(self, call: Call | None, answer: ApiResponse) -> None:
        """Add an answer's size to `bytes_sent`."""
        size = call.size if call is not None else None
        self.bytes_sent += size if size is not None else len(json.dumps({"data": answer.data}, default=str))


class _Exchange:
    """One request until its answer. After a time-out (596) the operation still runs to its end."""

    def __init__(
        self, api: Api, cluster: Cluster, request: ApiRequest, *, reply: Reply, auth: str | None, loss: LoseAnswer | None
    ) -> None:
        self._api = api
        self._cluster = cluster
        self._request = request
        self._reply = reply
        self._auth = auth
        self._loss = loss
        self._call: Call | None = None
        self._answered = False

    def begin(self) -> None:
        Running(self._serve(), done=self._answer, failed=self._fail).start()

    def _serve(self) -> Process[ApiResponse]:
        call = yield from self._identify()
        self._api.authorise(self._cluster, call, call.route)
        node = self._cluster.node(call.node)
        if not node.alive:
            yield self._cluster.sleep(_NO_ROUTE_S)
            raise ApiFault(595, "No route to host")
        if call.route.write:
            self._api.writes += 1
        if not call.route.protected:
            data = yield from self._handle(call)
            return ApiResponse(status=200, data=data)
        if not node.daemon_up:
            raise ApiFault(595, "Connection refused")
        answer: ApiResponse = yield lambda resume: self._hand_over(node, call, resume)
        return answer

    def _identify(self) -> Process[Call]:
        try:
            user = self._api.authenticate(self._cluster, self._auth)
        except ApiFault as fault:
            if fault.status == 401:
                yield self._cluster.sleep(self._cluster.spec.api.unauthorised_s)
            raise
        match = self._api.routes.match(self._request.method, self._request.path)
        if match is None:
            raise ApiFault(501, f"Method '{self._request.method} {self._request.path}' not implemented")
        route, args = match
        entry = self._cluster.any_node().name
        if args.get("node") == "localhost":
            args["node"] = entry
        params = {key: str(value) for key, value in self._request.params.items()}
        self._call = Call(
            route=route, method=self._request.method, path=self._request.path, args=args, params=params, user=user, entry=entry
        )
        return self._call

    def _hand_over(self, node: TwinNode, call: Call, resume: Reply) -> None:
        """Forward to pvedaemon on the node. The caller waits 30 s at most; pvedaemon works on to the end."""
        self._cluster.spawn_on(
            node, self._in_worker(node, call), done=resume, failed=lambda error: resume(_answer_to(error))
        )  # fmt: skip
        timeout = self._cluster.spec.api.proxy_timeout_s
        self._cluster.events.after(timeout, lambda: resume(ApiResponse(status=596, reason="Connection timed out")))

    def _in_worker(self, node: TwinNode, call: Call) -> Process[ApiResponse]:
        workers = node.workers
        yield from workers.acquire()
        since = self._cluster.events.now
        try:
            data = yield from self._handle(call)
        finally:
            self._api.worker_s[f"{call.method} {call.route.pattern}"] += self._cluster.events.now - since
            workers.release()
        return ApiResponse(status=200, data=data)

    def _handle(self, call: Call) -> Process[object]:
        self._api.validate(self._cluster, call, call.route)
        if call.route.service:
            api = self._cluster.spec.api
            yield self._cluster.sleep(api.write_s if call.route.write else api.read_s)
        result = call.route.handler(self._cluster, call)
        if isinstance(result, PendingAnswer):
            result = yield from result.process
        return self._api.view(self._cluster, call, call.route, result)

    def _fail(self, error: Exception) -> None:
        self._answer(_answer_to(error))

    def _answer(self, answer: ApiResponse) -> None:
        if self._answered:
            return
        self._answered = True
        if answer.ok and self._is_lost():
            answer = LOST
        self._api.count(self._call, answer)
        self._reply(answer)

    def _is_lost(self) -> bool:
        call = self._call
        if self._loss is not None:
            return True
        if call is None or not call.route.pattern.endswith(("/clone", "/status/start")):
            return False
        vmid = int(call.params.get("newid", call.args["vmid"]))
        return self._cluster.chance.answer_is_lost(vmid, call.route.pattern.rpartition("/")[2])


def _answer_to(error: Exception) -> ApiResponse:
    if not isinstance(error, ApiFault):
        raise error
    return ApiResponse(status=error.status, reason=error.reason, errors=dict(error.errors))


__all__ = ["LOST", "Api", "Authenticate", "Check", "Reply"]
