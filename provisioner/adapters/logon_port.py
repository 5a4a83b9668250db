"""What proves that a desktop is ready, beside its own report, as its profile demands (`readiness`).

What a guest says of itself does not show a firewall or a wrong network: its log-on port is tried from here.
"""

import socket

from provisioner.errors import GuestUnknown
from provisioner.model.actions import CheckGuest
from provisioner.model.machines.desktops import FirstBootData, GuestReport
from provisioner.model.people.profiles import ReadinessLevel
from provisioner.model.words import GuestWord
from provisioner.ports import GuestProbe

_NO_ANSWER = frozenset({GuestWord.NO_AGENT, GuestWord.NO_ANSWER})
WITHIN_S = 3.0
"""Real seconds for the connection: a desktop of the same site answers in milliseconds; a lost SYN is sent again after one."""


class LogonPortProbe:
    """ports.GuestProbe: asks another probe, and believes that a desktop has become ready only if its port answers too.

    Only for profiles with `readiness: port` or `first_boot`. Sessions are read without it; but a desktop that does not answer
    then is tried as well: where its guest agent alone is dead, people can log on.
    """

    def __init__(self, inner: GuestProbe, *, within_s: float = WITHIN_S) -> None:
        self._inner, self._within_s = inner, within_s

    def report(self, action: CheckGuest) -> GuestReport:
        """The other probe's report; raises GuestUnknown as it does, and if the port does not answer."""
        try:
            report = self._inner.report(action)
        except GuestUnknown as silent:
            raise self._further(action, silent) from silent
        if report.ready and not action.sweep and action.profile.readiness is not ReadinessLevel.REPORT:
            self._connect(action)
            _require_set_up(action, report)
        return report

    def _further(self, action: CheckGuest, silent: GuestUnknown) -> GuestUnknown:
        """Of a desktop whose sessions are to be read and that does not answer: whether its log-on port does."""
        asked = silent.cause in _NO_ANSWER and action.sweep and action.reservation.address
        if not asked or action.profile.readiness is ReadinessLevel.REPORT:
            return silent
        at = (action.reservation.address, action.profile.connection.port)
        try:
            socket.create_connection(at, timeout=self._within_s).close()
        except OSError as error:
            said = error.strerror or str(error)
            return GuestUnknown(f"{silent}; its log-on port {at[1]} does not answer either: {said}", cause=GuestWord.HANGS)
        return GuestUnknown(f"{silent}; its log-on port answers", cause=GuestWord.PORT_ALONE)

    def _connect(self, action: CheckGuest) -> None:
        at = (action.reservation.address, action.profile.connection.port)
        try:
            socket.create_connection(at, timeout=self._within_s).close()
        except OSError as error:
            said = error.strerror or str(error)
            text = f"it reports ready, and its log-on port {at[1]} at {at[0]} does not answer from here: {said}"
            raise GuestUnknown(f"desktop {action.desktop}: {text}", cause=GuestWord.UNREACHED) from error


def _require_set_up(action: CheckGuest, report: GuestReport) -> None:
    """With data that wait or have failed it would not report ready."""
    if action.profile.readiness is ReadinessLevel.FIRST_BOOT and report.first_boot_data is not FirstBootData.DONE:
        text = "it reports ready, and has no first-boot data: its image asks for none (`fetch` in guest.conf)"
        raise GuestUnknown(f"desktop {action.desktop}: {text}", cause=GuestWord.NOT_SET_UP)
