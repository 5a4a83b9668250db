"""Whether a push is what its desktop says now. Anything else is counted by its word, and changes nothing."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import inf

from provisioner.model.desktops import GuestReport
from provisioner.model.guest_bounds import MAX_AGE_S, MAX_SESSIONS
from provisioner.model.ids import DesktopName, Instant
from provisioner.model.report_times import SAME_S, on_our_clock
from provisioner.model.status_document import parse_status
from provisioner.model.words import PushWord
from provisioner.sessions.push import SOURCE, Push, is_signed


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
class Verdict:
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
) -> Verdict:  # fmt: skip
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
    if isinstance(boot, Verdict):
        return boot
    if push.sequence <= boot.sequence:
        return Verdict(word=PushWord.REPEATED, desktop=boot.desktop)
    if wrong := misdated(push, boot, heard_at):
        return Verdict(word=wrong, desktop=boot.desktop)
    if not admits(boot):
        return Verdict(word=PushWord.CUT, desktop=boot.desktop)
    return _read(push, boot, heard_at)


def misdated(push: Push, boot: KnownBoot, heard_at: Instant) -> PushWord | None:
    """What is wrong with its moment, by its sender's uptime; None: nothing."""
    if heard_at - (boot.began_at + push.sequence / 1e6) > MAX_AGE_S:
        return PushWord.LATE
    return PushWord.AHEAD if boot.earliest_at + push.sequence / 1e6 > heard_at + SAME_S else None


def sender_of(push: Push, known: Iterable[KnownBoot]) -> KnownBoot | Verdict:
    """The boot whose secret it is signed with; or, of the cases above, which of the first three it is."""
    here = tuple(known)
    if not here:
        return Verdict(word=PushWord.UNKNOWN_DESKTOP)
    of_boot = [boot for boot in here if boot.secret and boot.boot_id == push.boot_id]
    if not of_boot:
        return Verdict(word=PushWord.UNKNOWN_BOOT, desktop=here[0].desktop if len(here) == 1 else None)
    boot = next((boot for boot in of_boot if is_signed(push, boot.secret)), None)
    return Verdict(word=PushWord.FORGED) if boot is None else boot


def _read(push: Push, boot: KnownBoot, heard_at: Instant) -> Verdict:
    try:
        report = parse_status(push.body, read_at=heard_at, source=SOURCE, max_sessions=boot.max_sessions, signed=True)
        if (report.boot_id, report.sequence) != (push.boot_id, push.sequence):
            raise ValueError("the document is of another boot or moment than what was signed")
        if report.push_secret:
            raise ValueError("the document holds a secret")
    except ValueError as wrong:
        return Verdict(word=PushWord.MALFORMED, desktop=boot.desktop, problem=str(wrong))
    made_at = boot.began_at + push.sequence / 1e6
    return Verdict(word=PushWord.ACCEPTED, desktop=boot.desktop, report=on_our_clock(report, made_at))
