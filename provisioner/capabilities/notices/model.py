"""Notices: what people are told of their desktop, and how far that is. No text of a notice is kept, and no address."""

import enum
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Annotated, Protocol

from provisioner.extensions import Part
from provisioner.model.bounds import Bounds
from provisioner.model.ids import AgentId, Instant
from provisioner.reasons.reason import NONE, Reason

MAIL_ADDRESS = r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*"
"""An address that is sent to, or from. In quotes, or with a line end or a comma in it, it is nobody's."""


class NoticeKind(enum.StrEnum):
    """What a person is told."""

    READY = "ready"
    """The desktop is ready."""
    SLOT = "slot"
    """By when it will be, for the first time or anew."""
    HALF_DAYS = "half_days"
    """The half-days of a rotation, as published."""
    WAIT = "wait"
    """There is no desktop although the half-day has come; and when there may be one."""


class NoticeStage(enum.StrEnum):
    """How far a notice is."""

    PENDING = "pending"
    """To be sent, or sent again."""
    SENDING = "sending"
    """It may be under way: kept before it is sent, so that a kill is noticed."""
    SENT = "sent"
    """The other side has taken it."""
    FAILED = "failed"
    """The other side will never take it, or has not for a day."""
    DOUBTFUL = "doubtful"
    """It was sent several times without an answer: it may have arrived, once or more often, or not."""


class SendResult(enum.StrEnum):
    """What became of one try."""

    TAKEN = "taken"
    LATER = "later"
    """Surely not taken; it may be sent again."""
    NEVER = "never"
    """It will not be taken as it is."""
    UNKNOWN = "unknown"
    """Sent whole, and the answer was lost: it may have been taken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What one person is to be told."""

    agent_id: AgentId
    kind: NoticeKind
    about: str
    """The change that it tells of: another text is another change."""
    login: str
    name: str
    mail: str
    """Empty: the directory has none."""
    at: Instant | None = None
    """Of a slot: by when the desktop will be ready; of a wait: when there may be one."""
    half_days: tuple[Instant, ...] = ()
    """When they begin."""
    because: str = ""
    """Of a wait: the code of the reason."""

    @property
    def key(self) -> tuple[AgentId, NoticeKind]:
        """Of each, the last change counts."""
        return self.agent_id, self.kind


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptNotice:
    """How far a notice is, as the store keeps it."""

    agent_id: AgentId
    kind: NoticeKind
    channel: str
    """`mail` or `webhook`."""
    about: str
    stage: NoticeStage
    at: Instant
    """When it came into this stage."""
    tries: int = 0
    next_at: Instant = 0.0
    """Not sent again before."""

    @property
    def key(self) -> tuple[AgentId, NoticeKind]:
        """The key of its notice."""
        return self.agent_id, self.kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A notice as it is sent."""

    notice: Notice
    number: str
    """The same for each try: a mailbox that knows it shows the letter once."""
    subject: str
    body: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SendAnswer:
    """What became of one try of a letter."""

    letter: Letter
    result: SendResult
    why: Reason = NONE
    """Without names and addresses; empty: it was taken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeRules:
    """What is told, and how fast."""

    tell: tuple[NoticeKind, ...] = tuple(NoticeKind)
    """`ready`: the desktop is ready. `slot`: by when it will be. Of a rotation: `half_days`, as published, and `wait`: there is
    no desktop, and when there may be one."""
    per_minute: Annotated[int, Bounds(ge=1, le=100_000)] = 300
    """The most that are sent in a minute, by each channel: a mail server may take a sudden thousand for spam."""
    settle_s: float = 600.0
    """How long a slot has to stand before it is told: who edits a scenario twice moves nobody twice."""
    dry_run: bool = False
    """Count what would be sent; nothing is sent, and nobody counts as told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelState:
    """How far the notices of a channel are, for metrics."""

    channel: str
    stages: dict[NoticeStage, int]
    without_address: int = 0
    """People who cannot be told by this channel."""
    failing: Reason = NONE
    """Why the last tries failed; empty: they did not."""
    dry_run: bool = False


def letter_number(installation: str, channel: str, notice: Notice) -> str:
    """The same for the same change; it names nobody."""
    parts = "\0".join((installation, channel, notice.agent_id, notice.kind.value, notice.about))
    return sha256(parts.encode()).hexdigest()[:32]


class NoticeChannel(Protocol):
    """A way to tell people. No method raises: what became of each letter is in its answer."""

    @property
    def name(self) -> str:
        """`mail` or `webhook`."""

    def reaches(self, notice: Notice) -> bool:
        """Whether this person can be told so at all."""

    def send(self, letters: Sequence[Letter]) -> Iterator[SendAnswer]:
        """Send each once, in order; one answer for each, as it comes."""


STATES = Part[tuple[ChannelState, ...]]("notices", ())
"""In a status: how far people are told, as their own thread last knew it; empty: nobody is told anything."""
