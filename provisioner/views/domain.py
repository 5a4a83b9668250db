"""The domain that desktops join: how its computer accounts are."""

from dataclasses import dataclass

from provisioner.model.status import Status
from provisioner.views.reasons import ReasonDocument, reason_or_none
from provisioner.views.times import stamp_or_none


@dataclass(frozen=True, slots=True, kw_only=True)
class DomainDocument:
    """Computer accounts, after the last round."""

    realm: str
    accounts: int
    """Accounts of this installation."""
    gone: int
    """Of them, those whose desktop is no more; they are removed after a while."""
    not_made: tuple[str, ...]
    """Desktops that have asked for an account and got none."""
    read_at: str | None
    """When a whole round last succeeded; None: never since the daemon started."""
    failing: ReasonDocument | None
    """Why the last round failed; None: it did not."""
    dry_run: bool
    """Whether no account is ever made or removed."""


def domain_document(status: Status) -> DomainDocument | None:
    """None: desktops join no domain."""
    if (state := status.domain) is None:
        return None
    return DomainDocument(
        realm=state.realm,
        accounts=state.accounts,
        gone=state.gone,
        not_made=tuple(name for name, _ in state.not_made),
        read_at=stamp_or_none(state.read_at),
        failing=reason_or_none(state.failing),
        dry_run=state.dry_run,
    )
