"""Why a request is not answered as it was asked: always reasons, never a traceback."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from provisioner.api.encoding import encoded
from provisioner.errors import StoreAway, StoreError
from provisioner.reasons.api import FAILED, METHOD_UNKNOWN, NOTHING_THERE, PARAMETER_WRONG, REQUEST_WRONG
from provisioner.reasons.reason import Reason
from provisioner.settings.wording import clause_for
from provisioner.views.reasons import ReasonDocument, reason_document

JSON = "application/json"
_AGAIN_S = 20
"""The daemon tries a store that is away at least so often."""
CLOSE = {"Connection": "close"}
"""Headers of an answer to a request whose body was not read: what else comes on the connection is the rest of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestRefusal:
    """Why a request is not answered as it was asked."""

    reasons: tuple[ReasonDocument, ...]


class RequestRefused(Exception):
    """Raised by a route: the status code, and why."""

    def __init__(self, status: int, *reasons: Reason, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(*reasons)
        self.status, self.reasons, self.headers = status, reasons, headers


def refusal(status: int, reasons: Sequence[str], headers: Mapping[str, str] | None = None) -> Response:
    """The answer with these reasons."""
    body = encoded(RequestRefusal(reasons=tuple(map(reason_document, reasons))))
    return Response(body, status, media_type=JSON, headers=dict(headers or {}) | {"Cache-Control": "no-store"})


def add_refusals(app: FastAPI) -> None:
    """Answer every failure with a `Refusal`."""
    app.exception_handler(RequestRefused)(_refused)
    app.exception_handler(StoreError)(_store_failed)
    app.exception_handler(RequestValidationError)(_invalid)
    app.exception_handler(HTTPException)(_framework)
    app.exception_handler(Exception)(_failed)


async def _refused(_: Request, error: RequestRefused) -> Response:
    return refusal(error.status, error.reasons, error.headers)


async def _store_failed(_: Request, error: StoreError) -> Response:
    return refusal(503, (error.reason,), {"Retry-After": str(_AGAIN_S)} if isinstance(error, StoreAway) else None)


async def _invalid(_: Request, error: RequestValidationError) -> Response:
    return refusal(422, [_wrong(details["loc"], clause_for(details) or details["msg"]) for details in error.errors()])


async def _framework(request: Request, error: HTTPException) -> Response:
    reason = {404: NOTHING_THERE(path=request.url.path), 405: METHOD_UNKNOWN(method=request.method, path=request.url.path)}
    headers = dict(error.headers or {})
    if error.status_code == 405:
        headers["Allow"] = ", ".join(request.app.state.methods.get(request.url.path, ()))
    return refusal(error.status_code, (reason.get(error.status_code) or REQUEST_WRONG(said=error.detail),), headers)


async def _failed(_: Request, __: Exception) -> Response:
    """The exception goes on to `limits`, which logs it."""
    return refusal(500, (FAILED(),))


def _wrong(place: Sequence[str | int], said: str) -> Reason:
    name = ".".join(map(str, place[1:] or place))
    return PARAMETER_WRONG(name=name, said=said)
