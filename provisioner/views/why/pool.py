"""A pool: how many of its desktops do what, what was decided about it last and from what, and what was done in the last day."""

from dataclasses import dataclass

from provisioner.views.journal import JournalLine
from provisioner.views.pools import PoolDocument, pool_document
from provisioner.views.published import Published
from provisioner.views.why.past import Journal, line_documents, lines_of


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolWhy:
    """A pool of desktops."""

    pool: PoolDocument
    journal: tuple[JournalLine, ...]
    """What was started, shut down and made to follow its people in the last day, newest first."""


def pool_why(published: Published, name: str, journal: Journal) -> PoolWhy | None:
    """None: it is not configured any more."""
    pool = pool_document(published, name)
    if pool is None:
        return None
    return PoolWhy(pool=pool, journal=line_documents(lines_of((name,), journal, now=published.status.at)))
