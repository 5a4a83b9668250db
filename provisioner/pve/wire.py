"""One request and one answer of Proxmox VE's API, and the driver of operations with several requests."""

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from provisioner.errors import BasculeError
from provisioner.model.actions import CheckGuest
from provisioner.model.machines.desktops import GuestReport

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiRequest:
    """A request below `/api2/json`. Booleans are 1 and 0: Proxmox VE refuses `True`."""

    method: str
    """GET, POST, PUT or DELETE."""
    path: str
    """For instance `/nodes/pve1/qemu/9000/clone`; already URL-safe (a UPID's `:` and `@` need no quoting here)."""
    endpoint: str
    """The path with placeholders, for metrics: `/nodes/{node}/qemu/{vmid}/clone`."""
    params: Mapping[str, str | int] = field(default_factory=dict)
    """The query of a GET or DELETE, the form of a POST or PUT."""

    @property
    def writes(self) -> bool:
        """Whether the request may change something."""
        return self.method != "GET"


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiResponse:
    """An answer. An error's text is in `reason` (the HTTP reason phrase), parameter errors are in `errors`."""

    status: int
    reason: str = "OK"
    data: object = None
    errors: Mapping[str, str] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """Whether the status is 2xx."""
        return 200 <= self.status < 300


@dataclass(frozen=True, slots=True, kw_only=True)
class GuestQuestion:
    """A query to a desktop, by its profile's method: the guest agent, or SSH."""

    check: CheckGuest


Send = Callable[[ApiRequest], ApiResponse]
"""Sends one request and returns its answer, whatever its status; raises NotSent or OutcomeUnknown. Never retries."""
Ask = Callable[[CheckGuest], GuestReport]
"""Queries a desktop; raises GuestUnknown when there is no answer."""
Operation = Generator[ApiRequest | GuestQuestion, Any, T]
"""Yields requests and guest questions, receives their answers (ApiResponse, GuestReport), returns a value; raises
HypervisorError or GuestUnknown. Errors of a request or question (NotSent, OutcomeUnknown, GuestUnknown) are thrown into it."""


def question(check: CheckGuest) -> Operation[GuestReport]:
    """Query a desktop; raises GuestUnknown when there is no answer."""
    report: GuestReport = yield GuestQuestion(check=check)
    return report


def run(operation: Operation[T], send: Send, ask: Ask | None = None) -> T:
    """Run an operation with a synchronous transport; raises HypervisorError, GuestUnknown."""
    try:
        step = next(operation)
        while True:
            try:
                answer = _answered(step, send, ask)
            except BasculeError as error:
                step = operation.throw(error)
            else:
                step = operation.send(answer)
    except StopIteration as end:
        value: T = end.value
        return value


def _answered(step: ApiRequest | GuestQuestion, send: Send, ask: Ask | None) -> ApiResponse | GuestReport:
    if isinstance(step, ApiRequest):
        return send(step)
    assert ask is not None, "an operation with guest questions needs `ask`"
    return ask(step.check)
