"""Requests to the exposition, as a scraper, a probe or a stranger sends them."""

import base64
import http.client
import ssl
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from tests.servers.certificates import Certificate


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """An answer."""

    status: int
    text: str
    headers: dict[str, str]


def ask(
    url: str,
    path: str,
    *,
    method: str = "GET",
    login: tuple[str, str] | None = None,
    authorization: str = "",
    ca: Path | None = None,
    client: Certificate | None = None,
) -> Page:
    """One request on a connection of its own."""
    where = urlsplit(url)
    assert where.hostname
    if where.scheme == "https":
        connection = http.client.HTTPSConnection(where.hostname, where.port, timeout=10, context=_context(ca, client))
    else:
        connection = http.client.HTTPConnection(where.hostname, where.port, timeout=10)
    if login:
        authorization = "Basic " + base64.b64encode(":".join(login).encode()).decode()
    try:
        connection.request(method, path, headers={"Authorization": authorization} if authorization else {})
        answer = connection.getresponse()
        return Page(status=answer.status, text=answer.read().decode(), headers=dict(answer.getheaders()))
    finally:
        connection.close()


def _context(ca: Path | None, client: Certificate | None) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=ca)
    if client:
        context.load_cert_chain(client.certificate, client.key)
    return context
