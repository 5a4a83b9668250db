"""The connections of one installation at a Guacamole with a database."""

from collections.abc import Callable, Mapping, Sequence, Set
from typing import Any, TypeVar

from provisioner.capabilities.brokers.contents import (
    WrongForm,
    active_in,
    document,
    group_in,
    held,
    mapping,
    names_in,
    permission,
    usable_in,
)
from provisioner.capabilities.brokers.model import ActiveConnection, BrokerConnection, HeldConnection
from provisioner.capabilities.brokers.reasons import BROKER_GONE
from provisioner.capabilities.brokers.requests_to import GuacamoleRequests, Missing
from provisioner.capabilities.brokers.settings import GuacamoleAccess, GuacamoleSettings
from provisioner.errors import PublishingError

T = TypeVar("T")


class GuacamoleConnections:
    """The port `model.ConnectionServer`. One thread at a time."""

    broker = "guacamole"

    def __init__(self, settings: GuacamoleSettings, access: GuacamoleAccess, *, installation: str) -> None:
        self.requests = GuacamoleRequests(settings, access)
        self._name, self._installation = access.rules.group, installation
        self._group: str | None = None
        """The identifier of our group, as last listed; None: it is not there."""

    def listed(self) -> Mapping[str, str]:
        """By two requests: the groups, and what is in ours."""
        self._group = self._read(lambda groups: group_in(groups, self._name), "connectionGroups")
        if self._group is None:
            return {}
        return self._read(names_in, "connectionGroups", self._group, "tree")

    def details(self, identifier: str) -> HeldConnection | None:
        """The connection's details, by two requests."""
        try:
            about = self.requests.get("connections", identifier)
            parameters = self.requests.get("connections", identifier, "parameters")
        except Missing:
            return None
        return self._formed(lambda given: held(identifier, about, given, installation=self._installation), parameters)

    def usable(self, login: str) -> Set[str] | None:
        """By one request; without our group nobody may use anything."""
        try:
            permissions = self.requests.get("users", login, "permissions")
        except Missing:
            return None
        return self._formed(lambda given: usable_in(given, self._group or ""), permissions)

    def add_person(self, login: str) -> None:
        """Guacamole gives a person without a password a random one."""
        self.requests.post("users", content={"username": login, "attributes": {}})

    def add(self, connection: BrokerConnection) -> str:
        """Names are unique in a group: a second one is refused by the server."""
        content = document(connection, group=self._our_group(), installation=self._installation)
        return self._formed(_identifier, self.requests.post("connections", content=content))

    def change(self, identifier: str, connection: BrokerConnection) -> None:
        """Change it as a whole."""
        content = {**document(connection, group=self._our_group(), installation=self._installation), "identifier": identifier}
        self._there(lambda: self.requests.put("connections", identifier, content=content))

    def remove(self, identifier: str) -> None:
        """Its permissions go with it."""
        try:
            self.requests.delete("connections", identifier)
        except Missing:
            return

    def allow(self, identifier: str, login: str) -> None:
        """A permission that is there already stays."""
        changes = permission("add", identifier, self._our_group())
        self._there(lambda: self.requests.patch("users", login, "permissions", content=changes))

    def disallow(self, identifier: str, login: str) -> None:
        """Who is not known there may use nothing."""
        try:
            self.requests.patch("users", login, "permissions", content=permission("remove", identifier, ""))
        except Missing:
            return

    def active(self) -> Sequence[ActiveConnection]:
        """By one request. Of grants it says nothing: their connections are in no database."""
        return self._read(lambda answer: tuple(active_in(answer)), "activeConnections")

    def rights(self) -> Set[str]:
        """The account's rights over the whole system, as Guacamole calls them."""
        return self._read(
            lambda given: frozenset(mapping(given).get("systemPermissions") or ()), "self", "effectivePermissions"
        )

    def close(self) -> None:
        """Give the token back."""
        self.requests.close()

    def _our_group(self) -> str:
        if self._group is None:
            group = {"name": self._name, "parentIdentifier": "ROOT", "type": "ORGANIZATIONAL", "attributes": {}}
            self._group = self._formed(_identifier, self.requests.post("connectionGroups", content=group))
        return self._group

    def _read(self, parse: Callable[[Any], T], *path: str) -> T:
        answer = self._there(lambda: self.requests.get(*path))
        return self._formed(parse, answer)

    def _there(self, request: Callable[[], T]) -> T:
        try:
            return request()
        except Missing:
            raise PublishingError(BROKER_GONE()) from None

    def _formed(self, parse: Callable[[Any], T], answer: object) -> T:
        try:
            return parse(answer)
        except (WrongForm, TypeError):
            raise self.requests.wrong("GET") from None


def _identifier(made: object) -> str:
    identifier = mapping(made).get("identifier")
    if not isinstance(identifier, str) or not identifier:
        raise WrongForm
    return identifier


__all__ = ["GuacamoleConnections"]
