"""Check the certificate that connection files are signed with."""

from collections.abc import Iterator

from provisioner.adapters.rdp.signing import Publisher
from provisioner.doctor.directory import CERTIFICATE_DAYS
from provisioner.doctor.findings import Finding, bad, doubtful, good
from provisioner.errors import BasculeError
from provisioner.model.ids import Instant
from provisioner.reasons import subjects
from provisioner.reasons import views as words
from provisioner.settings.values import Settings

_DAY_S = 86_400.0


def examine_publisher(settings: Settings, *, now: Instant) -> Iterator[Finding]:
    """Whether it can sign, and when it ends. Nothing if no connection files are made."""
    if settings.connections is None:
        return
    subject = subjects.CERTIFICATE(path=str(settings.connections.certificate))
    try:
        publisher = Publisher(settings.connections.certificate, settings.connections.key)
    except BasculeError as error:
        closed = isinstance(error.__cause__, PermissionError)
        kind, grade = (words.PUBLISHER_UNREAD, doubtful) if closed else (words.PUBLISHER_WRONG, bad)
        yield grade(subject, kind(said=error.reason))
        return
    days = (publisher.ends_at - now) / _DAY_S
    if days <= 0:
        yield bad(subject, words.PUBLISHER_ENDED(days=-days))
    elif days <= CERTIFICATE_DAYS:
        yield doubtful(subject, words.PUBLISHER_ENDS(days=days))
    else:
        yield good(subject, words.PUBLISHER_SIGNS(thumbprint=publisher.thumbprint))
