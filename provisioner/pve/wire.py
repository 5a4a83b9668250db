"""One request and one answer of Proxmox VE's API, and how an operation made of several is driven."""

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from provisioner.errors import HypervisorError

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiRequest:
    """A request below `/api2/json`. Booleans are given as 1 and 0: Proxmox VE refuses `True`."""

    method: str
    """GET, POST, PUT or DELETE."""
    path: str
    """For instance `/nodes/pve1/qemu/9000/clone`; already safe for a URL (a UPID's `:` and `@` need no quoting here)."""
    endpoint: str
    """The path with words for ids, for metrics: `/nodes/{node}/qemu/{vmid}/clone`."""
    params: Mapping[str, str | int] = field(default_factory=dict)
    """The query of a GET or DELETE, the form of a POST or PUT."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiResponse:
    """An answer. On an error the text is in `reason` (the HTTP reason phrase), parameter errors in `errors`."""

    status: int
    reason: str = "OK"
    data: object = None
    errors: Mapping[str, str] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """Whether it is a success."""
        return 200 <= self.status < 300


Operation = Generator[ApiRequest, ApiResponse, T]
"""Yields requests, is sent their answers, returns a value; raises HypervisorError. A transport's own failure (NotSent,
OutcomeUnknown) is thrown into it."""


def run(operation: Operation[T], send: Callable[[ApiRequest], ApiResponse]) -> T:
    """Drive an operation to its end with a synchronous transport; raises HypervisorError."""
    try:
        request = next(operation)
        while True:
            try:
                answer = send(request)
            except HypervisorError as error:
                request = operation.throw(error)
            else:
                request = operation.send(answer)
    except StopIteration as end:
        value: T = end.value
        return value
