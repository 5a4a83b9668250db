"""What the daemon knows of itself, for its metrics."""

from collections.abc import Iterator
from pathlib import Path

from cryptography import x509

from monitors.facts import ApiLoad, DaemonFacts
from provisioner.adapters.sql.store import SqlStore
from provisioner.api.server import ApiServer
from provisioner.errors import StoreError
from provisioner.model.ids import Instant
from provisioner.settings.values import Settings


def facts_of(settings: Settings, api: ApiServer, journal: SqlStore, before: DaemonFacts) -> DaemonFacts:
    """The present facts. Without an answer of the store, its fact is as before."""
    try:
        sequence = next((entry.sequence for entry in journal.journal(limit=1)), 0)
    except StoreError:
        sequence = before.journal_sequence
    load = api.load
    return DaemonFacts(
        certificates=dict(_ends(settings)),
        api=ApiLoad(answers=load.answers, shed=load.shed, connections=load.connections, streams=load.streams),
        journal_sequence=sequence,
    )


def _ends(settings: Settings) -> Iterator[tuple[str, Instant]]:
    """Of the certificates that can be read: `bascule check` says why another cannot."""
    for use, path in (("api", settings.api.certificate), ("metrics", settings.exposition.certificate)):
        if path is not None and (ends := certificate_end(path)) is not None:
            yield use, ends


def certificate_end(path: Path) -> Instant | None:
    """When the first certificate of a chain ends; None: the file cannot be read."""
    try:
        chain = x509.load_pem_x509_certificates(path.read_bytes())
    except (OSError, ValueError):
        return None
    return min(part.not_valid_after_utc.timestamp() for part in chain)


__all__ = ["certificate_end", "facts_of"]
