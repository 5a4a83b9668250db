"""The domain that desktops join: how its computer accounts are."""

from collections.abc import Iterator

from typing_extensions import TypedDict

from provisioner.capabilities.domain.model import STATE
from provisioner.capabilities.domain.reasons import DOMAIN_FAILS, DOMAIN_NOT_MADE
from provisioner.model.status import Status
from provisioner.reasons.reason import Reason
from provisioner.views.parts import StatusView
from provisioner.views.reasons import ReasonDocument, reason_or_none
from provisioner.views.times import stamp_or_none


class DomainDocument(TypedDict):
    """Computer accounts, after the last round."""

    realm: str
    accounts: int
    """Accounts of this installation."""
    gone: int
    """Of them, those whose desktop is gone; they are removed after a while."""
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
    if (state := status.parts[STATE]) is None:
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


def wrong_in_domain(status: Status) -> Iterator[Reason]:
    """What waits for a person."""
    domain = status.parts[STATE]
    if domain is None:
        return
    if domain.failing:
        yield DOMAIN_FAILS(realm=domain.realm, why=domain.failing)
    if domain.not_made:
        name, why = domain.not_made[0]
        yield DOMAIN_NOT_MADE(count=len(domain.not_made), realm=domain.realm, name=name, why=why)


VIEW = StatusView(
    key="domain",
    kind=DomainDocument | None,
    about="Computer accounts in the domain that desktops join; None: they join none.",
    of=domain_document,
    wrong=wrong_in_domain,
    after="pools",
    place=1,
)
