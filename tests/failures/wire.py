"""Between the daemon and the twin: answers that somebody else gives, or that get lost."""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass

from provisioner.pve.wire import ApiRequest, ApiResponse
from provisioner.twin.api.dispatch import LOST
from provisioner.twin.twin import Reply, Twin
from tests.chaos.veil import Veil


@dataclass(slots=True, kw_only=True)
class _Rule:
    method: str
    path: re.Pattern[str]
    answer: ApiResponse
    after_effect: bool
    left: float


class Wire:
    """As the twin. `veil` hides VMs from the token."""

    def __init__(self, twin: Twin) -> None:
        self.veil = Veil(twin.request)
        self._events = twin.events
        self._rules: list[_Rule] = []

    def answer(
        self, method: str, path: str, response: ApiResponse, *, times: float = math.inf, after_effect: bool = False
    ) -> Callable[[], None]:
        """Requests whose path matches are answered so, and do not arrive unless `after_effect`; what is returned ends it."""
        return self._rule(method, path, response, after_effect=after_effect, times=times)

    def lose(self, method: str, path: str, *, times: float = math.inf) -> Callable[[], None]:
        """The answers to such requests get lost; the requests arrive."""
        return self._rule(method, path, LOST, after_effect=True, times=times)

    def request(self, request: ApiRequest, reply: Reply, *, auth: str | None = None) -> None:
        """As the twin's."""
        rule = next((rule for rule in self._rules if _fits(rule, request)), None)
        if rule is None:
            self.veil.request(request, reply, auth=auth)
            return
        rule.left -= 1
        if rule.after_effect:
            self.veil.request(request, lambda _: reply(rule.answer), auth=auth)
        else:
            self._events.after(0.05, lambda: reply(rule.answer))

    def _rule(self, method: str, path: str, answer: ApiResponse, *, after_effect: bool, times: float) -> Callable[[], None]:
        rule = _Rule(method=method, path=re.compile(path), answer=answer, after_effect=after_effect, left=times)
        self._rules.append(rule)
        return lambda: setattr(rule, "left", 0)


def _fits(rule: _Rule, request: ApiRequest) -> bool:
    return rule.left > 0 and rule.method in ("*", request.method) and rule.path.search(request.path) is not None


__all__ = ["Wire"]
