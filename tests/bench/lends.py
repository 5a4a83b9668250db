"""Lends over HTTP beside a switch that goes on: 62 a minute, 32 callers at once; on a served twin, by `bascule run`."""

import json
import os
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path
from statistics import quantiles
from typing import Any

from tests.bench.child import cpu_s
from tests.builders.api import ask
from tests.e2e.switch import Switch

AGENTS, POOL, CALLERS, A_MINUTE = 600, 140, 32, 62
_SCALE, _FIRST_PERCENT, _MINUTES = 20.0, 2, 2
_LATER_S = 1800.0
"""The rest of the agents come this much later, in virtual seconds: when the pool is made."""


class Caller(threading.Thread):
    """One of the callers: its share of the orders of a minute, each with the seconds to its answer."""

    def __init__(self, socket: Path, logins: list[str], begins: list[float]) -> None:
        super().__init__()
        self._socket, self._logins, self._begins = socket, logins, begins
        self.took_s: list[float] = []
        self.lent: dict[str, str] = {}
        self.statuses: Counter[int] = Counter()

    def run(self) -> None:
        for login, begins in zip(self._logins, self._begins, strict=True):
            time.sleep(max(0.0, begins - time.monotonic()))
            self._order(login)

    def _order(self, login: str) -> None:
        headers = {"Content_Type": "application/json", "Idempotency_Key": f"bench {login}"}
        began = time.monotonic()
        answer = ask(self._socket, "/v1/lends", method="POST", body=json.dumps({"who": login}).encode(), **headers)
        self.took_s.append(time.monotonic() - began)
        self.statuses[answer.status] += 1
        if answer.status == 200:
            self.lent[login] = answer.document["desktop"]


def run(*, agents: int = AGENTS) -> dict[str, Any]:
    """Two minutes of lends, from the moment on at which the second wave's clones are under way."""
    with tempfile.TemporaryDirectory(prefix="bascule-bench-") as folder:
        return _measure(Path(folder), agents)


def _measure(folder: Path, agents: int) -> dict[str, Any]:
    with Switch(folder, agents=agents, scale=_SCALE) as switch:
        switch.change_config(_with_pool)
        switch.start()
        most = round(POOL + agents * 2 * _FIRST_PERCENT / 100)
        before = switch.wait_for(lambda truth: truth["desktops"] >= most, within_s=400)["desktops"]
        socket = folder / "api.sock"
        logins = [agent["login"] for agent in ask(socket, "/v1/agents").document["agents"]][-A_MINUTE * _MINUTES :]
        assert switch.daemon is not None
        callers, used_s = _callers(socket, logins), cpu_s(switch.daemon.pid)
        for caller in callers:
            caller.start()
        for caller in callers:
            caller.join()
        after, used_s = switch.truth()["desktops"], cpu_s(switch.daemon.pid) - used_s
    found = _figures(callers, made=after - before) | {"daemon_cpu_s": round(used_s, 1), "load": round(os.getloadavg()[0], 1)}
    return found | {"agents": agents, "pool": POOL, "callers": CALLERS, "scale": _SCALE}


def _callers(socket: Path, logins: list[str]) -> list[Caller]:
    """In each half minute all call at once: the worst way to order 62 in a minute."""
    begin, half_s = time.monotonic() + 0.5, 30.0
    share = A_MINUTE // 2
    orders = [(login, begin + half_s * (number // share), number % share % CALLERS) for number, login in enumerate(logins)]
    callers = []
    for which in range(CALLERS):
        own = [(login, at) for login, at, caller in orders if caller == which]
        callers.append(Caller(socket, [login for login, _ in own], [at for _, at in own]))
    return callers


def _figures(callers: list[Caller], *, made: int) -> dict[str, Any]:
    took = sorted(each for caller in callers for each in caller.took_s)
    lent = {login: desktop for caller in callers for login, desktop in caller.lent.items()}
    cuts = quantiles(took, n=20)
    found = {
        "orders": len(took),
        "lent": len(lent),
        "double": len(lent) - len(set(lent.values())),
        "p50_s": round(cuts[9], 3),
        "p95_s": round(cuts[18], 3),
        "longest_s": round(took[-1], 3),
        "made_meanwhile": made,
        "statuses": {str(status): count for status, count in sorted(sum((c.statuses for c in callers), Counter()).items())},
    }
    print(f"lends {found}", flush=True)
    return found


def _with_pool(document: dict[str, Any]) -> None:
    name = next(iter(document["profiles"]))
    document["profiles"][name]["home_share"] = "//files.example/homes"
    document["pools"] = {"desk": {"profile": name, "size": POOL, "after_person": "restart"}}
    scenario = Path(document["scenario"])
    first = {"name": "first", "who": "everyone", "percent": _FIRST_PERCENT}
    waves = [first, {"name": "rest", "who": "everyone", "after": _LATER_S}]
    scenario.write_text(json.dumps({"name": "lends", "waves": waves}), encoding="utf-8")


__all__ = ["A_MINUTE", "CALLERS", "run"]
