"""Parses a client's request as Proxmox VE's own server does, and writes the answer like it: headers, reason phrases, empty
bodies, gzip, closed connections."""

import json
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from email.utils import formatdate
from urllib.parse import parse_qsl, unquote

from aiohttp import web

from provisioner.pve.wire import ApiResponse
from provisioner.twin.access.access import LOGIN_FAILED
from provisioner.twin.access.gate import ANYBODY
from provisioner.twin.api.endpoints.registry import ROUTES
from provisioner.twin.api.endpoints.tasks import CountedList
from provisioner.twin.api.schema import methods

BODY_LIMIT = 512 * 1024
"""Bytes; a longer body is refused with 501."""
_JSON = "application/json;charset=UTF-8"
_EMPTY_BODY = (401, 595, 596)
_GZIP_FROM = 1024
"""Bytes; smaller bodies are not compressed."""
_ENCODER = json.JSONEncoder(separators=(",", ":"))

Pieces = dict[int, tuple[object, bytes]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiCallRequest:
    """One API request."""

    method: str
    path: str
    """The path below `/api2/json`, unquoted."""
    form: str
    """The answer's format: `json` or `extjs`."""
    params: Mapping[str, str]
    auth: str
    """What the gate checks: `PVEAPIToken=…`, `PVEAuthCookie=ticket`, with `;CSRF token` on a write, `anybody`, or empty."""


class BodyUnreadable(Exception):
    """A body for which Proxmox VE's server closes the connection without an answer."""


class NotTheApi(Exception):
    """A path outside `/api2/json` and `/api2/extjs`."""


class TooLarge(Exception):
    """The body is larger than BODY_LIMIT."""


async def read_request(request: web.BaseRequest) -> ApiCallRequest:
    """Read a whole request; raises Unreadable, NotTheApi or TooLarge."""
    form, path = _split(unquote(request.rel_url.raw_path))
    if (request.content_length or 0) > BODY_LIMIT:
        raise TooLarge
    if request.method in ("POST", "PUT"):
        params = _body(await request.read(), request.content_type)
        params = {**_flat(parse_qsl(request.query_string, keep_blank_values=True)), **params}
    else:
        params = _flat(parse_qsl(request.query_string, keep_blank_values=True))
    return ApiCallRequest(method=request.method, path=path, form=form, params=params, auth=_auth(request, path))


def _split(path: str) -> tuple[str, str]:
    for form in ("json", "extjs"):
        root = f"/api2/{form}"
        if path == root or path.startswith(f"{root}/"):
            return form, path[len(root) :].rstrip("/") or "/"
    raise NotTheApi(path)


def _body(body: bytes, content_type: str) -> dict[str, str]:
    if not body:
        return {}
    if content_type == "application/json":
        return _json(body)
    if content_type not in ("application/x-www-form-urlencoded", "application/octet-stream"):
        raise BodyUnreadable(f"content type {content_type}")
    return _flat(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))


def _json(body: bytes) -> dict[str, str]:
    try:
        data = json.loads(body)
    except ValueError:
        raise BodyUnreadable("malformed JSON") from None
    if not isinstance(data, dict):
        raise BodyUnreadable("not a JSON object")
    return {name: _text(value) for name, value in data.items() if value is not None}


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, list):
        return "\0".join(map(_text, value))
    return str(value)


def _flat(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """A name that occurs twice is a list: Proxmox VE joins the values with NUL, and splits lists there."""
    params: dict[str, str] = {}
    for name, value in pairs:
        params[name] = f"{params[name]}\0{value}" if name in params else value
    return params


def _auth(request: web.BaseRequest, path: str) -> str:
    header = request.headers.get("Authorization", "")
    if _is_open(request.method, path):
        return ANYBODY
    if header.startswith("PVEAPIToken"):
        return header
    ticket = unquote(request.cookies.get("PVEAuthCookie", ""))
    if not ticket:
        return ""
    csrf = "" if request.method == "GET" else f";{request.headers.get('CSRFPreventionToken', '')}"
    return f"PVEAuthCookie={ticket}{csrf}"


def _is_open(method: str, path: str) -> bool:
    """Whether a request needs no ticket."""
    match = ROUTES.match(method, path)
    rules = methods().get(match[0].name) if match else None
    return rules is not None and rules.world


class Writer:
    """Renders answers. Caches the JSON of list entries that have not changed since the last listing."""

    def __init__(self) -> None:
        self._pieces: Pieces = {}

    def render(self, answer: ApiResponse, *, form: str, now: float, gzip: bool) -> web.Response:
        """The HTTP answer; `now` is what its Date header shows."""
        status, body = answer.status, b""
        if form == "extjs" and answer.status not in _EMPTY_BODY:
            status, body = 200, _dump(_extjs(answer))
        elif answer.ok:
            body = self._envelope(answer.data)
        elif answer.status not in _EMPTY_BODY or answer.reason == LOGIN_FAILED:
            body = _dump(_failure(answer))
        reason = answer.reason if status == answer.status else "OK"
        return respond(status, reason, body, now=now, gzip=gzip)

    def _envelope(self, data: object) -> bytes:
        if isinstance(data, list) and len(data) > 50 and isinstance(data[0], dict):
            return b'{"data":[' + b",".join(self._listed(data)) + b"]}"
        if isinstance(data, CountedList) and data.total:
            return _dump({"total": data.total, "data": data})
        return _dump({"data": data})

    def _listed(self, entries: list[object]) -> list[bytes]:
        cached, current = self._pieces, {}
        for entry in entries:
            piece = cached.get(id(entry))
            current[id(entry)] = piece if piece and piece[0] is entry else (entry, _dump(entry))
        self._pieces = current
        return [text for _, text in current.values()]


def respond(
    status: int, reason: str, body: bytes, *, now: float, gzip: bool = False, content_type: str = _JSON
) -> web.Response:
    """An answer with Proxmox VE's headers; every status from 400 on closes the connection."""
    date = formatdate(now, usegmt=True)
    headers = {
        "Cache-Control": "max-age=0",
        "Date": date,
        "Expires": date,
        "Pragma": "no-cache",
        "Server": "pve-api-daemon/3.0",
    }
    if body:
        headers["Content-Type"] = content_type
    if gzip and len(body) > _GZIP_FROM:
        body = _gzipped(body)
        headers["Content-Encoding"] = "gzip"
    headers["Connection"] = "Keep-Alive"
    response = web.Response(status=status, reason=_phrase(reason), body=body, headers=headers)
    return response if status < 400 else close(response)


def close(response: web.Response) -> web.Response:
    """Close the connection after this answer."""
    response.headers["Connection"] = "close"
    response.force_close()
    return response


def _phrase(reason: str) -> str:
    return " ".join(reason.splitlines()).strip()


def _failure(answer: ApiResponse) -> Mapping[str, object]:
    body: dict[str, object] = {"data": None, "message": f"{answer.reason}\n"}
    if answer.errors:
        body["errors"] = dict(answer.errors)
    return body


def _extjs(answer: ApiResponse) -> Mapping[str, object]:
    if answer.ok:
        return {"data": answer.data, "success": 1}
    return {**_failure(answer), "status": str(answer.status), "success": 0}


def _gzipped(body: bytes) -> bytes:
    packer = zlib.compressobj(1, zlib.DEFLATED, 31)
    return packer.compress(body) + packer.flush()


def _dump(value: object) -> bytes:
    return _ENCODER.encode(value).encode()
