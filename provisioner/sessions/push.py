"""A document that a desktop has sent by itself, as it arrives: nothing in it is believed yet. And whether it is what its
desktop says now: anything else is counted by its word, and changes nothing."""

import hashlib
import hmac
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from math import inf

from provisioner.model.ids import DesktopName, Instant, Vmid
from provisioner.model.machines.desktops import GuestReport
from provisioner.model.machines.guest_bounds import MAX_AGE_S, MAX_SESSIONS, MAX_STATUS_BYTES, SAME_S, on_our_clock
from provisioner.model.status_document import parse_status
from provisioner.model.words import PushWord

SOURCE = "push"
MAX_SEQUENCE = 10**15
"""Microseconds since the boot: thirty years."""
_NUMBER = re.compile(rb"[1-9][0-9]{0,15}")
_BOOT_ID = re.compile(rb"[0-9a-f-]{1,64}")
_SIGNATURE = re.compile(rb"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Push:
    """One push."""

    vmid: Vmid
    boot_id: str
    sequence: int
    """Grows with each document of a boot."""
    signature: str
    body: str


def signature_of(secret: str, push: Push) -> str:
    """HMAC-SHA256 over VMID, boot id, sequence number and body, as bascule-guest makes it. `secret`: hexadecimal digits."""
    text = f"{push.vmid}\n{push.boot_id}\n{push.sequence}\n{push.body}"
    return hmac.new(bytes.fromhex(secret), text.encode(errors="replace"), hashlib.sha256).hexdigest()


def is_signed(push: Push, secret: str) -> bool:
    """Whether the push was signed with this secret."""
    return hmac.compare_digest(signature_of(secret, push), push.signature)


def headers_of(push: Push) -> dict[bytes, bytes]:
    """The headers of a request with this push, as `parse_push` reads them."""
    parts = {"vmid": push.vmid, "boot": push.boot_id, "sequence": push.sequence, "signature": push.signature}
    return {f"bascule-{name}".encode(): str(value).encode("ascii", "replace") for name, value in parts.items()}


def parse_push(headers: Mapping[bytes, bytes], body: bytes) -> Push:
    """The push in a request. Raises ValueError with one sentence about the first problem."""
    vmid = _matched(headers, b"bascule-vmid", _NUMBER)
    sequence = _matched(headers, b"bascule-sequence", _NUMBER)
    boot_id = _matched(headers, b"bascule-boot", _BOOT_ID)
    signature = _matched(headers, b"bascule-signature", _SIGNATURE)
    if not 0 < len(body) <= MAX_STATUS_BYTES:
        raise ValueError(f"the document has {len(body)} bytes, not 1 to {MAX_STATUS_BYTES}")
    if int(sequence) > MAX_SEQUENCE or int(vmid) > 999_999_999:
        raise ValueError("a number is too large")
    try:
        text = body.decode("ascii")
    except UnicodeDecodeError:  # JSON can be written in ASCII, and bascule-guest does
        raise ValueError("the document is not ASCII") from None
    if not text.isprintable():  # of ASCII: from the space to the tilde
        raise ValueError("the document has control characters")
    return Push(vmid=Vmid(int(vmid)), boot_id=boot_id, sequence=int(sequence), signature=signature, body=text)


def _matched(headers: Mapping[bytes, bytes], name: bytes, pattern: re.Pattern[bytes]) -> str:
    value = headers.get(name, b"")
    if not pattern.fullmatch(value):
        raise ValueError(f"{name.decode()} is missing, or not as it should be")
    return value.decode("ascii")


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownBoot:
    """What Bascule has learned of a desktop by its own reading of it."""

    desktop: DesktopName
    boot_id: str
    secret: str
    """Empty: that desktop pushes nothing."""
    sequence: int
    """Of the newest document that was taken."""
    began_at: Instant
    """When the boot began, on Bascule's clock: the earliest that any document of it allows."""
    earliest_at: Instant = -inf
    """It did not begin before this, as far as Bascule's own reading says: its pushes cannot move that."""
    max_sessions: int = MAX_SESSIONS


@dataclass(frozen=True, slots=True, kw_only=True)
class PushVerdict:
    """What a push is."""

    word: PushWord
    desktop: DesktopName | None = None
    """Whose; only of an accepted push it is proven."""
    report: GuestReport | None = None
    """Only of an accepted push."""
    problem: str = ""
    """What is wrong with a malformed document; made of its own words, escaped."""


def check_push(
    push: Push, known: Iterable[KnownBoot], *, heard_at: Instant, admits: Callable[[KnownBoot], bool] = lambda _: True
) -> PushVerdict:  # fmt: skip
    """Judge a push by the desktops with its VMID, of which each cluster may have one. There are nine cases:

    1. no desktop has this VMID: unknown desktop;
    2. none of them is in this boot, as far as Bascule has read them: unknown boot, they are to be read;
    3. its signature is not that desktop's: forged;
    4. it is not newer than what was taken: repeated (doubled on its way, overtaken, or played back);
    5. it took too long: late. On the desktop's own steady clock, so that a wrong time of day does not matter;
    6. it is of a moment to come, on the same clock: ahead, it is to be read;
    7. its desktop has said too much (`admits`): cut;
    8. the document is not as it should be: malformed;
    9. accepted.
    """
    boot = sender_of(push, known)
    if isinstance(boot, PushVerdict):
        return boot
    if push.sequence <= boot.sequence:
        return PushVerdict(word=PushWord.REPEATED, desktop=boot.desktop)
    if wrong := misdated(push, boot, heard_at):
        return PushVerdict(word=wrong, desktop=boot.desktop)
    if not admits(boot):
        return PushVerdict(word=PushWord.CUT, desktop=boot.desktop)
    return _read(push, boot, heard_at)


def misdated(push: Push, boot: KnownBoot, heard_at: Instant) -> PushWord | None:
    """What is wrong with its moment, by its sender's uptime; None: nothing."""
    if heard_at - (boot.began_at + push.sequence / 1e6) > MAX_AGE_S:
        return PushWord.LATE
    return PushWord.AHEAD if boot.earliest_at + push.sequence / 1e6 > heard_at + SAME_S else None


def sender_of(push: Push, known: Iterable[KnownBoot]) -> KnownBoot | PushVerdict:
    """The boot whose secret it is signed with; or, of the cases above, which of the first three it is."""
    here = tuple(known)
    if not here:
        return PushVerdict(word=PushWord.UNKNOWN_DESKTOP)
    of_boot = [boot for boot in here if boot.secret and boot.boot_id == push.boot_id]
    if not of_boot:
        return PushVerdict(word=PushWord.UNKNOWN_BOOT, desktop=here[0].desktop if len(here) == 1 else None)
    boot = next((boot for boot in of_boot if is_signed(push, boot.secret)), None)
    return PushVerdict(word=PushWord.FORGED) if boot is None else boot


def _read(push: Push, boot: KnownBoot, heard_at: Instant) -> PushVerdict:
    try:
        report = parse_status(push.body, read_at=heard_at, source=SOURCE, max_sessions=boot.max_sessions, signed=True)
        if (report.boot_id, report.sequence) != (push.boot_id, push.sequence):
            raise ValueError("the document is of another boot or moment than what was signed")
        if report.push_secret:
            raise ValueError("the document holds a secret")
    except ValueError as wrong:
        return PushVerdict(word=PushWord.MALFORMED, desktop=boot.desktop, problem=str(wrong))
    made_at = boot.began_at + push.sequence / 1e6
    return PushVerdict(word=PushWord.ACCEPTED, desktop=boot.desktop, report=on_our_clock(report, made_at))
