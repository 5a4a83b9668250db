"""Addresses, names and formats in bascule.yaml. A password in an address is refused: it would end up in logs."""

import re
from datetime import UTC, datetime
from ipaddress import ip_address
from typing import Annotated
from urllib.parse import SplitResult, urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

from provisioner.reasons.files import (
    CREDENTIALS_IN_ADDRESS,
    MUST_BE_ATTRIBUTE,
    MUST_BE_ATTRIBUTE_OR_NONE,
    MUST_BE_DATE_FORMAT,
    MUST_BE_ENDPOINT,
    MUST_BE_LDAP_URL,
    MUST_BE_LISTENER,
    MUST_BE_PATTERN,
    MUST_BE_STORE_URL,
    MUST_BE_TOKEN,
    PASSWORD_IN_ADDRESS,
)
from provisioner.reasons.reason import ALSO, Reason, join_reasons
from provisioner.settings.fields import Matches


def _address(text: str, schemes: tuple[str, ...], wanted: Reason) -> SplitResult:
    try:
        parts = urlsplit(text)
        complete = bool(parts.scheme in schemes and parts.hostname and (parts.port is None or parts.port > 0))
    except ValueError:
        complete = False
    if not complete or parts.path not in ("", "/") or parts.query or parts.fragment or any(c.isspace() for c in text):
        raise ValueError(wanted)
    if "@" in parts.netloc:
        raise ValueError(CREDENTIALS_IN_ADDRESS())
    return parts


def endpoint(text: str) -> str:
    """Check a Proxmox VE endpoint, and add port 8006 if it has no port; raises ValueError."""
    parts = _address(text, ("https",), MUST_BE_ENDPOINT())
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    return f"https://{host}:{parts.port or 8006}"


def ldap_url(text: str) -> str:
    """Check the address of an LDAP server, and remove a slash at its end; raises ValueError."""
    _address(text, ("ldap", "ldaps"), MUST_BE_LDAP_URL())
    return text.rstrip("/")


def store_url(text: str) -> str:
    """Check the address of a store; raises ValueError."""
    try:
        parts = urlsplit(text)
        password = parts.password
    except ValueError:
        parts, password = SplitResult("", "", "", "", ""), None
    if password is not None:
        raise ValueError(PASSWORD_IN_ADDRESS())
    if parts.scheme not in ("sqlite", "postgresql+psycopg") or parts.path.strip("/") in ("", ":memory:"):
        raise ValueError(MUST_BE_STORE_URL())
    return text


def is_this_machine(address: str) -> bool:
    """Whether only this machine can reach the address. Any name but localhost counts as reachable from elsewhere."""
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return address == "localhost"


Endpoint = Annotated[str, AfterValidator(endpoint), Field(json_schema_extra={"pattern": "^https://"})]
LdapUrl = Annotated[str, AfterValidator(ldap_url), Field(json_schema_extra={"pattern": "^ldaps?://"})]
StoreUrl = Annotated[str, AfterValidator(store_url)]
TokenId = Annotated[str, Matches(r"[^@!\s]+@[A-Za-z][\w.-]+![A-Za-z][\w.-]*", MUST_BE_TOKEN())]
AttributeName = Annotated[str, Matches(r"[A-Za-z][A-Za-z0-9;.-]*", MUST_BE_ATTRIBUTE())]
AttributeNameOrNone = Annotated[str, Matches(r"(?:[A-Za-z][A-Za-z0-9;.-]*)?", MUST_BE_ATTRIBUTE_OR_NONE())]


def _several(value: object) -> object:
    """A single name may be written without brackets; no value is an empty list."""
    return [value] if isinstance(value, str) and value else value or []


AttributeNames = Annotated[
    list[AttributeName],
    BeforeValidator(_several),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}),
]


def _pattern(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise ValueError(MUST_BE_PATTERN(said=str(error))) from error
    return text


Pattern = Annotated[str, AfterValidator(_pattern)]

DATE_FORMATS = ("generalized", "filetime", "days", "seconds")
"""Formats of an end date, besides patterns."""


def _date_format(text: str) -> str:
    wanted = MUST_BE_DATE_FORMAT(formats=join_reasons(DATE_FORMATS, ALSO))
    if text in DATE_FORMATS:
        return text
    day = datetime(2031, 12, 30, tzinfo=UTC)
    try:
        if "%z" not in text and datetime.strptime(day.strftime(text), text).replace(tzinfo=UTC).date() == day.date():
            return text
    except ValueError as error:
        raise ValueError(wanted) from error
    raise ValueError(wanted)


DateFormat = Annotated[str, AfterValidator(_date_format)]
ListenAddress = Annotated[str, Matches(r"[A-Za-z0-9:.-]+", MUST_BE_LISTENER())]
