"""A mail server that can be told to misbehave: it refuses, hangs, and forgets."""

import enum
import re
import socketserver
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import Message


class Manner(enum.Enum):
    """What the server does with one letter."""

    TAKE = "take"
    BUSY = "busy"
    """451 to RCPT: later."""
    UNKNOWN_PERSON = "unknown person"
    """550 to RCPT: never."""
    DROP_BEFORE = "drop before"
    """The connection breaks after RCPT."""
    TAKE_AND_HANG = "take and hang"
    """It keeps the letter, and says nothing."""
    TAKE_AND_DROP = "take and drop"
    """It keeps the letter, and the connection breaks."""
    FORGET_AND_DROP = "forget and drop"
    """It has the whole letter, keeps nothing, and the connection breaks."""


class Mailboxes:
    """What arrived, by address."""

    def __init__(self) -> None:
        self._raw: defaultdict[str, list[bytes]] = defaultdict(list)
        self.tries: defaultdict[str, int] = defaultdict(int)
        self.heard: list[bytes] = []
        """Every command, for secrets that must not be there."""
        self.lock = threading.Lock()

    def keep(self, address: str, letter: bytes) -> None:
        """One more."""
        with self.lock:
            self._raw[address].append(letter)

    def letters(self, address: str) -> list[Message]:
        """Of one address."""
        return [message_from_bytes(letter) for letter in self._raw[address]]

    def numbers(self, address: str) -> list[str]:
        """The Message-ID of each letter."""
        return [letter["Message-ID"] for letter in self.letters(address)]


@contextmanager
def smtp_server(manner: Callable[[str, int], Manner]) -> Iterator[tuple[int, Mailboxes]]:
    """Its port, and its mailboxes. `manner`: by the address and the number of the try, from 1."""
    boxes, over = Mailboxes(), threading.Event()

    class Session(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            _talk(self, boxes, manner, over)

    with _Server(("127.0.0.1", 0), Session) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield server.server_address[1], boxes
        finally:
            over.set()
            server.shutdown()


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True


def _talk(
    session: socketserver.StreamRequestHandler, boxes: Mailboxes, manner: Callable[[str, int], Manner], over: threading.Event
) -> None:
    def say(text: str) -> None:
        session.wfile.write(f"{text}\r\n".encode())

    say("220 mail.example")
    address, way = "", Manner.TAKE
    while line := session.rfile.readline():
        boxes.heard.append(line)
        verb = line.split(None, 1)[0].upper()
        if verb == b"RCPT":
            address = re.search(rb"<(.*)>", line)[1].decode()  # type: ignore[index] (the client writes no other)
            with boxes.lock:
                boxes.tries[address] += 1
                way = manner(address, boxes.tries[address])
            if way is Manner.DROP_BEFORE:
                return
            say({Manner.BUSY: "451 busy", Manner.UNKNOWN_PERSON: f"550 {address} unknown"}.get(way, "250 ok"))
        elif verb == b"DATA":
            say("354 go on")
            letter = _letter(session)
            if way is not Manner.FORGET_AND_DROP:
                boxes.keep(address, letter)
            if way is Manner.TAKE_AND_HANG:
                over.wait(5.0)
            if way is not Manner.TAKE:
                return
            say("250 taken")
        elif verb == b"QUIT":
            say("221 bye")
            return
        else:
            say("250 ok")


def _letter(session: socketserver.StreamRequestHandler) -> bytes:
    lines = []
    while (line := session.rfile.readline()) not in (b".\r\n", b""):
        lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
    return b"".join(lines)
