"""Connections as Guacamole's API has them: JSON to values and back. Hostile until it is read. Pure.

The mark that makes a connection ours is among its parameters: Guacamole keeps parameters that it does not know, and drops
unknown attributes.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from provisioner.capabilities.brokers.model import ActiveConnection, BrokerConnection, HeldConnection
from provisioner.model.ids import DesktopName

OWNER, PERSON = "bascule-owner", "bascule-person"
READ = "READ"
_MARK = re.compile(r"installation=(?P<installation>\S+) desktop=(?P<desktop>\S+)")
_RDP = "rdp"


class WrongForm(ValueError):
    """An answer that is not as the API is documented."""


def mapping(answer: object) -> Mapping[str, Any]:
    """A JSON object; raises WrongForm."""
    if not isinstance(answer, dict):
        raise WrongForm
    return answer


def group_in(answer: object, name: str) -> str | None:
    """The identifier of the group with this name at the root; None: there is none. Raises WrongForm."""
    for identifier, group in sorted(mapping(answer).items()):
        found = mapping(group)
        if found.get("name") == name and found.get("parentIdentifier") == "ROOT":
            return identifier
    return None


def names_in(tree: object) -> Mapping[str, str]:
    """Of the connections right in a group, by identifier. Raises WrongForm."""
    children = mapping(tree).get("childConnections") or []
    if not isinstance(children, list):
        raise WrongForm
    return {_text(child, "identifier"): _text(child, "name") for child in map(mapping, children)}


def document(connection: BrokerConnection, *, group: str, installation: str) -> Mapping[str, Any]:
    """A connection, for the API."""
    parameters = {
        **dict(connection.parameters),
        "hostname": connection.host,
        "port": str(connection.port),
        OWNER: f"installation={installation} desktop={connection.desktop}",
        PERSON: connection.login,
    }
    return {
        "name": connection.desktop,
        "parentIdentifier": group,
        "protocol": _RDP,
        "parameters": parameters,
        "attributes": {},
    }


def held(identifier: str, about: object, parameters: object, *, installation: str) -> HeldConnection:
    """What stands there. Raises WrongForm."""
    name, protocol = _text(mapping(about), "name"), mapping(about).get("protocol")
    given = {key: value for key, value in mapping(parameters).items() if isinstance(value, str)}
    match = _MARK.fullmatch(given.pop(OWNER, ""))
    if match is None or match["installation"] != installation:
        return HeldConnection(identifier=identifier, name=name, content=None)
    port = given.pop("port", "")
    content = BrokerConnection(
        desktop=DesktopName(match["desktop"]),
        login=given.pop(PERSON, ""),
        host=given.pop("hostname", ""),
        port=int(port) if protocol == _RDP and port.isascii() and port.isdecimal() and len(port) <= 5 else 0,
        parameters=tuple(sorted(given.items())),
    )
    return HeldConnection(identifier=identifier, name=name, content=content)


def usable_in(permissions: object, group: str) -> frozenset[str]:
    """The connections that a person may use, if they may find our group. Raises WrongForm."""
    found = mapping(permissions)
    groups, connections = (mapping(found.get(key) or {}) for key in ("connectionGroupPermissions", "connectionPermissions"))
    if READ not in (groups.get(group) or ()):
        return frozenset()
    return frozenset(identifier for identifier, kinds in connections.items() if READ in (kinds or ()))


def permission(operation: str, connection: str, group: str) -> Sequence[Mapping[str, str]]:
    """A change of a person's permissions: to find the group stays, to use the connection comes or goes."""
    changes = [{"op": operation, "path": f"/connectionPermissions/{connection}", "value": READ}]
    if operation == "add":
        changes.append({"op": operation, "path": f"/connectionGroupPermissions/{group}", "value": READ})
    return changes


def active_in(answer: object) -> Iterator[ActiveConnection]:
    """Who is connected. Raises WrongForm."""
    for each in map(mapping, mapping(answer).values()):
        began = each.get("startDate")
        if not isinstance(began, int | float) or isinstance(began, bool):
            raise WrongForm
        login = each.get("username")
        yield ActiveConnection(
            connection=_text(each, "connectionIdentifier"), login=login if isinstance(login, str) else "", began_at=began / 1000
        )


def _text(found: Mapping[str, Any], key: str) -> str:
    value = found.get(key)
    if not isinstance(value, str) or not value:
        raise WrongForm
    return value


__all__ = [
    "WrongForm", "active_in", "document", "group_in", "held", "mapping", "names_in", "permission", "usable_in",
]  # fmt: skip
