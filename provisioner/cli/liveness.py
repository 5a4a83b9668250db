"""Whether the daemon that answers works, and what is said of a picture that is not its own."""

from provisioner.cli.clocks import clock_of_commands
from provisioner.cli.documents import DaemonDocument
from provisioner.cli.output import complain
from provisioner.cli.times import duration
from provisioner.model.ids import Instant
from provisioner.reasons.reason import Reason
from provisioner.texts.translate import _


def hangs(daemon: DaemonDocument) -> bool:
    """Whether its last cycle ended too long ago. `daemon`: the document of that name."""
    return bool((daemon["cycle_age_s"] or 0.0) > daemon["cycle_within_s"])


def hanging_line(daemon: DaemonDocument) -> str:
    """What a daemon that hangs has to do with what it says."""
    return _(
        "the daemon lives, but its last cycle ended {age} ago, and one should end every few seconds: what it says is that old. "
        "After {limit} systemd restarts it; `journalctl -u bascule` says what it was doing",
        age=duration(daemon["cycle_age_s"]),
        limit=duration(daemon["cycle_within_s"]),
    )


def say_kept(silent: Reason, written_at: Instant | None) -> None:
    """What the store keeps must not pass for the present. `written_at`: of its newest journal line; None: there is none."""
    complain(_("without the daemon ({why}): this is what the store keeps; {age}", why=silent, age=written(written_at)))


def say_stored(written_at: Instant | None) -> None:
    """The same, as it was asked for."""
    complain(_("from the store, without the daemon; {age}", age=written(written_at)))


def say_computed(written_at: Instant | None) -> None:
    """What is computed here must not pass for the daemon's word."""
    text = _(
        "computed here, without the daemon: what it is doing at this moment is not visible; {age}", age=written(written_at)
    )
    complain(text)


def written(at: Instant | None) -> str:
    """The age of the newest line of the store's journal."""
    if at is None:
        return _("the store's journal is empty")
    return _("the last line of the store's journal is {age} old", age=duration(max(0.0, clock_of_commands().now() - at)))
