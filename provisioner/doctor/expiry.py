"""Check what ends: the API token, the certificates of the nodes, and those that the daemon serves with."""

import ssl
from collections.abc import Iterator
from pathlib import Path

from cryptography import x509

from provisioner.actions.client import PveClient
from provisioner.daemon.certificate_watch import end_in, is_trusted, named_certificates, receiver_is_behind
from provisioner.doctor.asking import asked, grouped, living, of_nodes
from provisioner.doctor.directory import CERTIFICATE_DAYS
from provisioner.doctor.findings import Finding, bad, doubtful, span_of
from provisioner.doctor.night import Night
from provisioner.doctor.reach import some_nodes
from provisioner.doctor.receiver_authority import examine_authority
from provisioner.model.ids import Instant
from provisioner.model.machines.cluster import ClusterView
from provisioner.named_files import look_at_named, read_named
from provisioner.pve.surroundings import certificates_of, life_of
from provisioner.reasons import expiry as words
from provisioner.reasons import subjects
from provisioner.reasons.reason import Reason, ReasonKind, reason_of
from provisioner.settings.values import Settings
from provisioner.tls_files import load_pair, said_of_tls

RENEWED_DAYS = 14.0
"""Proxmox VE renews its own certificates by itself, two weeks before their end (pve-manager, pveupdate)."""
_OWN = "pve-ssl.pem"
_DAY_S = 86_400.0


def examine_token(subject: Reason, client: PveClient, token_id: str, *, night: Night, now: Instant) -> Iterator[Finding]:
    """The end of the token, and of its user."""
    user, _, name = token_id.partition("!")
    life = yield from asked(subject, client, life_of(token_id))
    if life is None:
        yield doubtful(subject, words.TOKEN_UNSEEN(user=user))
        return
    ends = (
        (life.token_ends_at, words.TOKEN_ENDS, words.TOKEN_ENDS_IN_SWITCH),
        (life.user_ends_at, words.USER_ENDS, words.USER_ENDS_IN_SWITCH),
    )
    for ends_at, soon, in_switch in ends:
        if ends_at is None:
            continue
        if ends_at <= night.ends:
            yield bad(subject, in_switch(time=span_of(ends_at - now), user=user, name=name))
        elif ends_at <= now + CERTIFICATE_DAYS * _DAY_S:
            yield doubtful(subject, soon(days=(ends_at - now) / _DAY_S, user=user, name=name))


def examine_certificates(
    subject: Reason, client: PveClient, view: ClusterView, *, night: Night, now: Instant
) -> Iterator[Finding]:
    """The certificates of the nodes' API."""
    found = yield from of_nodes(subject, client, {node.node: certificates_of(node) for node in living(view)})
    ends = (((made.file, made.ends_at), node) for node, of_node in found.items() for made in of_node)
    for (file, ends_at), nodes in sorted(grouped(ends).items()):
        days = RENEWED_DAYS if file == _OWN else CERTIFICATE_DAYS
        if ends_at <= night.ends:
            in_switch = words.NODE_CERTIFICATE_ENDS_IN_SWITCH
            yield bad(subject, in_switch(file=file, nodes=some_nodes(nodes), time=span_of(ends_at - now)))
        elif ends_at <= now + days * _DAY_S:
            yield doubtful(
                subject, words.NODE_CERTIFICATE_ENDS(file=file, nodes=some_nodes(nodes), days=(ends_at - now) / _DAY_S)
            )


def examine_files(settings: Settings, *, now: Instant) -> Iterator[Finding]:
    """The certificates that the daemon and the receiver serve with, and those that others are checked with."""
    served = {(settings.api.certificate, settings.api.key), (settings.exposition.certificate, settings.exposition.key)}
    for certificate, key in sorted((pair for pair in served if pair[0]), key=str):
        if certificate is not None and key is not None:
            yield from _file(certificate, key, now, unread=words.CERTIFICATE_UNREAD)
    if (receiver := settings.receiver) is not None:
        yield from _file(receiver.certificate, receiver.key, now, unread=words.RECEIVER_KEY_UNREAD)
        yield from examine_authority(receiver, now=now)
    if (client_ca := settings.exposition.client_ca) is not None:
        yield from _authority(client_ca)
    yield from _trusted(settings, now)


def examine_receiver(settings: Settings) -> Iterator[Finding]:
    """Whether the receiver, if it runs, shows the certificate that is in its file."""
    if (receiver := settings.receiver) is not None and receiver_is_behind(receiver):
        yield doubtful(subjects.CERTIFICATE(path=str(receiver.certificate)), words.RECEIVER_BEHIND())


def _trusted(settings: Settings, now: Instant) -> Iterator[Finding]:
    """The end of authorities, and of the certificate that we show the directory. Whether they can be used, whoever uses them
    says; the receiver's own authority has a check of its own."""
    for use, path in named_certificates(settings):
        if use != "receiver.authority" and (is_trusted(use) or use == "directory.certificate"):
            subject = subjects.CERTIFICATE(path=str(path))
            try:
                days = (end_in(read_named(path), of_any=is_trusted(use)) - now) / _DAY_S
            except PermissionError as error:
                yield doubtful(subject, words.CERTIFICATE_UNREAD(said=str(error)))
            except (OSError, ValueError) as error:
                yield doubtful(subject, words.NAMED_UNREAD(use=use, said=reason_of(error)))
            else:
                yield from _ending(subject, days, words.NAMED_ENDS(use=use, days=days), words.NAMED_ENDED(use=use, days=-days))


def _file(certificate: Path, key: Path | None, now: Instant, *, unread: ReasonKind) -> Iterator[Finding]:
    """`key`: None: it is in the same file."""
    subject, chain = subjects.CERTIFICATE(path=str(certificate)), list[x509.Certificate]()
    try:
        chain = x509.load_pem_x509_certificates(read_named(certificate))
        look_at_named(key or certificate)  # ssl does not say which file is not there
        load_pair(ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), certificate, key)
    except PermissionError as error:
        yield doubtful(subject, unread(said=str(error)))
    except (OSError, ValueError) as error:  # ssl.SSLError is an OSError
        yield bad(subject, words.CERTIFICATE_WRONG(said=said_of_tls(error)))
        return
    if chain:
        yield from _end(subject, min(part.not_valid_after_utc.timestamp() for part in chain), now)


def _authority(file: Path) -> Iterator[Finding]:
    subject = subjects.CERTIFICATE(path=str(file))
    try:
        look_at_named(file)
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_verify_locations(file)
    except PermissionError as error:
        yield doubtful(subject, words.CERTIFICATE_UNREAD(said=str(error)))
    except OSError as error:  # ssl.SSLError is an OSError
        yield bad(subject, words.CLIENT_CA_WRONG(said=str(error)))


def _end(subject: Reason, ends_at: Instant, now: Instant) -> Iterator[Finding]:
    days = (ends_at - now) / _DAY_S
    yield from _ending(subject, days, words.CERTIFICATE_ENDS(days=days), words.CERTIFICATE_ENDED(days=-days))


def _ending(subject: Reason, days: float, ends: Reason, ended: Reason) -> Iterator[Finding]:
    if days <= 0:
        yield bad(subject, ended)
    elif days <= CERTIFICATE_DAYS:
        yield doubtful(subject, ends)


__all__ = ["examine_certificates", "examine_files", "examine_receiver", "examine_token"]
