"""Lines of `status` for people: sessions, desktops without a report, notes being rewritten."""

from collections import Counter
from collections.abc import Iterator

from provisioner.model.status import Status
from provisioner.model.words import GuestWord
from provisioner.reasons.reason import join_reasons
from provisioner.texts.translate import N_, _, plural, translated, word
from provisioner.views.figures import session_figures, unheard_in


def rekeyed_in_words(status: Status) -> Iterator[str]:
    """A line while notes of desktops still name an earlier id of their agents."""
    if count := sum(bool(state.reservation.noted_as) for state in status.desktops.values()):
        yield plural(
            "the note of {count} desktop names an earlier id of the agent and is rewritten: until then only the store knows "
            "whose it is",
            "the notes of {count} desktops name an earlier id of the agent and are rewritten: until then only the store knows "
            "whose they are",
            count,
        )


def sessions_in_words(status: Status) -> str:
    """`12 open sessions, 1 of strangers (…); sessions of 3 desktops unknown`."""
    figures = session_figures(status)
    known, unknown = figures.open, figures.unknown
    if strangers := figures.of_strangers:
        text = plural(
            "{count} open session, {strangers} of strangers (`bascule desktops` names them)",
            "{count} open sessions, {strangers} of strangers (`bascule desktops` names them)",
            known,
            strangers=strangers,
        )
    else:
        text = plural("{count} open session", "{count} open sessions", known)
    if not unknown:
        return text
    return translated(
        join_reasons((text, plural("sessions of {count} desktop unknown", "sessions of {count} desktops unknown", unknown)))
    )


def unheard_in_words(status: Status) -> Iterator[str]:
    """`12 desktops give no report (no file): the status document is not there; …`, a line for each cause."""
    counts = Counter(unheard_in(status))
    for cause in filter(counts.get, GuestWord):
        yield plural(
            "{count} desktop gives no report ({cause}): {advice}",
            "{count} desktops give no report ({cause}): {advice}",
            counts[cause],
            cause=word(cause),
            advice=_(_LOOK_AT[cause]),
        )


_LOOK_AT = {
    GuestWord.NO_AGENT: N_("the guest agent does not answer; look at the desktop's console, or restart qemu-guest-agent there"),
    GuestWord.NO_ANSWER: N_("nobody answers over SSH as expected; `bascule desktops` says what came instead"),
    GuestWord.NO_FILE: N_("the status document is not there; bascule-report.timer has to run in the image"),
    GuestWord.VERSION: N_("the image's bascule-report is of another version than this Bascule"),
    GuestWord.UNREADABLE: N_("the status document is not as its format says; `bascule desktops` says what is wrong"),
    GuestWord.CROWDED: N_("more sessions than a desktop can hold (max_sessions of its profile): made up, or lent to many"),
    GuestWord.OUTDATED: N_("the status document is not kept current; look at bascule-report.timer and at the desktop's clock"),
    GuestWord.CONNECTIONS: N_("somebody is at the log-on mask, or something else connects to the log-on port"),
    GuestWord.OFF: N_("the VM does not run, and the listing does not show it yet"),
    GuestWord.NOT_ASKED: N_("Proxmox VE did not pass the question on; `bascule check` says whether a right is missing"),
    GuestWord.OTHER: N_("`bascule desktops` says why"),
}
"""What an operator can do about it."""
