"""Probes: what they have shown while a surge was under way."""

from collections.abc import Iterator

from typing_extensions import TypedDict

from provisioner.capabilities.probes.model import STATE
from provisioner.capabilities.probes.reasons import NOT_REACHED
from provisioner.model.status import Status
from provisioner.views.parts import StatusView
from provisioner.views.reasons import ReasonDocument, reason_or_none
from provisioner.views.times import stamp_or_none
from provisioner.wrong.entry import Wrong


class CauseDocument(TypedDict):
    """A factor that failed desktops have in common."""

    kind: str
    """`node`, `storage`, `image`, `profile`, `site`, `gateway`."""
    name: str


class ProbesDocument(TypedDict):
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
    if (state := status.parts[STATE]) is None:
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


def wrong_ways(status: Status) -> Iterator[Wrong]:
    """That people do not reach their desktops, by the surest cause: `node pve/pve03`."""
    state = status.parts[STATE]
    if state is not None and state.is_sure:
        in_common = " ".join(state.causes[0][0]) if state.causes else "everywhere"
        yield Wrong(says=NOT_REACHED(what=state.what), about=in_common)


VIEW = StatusView(
    key="probes",
    kind=ProbesDocument | None,
    about="What probes have shown while a surge was under way; None: the daemon makes none by itself.",
    of=probes_document,
    wrong=wrong_ways,
    of_the_site=True,
    after="pools",
    place=1,
)
