"""Check the files by which desktops are asked over SSH."""

from collections.abc import Iterator

from provisioner.daemon.system_clock import SystemClock
from provisioner.doctor.findings import Finding, bad, doubtful
from provisioner.model.profiles import Probe
from provisioner.reasons import cluster as words
from provisioner.reasons import subjects
from provisioner.reasons.reason import reason_of
from provisioner.settings.values import Settings


def examine_ssh(settings: Settings) -> Iterator[Finding]:
    """Whether key and host keys can be used. A fault if a profile needs them."""
    if settings.ssh is None:
        return
    # Only if configured: loading paramiko takes a fifth of a start.
    from provisioner.adapters.ssh import SshGuestProbe

    grade = bad if any(profile.probe is Probe.SSH for profile in settings.profiles.values()) else doubtful
    try:
        SshGuestProbe(settings.ssh, clock=SystemClock()).read_files()
    except ValueError as error:
        yield grade(subjects.SETTINGS(), words.SSH_UNUSABLE(said=reason_of(error)))


__all__ = ["examine_ssh"]
