"""A log-on by FreeRDP's command: `+auth-only` goes as far as the desktop's first picture, and needs no display."""

import re
import subprocess
from collections.abc import Iterator

from provisioner.capabilities.probes.reasons import CLIENT_LATE, LOGON_BREAKS_OFF, LOGON_REFUSED, NO_CLIENT
from provisioner.capabilities.probes.settings import RobotSettings
from provisioner.model.probes import ProbeTarget
from provisioner.reasons.reason import NONE, Reason

_WORD = re.compile(r"\bERRCONNECT_([A-Z_]+)")
_CANCELLED = "CONNECT_CANCELLED"
"""What `+auth-only` does to every connection in the end."""
_OF_ACCOUNT = frozenset(
    {
        "AUTHENTICATION_FAILED", "LOGON_FAILURE", "WRONG_PASSWORD", "ACCESS_DENIED", "INSUFFICIENT_PRIVILEGES",
        "ACCOUNT_DISABLED", "ACCOUNT_EXPIRED", "ACCOUNT_LOCKED_OUT", "ACCOUNT_RESTRICTION", "PASSWORD_EXPIRED",
        "PASSWORD_CERTAINLY_EXPIRED", "PASSWORD_MUST_CHANGE", "LOGON_TYPE_NOT_GRANTED", "NO_OR_MISSING_CREDENTIALS",
        "CLIENT_REVOKED", "KDC_UNREACHABLE",
    }
)  # fmt: skip
"""Words of FreeRDP (freerdp/error.h) for an account that is not let in."""


class NoClient(Exception):
    """The command cannot be run here, which says nothing of the desktop; `reason` says why."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason


def log_on(command: str, robot: RobotSettings, target: ProbeTarget, *, within_s: float) -> Reason:
    """Why it failed; empty: the robot was let in, and the desktop is there. Raises NoClient."""
    lines = "\n".join(_arguments(robot, target, within_s=within_s))
    try:
        # Standard input: a process's arguments are for everybody to read.
        ended = subprocess.run(  # noqa: S603 (the site's own command, no shell)
            [command, "/args-from:stdin"],
            input=lines.encode(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=2 * within_s,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return CLIENT_LATE(after_s=2 * within_s)
    except OSError as error:
        raise NoClient(NO_CLIENT(command=command, said=error.strerror or str(error))) from error
    return outcome_in(ended.stdout.decode(errors="replace"), ended.returncode, user=robot.user, command=command)


def outcome_in(output: str, code: int, *, user: str, command: str) -> Reason:
    """What FreeRDP's output means. Raises NoClient if it has not even tried. Its lines are quoted by their words alone."""
    if code == 0:
        return NONE
    words = [word for word in _WORD.findall(output) if word != _CANCELLED]
    if not words:
        raise NoClient(NO_CLIENT(command=command, said=f"exit code {code}"))
    said = words[0].lower().replace("_", " ")
    kind = LOGON_REFUSED if words[0] in _OF_ACCOUNT else LOGON_BREAKS_OFF
    return kind(user=user, said=said)


def _arguments(robot: RobotSettings, target: ProbeTarget, *, within_s: float) -> Iterator[str]:
    """One a line. By NLA alone: else the password would go to whatever answers. A desktop's certificate is its own."""
    yield from (f"/v:{target.host}:{target.port}", f"/u:{robot.user}", f"/p:{robot.password.reveal()}")
    yield from ("/sec:nla", "/cert:ignore", "+auth-only", "/log-level:ERROR", f"/timeout:{round(within_s * 1000)}")
    if robot.domain:
        yield f"/d:{robot.domain}"
    if target.gateway:
        yield f"/gateway:g:{target.gateway}"


__all__ = ["NoClient", "log_on", "outcome_in"]
