"""Writes the twin's answers like Proxmox VE's own server: headers, reason phrases, empty bodies, gzip, closed connections."""

import json
import zlib
from collections.abc import Mapping
from email.utils import formatdate

from aiohttp import web

from provisioner.pve.wire import ApiResponse
from provisioner.twin.access.access import LOGIN_FAILED
from provisioner.twin.api.endpoints.tasks import Counted

_JSON = "application/json;charset=UTF-8"
_EMPTY_BODY = (401, 595, 596)
_GZIP_FROM = 1024
"""Bytes; smaller bodies are not compressed."""
_ENCODER = json.JSONEncoder(separators=(",", ":"))

Pieces = dict[int, tuple[object, bytes]]


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
        if isinstance(data, Counted) and data.total:
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
