"""Read a desktop's status document over SSH, with paramiko: one connection, one read-only command.

Any failure, and any other answer, is *unknown*, never *no sessions*. `model/status_document` parses the document.
"""

import logging
import re
import time
from collections.abc import Iterator
from pathlib import Path

import paramiko
from paramiko.hostkeys import HostKeys, InvalidHostKey

from provisioner.errors import GuestUnknown
from provisioner.model.actions import CheckGuest
from provisioner.model.ids import Instant
from provisioner.model.machines.desktops import GuestReport
from provisioner.model.machines.guest_bounds import MAX_STATUS_BYTES
from provisioner.model.status_document import NoDocument, age_in, boot_in, cause_of, parse_status
from provisioner.model.words import GuestWord
from provisioner.ports import Clock
from provisioner.settings.values import SshSettings

_COMMAND = "bascule-guest report"
"""The requested command; a forced command on the desktop ignores it."""


class SshGuestProbe:
    """ports.GuestProbe over paramiko. No connection is kept; safe to use from several threads."""

    def __init__(self, settings: SshSettings, *, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self._known: tuple[int, HostKeys] | None = None
        # paramiko's threads log each failure with a traceback; the reason is in our error.
        logging.getLogger("paramiko").setLevel(logging.CRITICAL)

    def report(self, action: CheckGuest) -> GuestReport:
        """Ask the desktop at its reserved address; raises GuestUnknown with the reason, for any failure."""
        address = action.reservation.address
        if not address:
            text = f"desktop {action.desktop}: no address is reserved for it, so SSH cannot reach it"
            raise GuestUnknown(text, cause=GuestWord.NOT_ASKED)
        try:
            text = self._ask(address)
            return _document(text, read_at=self._clock.now(), max_sessions=action.profile.max_sessions)
        except Exception as exc:
            # Deliberately all errors: a hostile desktop can make paramiko raise anything, and it always means 'unknown'.
            text = f"desktop {action.desktop}: ssh {address}: {_reason(exc)}"
            if isinstance(exc, NoDocument):
                raise GuestUnknown(text, cause=exc.cause, boot=exc.boot, age_s=exc.age_s) from exc
            raise GuestUnknown(text, cause=GuestWord.NO_ANSWER) from exc

    def read_files(self) -> None:
        """Read the key and the host keys as for a question. Raises ValueError with what is wrong."""
        _private_key(self._settings.key_file)
        path = self._settings.known_hosts_file
        try:
            known = self._known_hosts()
        except (OSError, ValueError, paramiko.SSHException, InvalidHostKey) as exc:
            raise ValueError(f"{path} cannot be read: {exc}") from exc
        if not known:
            raise ValueError(f"{path} holds no host key that can be used")

    def _ask(self, address: str) -> str:
        client = paramiko.SSHClient()
        try:
            self._pin(client, address)
            self._connect(client, address)
            return _output(client, _COMMAND, self._settings.channel_timeout_s)
        finally:
            client.close()

    def _pin(self, client: paramiko.SSHClient, address: str) -> None:
        client.set_missing_host_key_policy(paramiko.RejectPolicy())
        name = address if self._settings.port == 22 else f"[{address}]:{self._settings.port}"
        pinned = client.get_host_keys()
        for key in _known_keys(self._known_hosts(), name):
            pinned.add(name, key.get_name(), key)

    def _known_hosts(self) -> HostKeys:
        path = self._settings.known_hosts_file
        changed_at = path.stat().st_mtime_ns
        if self._known is None or self._known[0] != changed_at:
            self._known = (changed_at, HostKeys(str(path)))
        return self._known[1]

    def _connect(self, client: paramiko.SSHClient, address: str) -> None:
        settings = self._settings
        client.connect(
            address,
            port=settings.port,
            username=settings.user,
            pkey=_private_key(settings.key_file),
            timeout=settings.connect_timeout_s,
            banner_timeout=settings.banner_timeout_s,
            auth_timeout=settings.auth_timeout_s,
            channel_timeout=settings.channel_timeout_s,
            allow_agent=False,
            look_for_keys=False,
        )


def _document(text: str, *, read_at: Instant, max_sessions: int) -> GuestReport:
    """Raises only NoDocument, so that all other errors are connection errors."""
    try:
        return parse_status(text, read_at=read_at, source="ssh", max_sessions=max_sessions)
    except ValueError as wrong:
        raise NoDocument(str(wrong), cause=cause_of(wrong), boot=boot_in(wrong), age_s=age_in(wrong)) from wrong


def _known_keys(known: HostKeys, name: str) -> Iterator[paramiko.PKey]:
    """Host keys of the name; patterns first, so that the desktop's own line takes precedence."""
    if any(pattern.startswith("!") for pattern in known):
        raise ValueError("known_hosts excludes names with '!', which is not understood")
    patterns = [pattern for pattern in known if {"*", "?"} & set(pattern) and _matches(name, pattern)]
    for known_name in (*patterns, name):
        yield from (known.lookup(known_name) or {}).values()


def _matches(name: str, pattern: str) -> bool:
    """As in OpenSSH: only `*` and `?` are special, not the brackets around an address with a port."""
    return re.fullmatch(re.escape(pattern).replace(r"\*", ".*").replace(r"\?", "."), name) is not None


def _private_key(path: Path) -> paramiko.PKey:
    try:
        return paramiko.PKey.from_path(path)
    except OSError as exc:
        raise ValueError(f"the private key {path} cannot be read: {exc.strerror}") from exc
    except (TypeError, paramiko.PasswordRequiredException):
        raise ValueError(f"the private key {path} has a passphrase") from None
    except Exception:
        # The error texts contain parts of the key.
        raise ValueError(f"{path} holds no private key that can be used") from None


def _output(client: paramiko.SSHClient, command: str, timeout_s: float) -> str:
    transport = client.get_transport()
    if transport is None:
        raise EOFError
    channel = transport.open_session(timeout=timeout_s)
    deadline = time.monotonic() + timeout_s
    channel.settimeout(timeout_s)
    channel.exec_command(command)
    output = _whole(channel, deadline)
    # recv_exit_status would wait forever for a command that closed its output and still runs.
    if not channel.status_event.wait(max(0.0, deadline - time.monotonic())):
        raise TimeoutError
    if channel.exit_status != 0:
        raise ValueError(f"the command ended with {channel.exit_status}{_complaint(channel)}")
    return output.decode()


def _whole(channel: paramiko.Channel, deadline: float) -> bytes:
    """All output before the deadline. A time-out for each part would allow a slow output to continue forever."""
    output = b""
    while len(output) <= MAX_STATUS_BYTES:
        if (left := deadline - time.monotonic()) <= 0:
            raise TimeoutError
        channel.settimeout(left)
        part = channel.recv(MAX_STATUS_BYTES + 1 - len(output))
        if not part:
            return output
        output += part
    raise ValueError(f"the answer is larger than {MAX_STATUS_BYTES} bytes")


def _complaint(channel: paramiko.Channel) -> str:
    if not channel.recv_stderr_ready():
        return ""
    text = " ".join(channel.recv_stderr(200).decode(errors="replace").split())
    return ": " + "".join(letter if letter.isprintable() else "?" for letter in text)


def _reason(exc: Exception) -> str:
    if isinstance(exc, paramiko.BadHostKeyException):
        return "it shows another host key than the pinned one"
    if isinstance(exc, InvalidHostKey):
        return f"a host key line cannot be read: '{str(exc.args[0])[:40]}…'"
    if isinstance(exc, paramiko.AuthenticationException):
        return f"the log-on was refused: {exc}"
    if isinstance(exc, TimeoutError):
        return "no answer in time"
    if isinstance(exc, EOFError):
        return "the connection was closed"
    if isinstance(exc, UnicodeDecodeError):
        return "the answer is not text"
    return " ".join(str(exc).split())[:300] or type(exc).__name__
