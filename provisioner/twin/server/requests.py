"""Parses a client's request as Proxmox VE's own server does."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote

from aiohttp import web

from provisioner.twin.access.gate import ANYBODY
from provisioner.twin.api.endpoints.registry import ROUTES
from provisioner.twin.api.schema import methods

BODY_LIMIT = 512 * 1024
"""Bytes; a longer body is refused with 501."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiCallRequest:
    """One API request."""

    method: str
    path: str
    """Below `/api2/json`, unquoted."""
    form: str
    """The answer's format: `json` or `extjs`."""
    params: Mapping[str, str]
    auth: str
    """What the gate checks: `PVEAPIToken=…`, `PVEAuthCookie=ticket`, with `;CSRF token` on a write, `anybody`, or empty."""


class Unreadable(Exception):
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
        raise Unreadable(f"content type {content_type}")
    return _flat(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))


def _json(body: bytes) -> dict[str, str]:
    try:
        data = json.loads(body)
    except ValueError:
        raise Unreadable("malformed JSON") from None
    if not isinstance(data, dict):
        raise Unreadable("not a JSON object")
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
