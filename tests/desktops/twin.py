"""A served twin with real desktops: power, locks and storages are the twin's; what a guest agent says is the guest's own."""

import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

from provisioner.settings.twins import load_twin
from provisioner.twin.api.endpoints.power import power_off
from provisioner.twin.api.routes import ROUTES, Routes
from provisioner.twin.engine.events import Process
from provisioner.twin.model.cluster import Cluster
from provisioner.twin.model.running_tasks import start_task
from provisioner.twin.model.tasks import TaskFault, TwinTask
from provisioner.twin.protocol import Call, Handler, PendingAnswer, Route, refuse
from provisioner.twin.server.process import TwinProcess
from provisioner.twin.server.state import TwinState
from tests.builders.twin_http import serve
from tests.desktops.machines import Machines
from tests.servers import guest_agent

_QEMU = "/nodes/{node}/qemu/{vmid}"
_ANSWER_S = 3.0
_LOOK_S = 0.1


class RealTwin(TwinProcess):
    """In this process and in real time; the reference twin otherwise, but for the waits that only cost a test time."""

    def __init__(self, twin_file: Path, folder: Path, machines: Machines) -> None:
        super().__init__(twin_file, folder)
        self._twin_file, self._machines = twin_file, machines
        self._stack = ExitStack()

    def start(self) -> TwinState:
        spec = load_twin(self._twin_file)
        spec = replace(
            spec,
            durations=replace(spec.durations, start_task_s=0.2),
            status=replace(spec.status, period_s=2.0),
            log_ons=replace(spec.log_ons, concurrent=0),
        )
        self._folder.mkdir(parents=True, exist_ok=True)
        served = self._stack.enter_context(serve(spec, self._folder, scale=1.0, epoch=time.time()))
        served.twin.api.routes = with_real_agents(self._machines)
        self._stack.enter_context(self._machines.following(served.twin))
        clock = served.clock
        self._state = TwinState(
            port=served.port,
            ca_file=served.ca,
            cluster=spec.name,
            epoch0=clock.epoch0,
            monotonic0=clock.monotonic0,
            scale=clock.scale,
            tokens={f"{token.user}!{token.name}": token.secret for token in spec.tokens},
            control=served.control,
        )
        self._state.write(self.state_file)
        return self._state

    def stop(self) -> int | None:
        self._stack.close()
        assert self._machines.failure is None, self._machines.failure
        return 0


def with_real_agents(machines: Machines) -> Routes:
    """The twin's API, but what is asked of a guest agent is asked of the guest's own."""
    own: dict[tuple[str, str], Handler] = {
        ("POST", f"{_QEMU}/agent/ping"): _answered(
            machines, lambda agent, _: guest_agent.asked(agent, "guest-ping", within_s=_ANSWER_S)
        ),
        ("GET", f"{_QEMU}/agent/file-read"): _answered(machines, _file_read),
        ("POST", f"{_QEMU}/status/shutdown"): _shut_down(machines),
    }
    routes = Routes()
    for route in ROUTES:
        handler = own.get((route.method, route.pattern))
        if handler is None and "/agent/" in route.pattern:
            continue  # nothing may answer in a real guest's place
        routes.add(route if handler is None else replace(route, handler=handler))
    return routes


def _answered(machines: Machines, ask: Callable[[Path, Call], Any]) -> Handler:
    def handler(cluster: Cluster, call: Call) -> object:
        guest, machine = cluster.guest(call.vmid, call.node), machines.of(call.vmid)
        if not guest.running:
            raise refuse(f"VM {call.vmid} is not running")
        try:
            return ask(machine.agent if machine is not None else Path("/nonexistent"), call)
        except OSError:
            return PendingAnswer(_no_answer(cluster))
        except ValueError as said:
            raise refuse(f"Agent error: {said}") from said

    return handler


def _no_answer(cluster: Cluster) -> Process[object]:
    yield cluster.sleep(cluster.spec.api.agent_timeout_s)
    raise refuse("QEMU guest agent is not running")


def _file_read(agent: Path, call: Call) -> object:
    count = int(call.params.get("count", "16777216"))
    text = guest_agent.read(agent, call.params["file"], count=count + 1, within_s=_ANSWER_S).decode()
    cut = {"truncated": 1} if len(text) > count else {}
    return {"content": text[:count], "bytes-read": len(text[:count]), **cut}


def _shut_down(machines: Machines) -> Handler:
    """Through the agent, as Proxmox VE does; what a guest answers is passed over, and only that it goes down counts."""

    def handler(cluster: Cluster, call: Call) -> object:
        def work(_: TwinTask) -> Process[None]:
            guest, machine = cluster.guest(call.vmid, call.node), machines.of(call.vmid)
            give_up = cluster.events.now + float(call.params.get("timeout", "60"))
            if machine is not None and machine.pid:
                guest_agent.shut_down(machine.inside)
            while machine is not None and not machine.ended:
                if cluster.events.now > give_up:
                    raise TaskFault("VM quit/powerdown failed - got timeout")
                yield cluster.sleep(_LOOK_S)
            power_off(cluster, guest)

        return start_task(cluster, cluster.nodes[call.node], "qmshutdown", about=call.vmid, user=call.user, work=work).upid

    return handler


__all__ = ["RealTwin", "Route", "with_real_agents"]
