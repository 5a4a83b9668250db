"""The settings of a connection file. Pure."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from provisioner.model.people.profiles import Redirection


class Setting(NamedTuple):
    """One line, `key:kind:value`."""

    key: str
    kind: str
    """`s`: text; `i`: a number."""
    value: str
    scope: str
    """Its name in the signature, as `rdpsign` writes it."""

    @property
    def line(self) -> str:
        """As it stands in the file."""
        return f"{self.key}:{self.kind}:{self.value}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """Where a person's desktop is, and what it may use of the person's computer."""

    host: str
    """A name or an address."""
    port: int
    gateway: str
    """`name` or `name:port`; empty: none."""
    redirect: frozenset[Redirection]


def settings_of(to: Destination) -> tuple[Setting, ...]:
    """In the order in which `rdpsign` signs them, which a client follows when it checks."""
    return tuple(_settings(to))


def _settings(to: Destination) -> Iterator[Setting]:
    host = f"[{to.host}]" if ":" in to.host else to.host
    yield Setting("full address", "s", host, "Full Address")
    # A client prefers it to the address; without this line somebody could add one with another desktop in it.
    yield Setting("alternate full address", "s", host, "Alternate Full Address")
    yield Setting("server port", "i", str(to.port), "Server Port")
    yield Setting("negotiate security layer", "i", "1", "Negotiate Security Layer")
    yield Setting("enablecredsspsupport", "i", "1", "EnableCredSspSupport")
    yield from _gateway(to.gateway)
    yield Setting("alternate shell", "s", "", "Alternate Shell")
    yield Setting("shell working directory", "s", "", "Shell Working Directory")
    yield Setting("remoteapplicationmode", "i", "0", "RemoteApplicationMode")
    yield Setting("prompt for credentials", "i", "1", "Prompt For Credentials")
    yield Setting("authentication level", "i", _WARN, "Authentication Level")
    yield from _redirections(to.redirect)


_WARN = "2"
"""A desktop whose certificate is not trusted: the client says so, and asks."""
_NEVER, _ALWAYS = "0", "1"
"""Use of a gateway."""
_OWN_SETTINGS, _ASK_LATER = "1", "4"
"""Of a gateway: the file's settings count; the client asks how to log on to it."""
_HERE, _NOWHERE = "0", "2"
"""Where the desktop's sound is heard."""


def _gateway(name: str) -> Iterator[Setting]:
    yield Setting("gatewayhostname", "s", name, "GatewayHostname")
    yield Setting("gatewayusagemethod", "i", _ALWAYS if name else _NEVER, "GatewayUsageMethod")
    yield Setting("gatewayprofileusagemethod", "i", _OWN_SETTINGS, "GatewayProfileUsageMethod")
    yield Setting("gatewaycredentialssource", "i", _ASK_LATER, "GatewayCredentialsSource")
    yield Setting("promptcredentialonce", "i", "0", "PromptCredentialOnce")


def _redirections(wanted: Collection[Redirection]) -> Iterator[Setting]:
    def switch(what: Redirection) -> str:
        return "1" if what in wanted else "0"

    yield Setting("audiomode", "i", _HERE if Redirection.AUDIO in wanted else _NOWHERE, "AudioMode")
    yield Setting("redirectdrives", "i", switch(Redirection.DRIVES), "RedirectDrives")
    yield Setting("redirectprinters", "i", switch(Redirection.PRINTERS), "RedirectPrinters")
    yield Setting("redirectcomports", "i", "0", "RedirectCOMPorts")
    yield Setting("redirectsmartcards", "i", switch(Redirection.SMARTCARDS), "RedirectSmartCards")
    yield Setting("redirectposdevices", "i", "0", "RedirectPOSDevices")
    yield Setting("redirectclipboard", "i", switch(Redirection.CLIPBOARD), "RedirectClipboard")
    yield Setting("devicestoredirect", "s", "", "DevicesToRedirect")
    yield Setting("drivestoredirect", "s", "*" if Redirection.DRIVES in wanted else "", "DrivesToRedirect")
