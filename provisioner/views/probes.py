"""Probes: what they have shown while a surge was under way."""

from dataclasses import dataclass

from provisioner.model.status import Status
from provisioner.views.reasons import ReasonDocument, reason_or_none
from provisioner.views.times import stamp_or_none


@dataclass(frozen=True, slots=True, kw_only=True)
class CauseDocument:
    """A factor that failed desktops have in common."""

    kind: str
    """`node`, `storage`, `image`, `profile`, `site`, `gateway`."""
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbesDocument:
    """The last probe of each desktop, within the window."""

    at: str | None
    """Of the newest; None: there was none yet."""
    probed: int
    failed: int
    everywhere: bool
    """Whether most fail, whatever they have in common."""
    causes: tuple[CauseDocument, ...]
    """What failed desktops surely have in common."""
    says: ReasonDocument | None
    """In words; None: there was no probe yet."""


def probes_document(status: Status) -> ProbesDocument | None:
    """None: the daemon makes no probes by itself."""
    state = status.probes
    if state is None:
        return None
    return ProbesDocument(
        at=stamp_or_none(state.at),
        probed=state.probed,
        failed=state.failed,
        everywhere=state.everywhere,
        causes=tuple(
            CauseDocument(kind=factor.kind.value, name=factor.value) for factors in state.causes for factor in factors
        ),
        says=reason_or_none(state.what),
    )
