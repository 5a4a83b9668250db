"""The thread that tells people."""

import threading
from collections import Counter
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from provisioner.capabilities.notices.decide import Notices, desired_notices
from provisioner.capabilities.notices.model import (
    STATES,
    ChannelState,
    KeptNotice,
    Notice,
    NoticeChannel,
    NoticeKind,
    NoticeRules,
    NoticeStage,
    SendResult,
)
from provisioner.capabilities.notices.outbox import after_restart, answered, begun, to_send
from provisioner.capabilities.notices.records import TABLE
from provisioner.capabilities.notices.settings import NOTICES
from provisioner.daemon.beside import SideWork, Surroundings
from provisioner.daemon.rounds import RoundThread
from provisioner.errors import StoreError
from provisioner.model.ids import AgentId, Instant
from provisioner.model.status import Status
from provisioner.ports import Clock, Store
from provisioner.reasons.reason import NONE, Reason
from provisioner.settings.site_zone import site_zone

if TYPE_CHECKING:
    from provisioner.capabilities.notices.writing import LetterWriter

_AT_ONCE = 20
"""Letters between two writings of the store: so many may be sent twice after a kill."""
_AT_ONCE_KINDS = frozenset({NoticeKind.READY, NoticeKind.WAIT})
"""What a person waits to be told now."""
_ROUND_S = 5.0
"""Real seconds from one round to the next."""
_MINUTE_S = 60.0


class NoticeWorker(RoundThread):
    """Sends what is due at each round. Its thread touches the channels and its own table of the store only."""

    def __init__(
        self,
        channels: Sequence[NoticeChannel],
        rules: NoticeRules,
        writer: "LetterWriter",
        *,
        store: Callable[[], Store],
        clock: Clock,
        frozen: Callable[[], bool] = lambda: False,
        notice: Callable[[str, str], None] = lambda _subject, _text: None,
    ) -> None:
        """`frozen`: while it is true, nothing is sent. `notice`: is told when a channel begins or ceases to fail."""
        super().__init__("notices", notice=notice)
        self._outboxes = [_Outbox(channel, rules, writer, store=store, clock=clock) for channel in channels]
        self._rules, self._clock, self._frozen = rules, clock, frozen
        self._since: dict[tuple[AgentId, NoticeKind], tuple[str, Instant]] = {}
        self._states: tuple[ChannelState, ...] = ()

    def now(self) -> tuple[ChannelState, ...]:
        """The state of every channel. Any thread may ask."""
        return self._states

    def once(self, status: Status) -> tuple[ChannelState, ...]:
        """One round of every channel, each for itself."""
        desired = self._settled(desired_notices(status), self._clock.now())
        people = None if status.roster is None else frozenset(status.roster.agents)
        states = []
        for outbox in self._outboxes:
            before = outbox.state.failing
            state = outbox.round(desired, people, may_send=not self._frozen(), over=self._over)
            if state.failing != before:
                what = f"people are not told: {state.failing}" if state.failing else "people are told again"
                self._notice(f"notices by {state.channel}", what)
            states.append(state)
        self._states = tuple(states)
        return self._states

    def _settled(self, desired: Notices, now: Instant) -> Notices:
        """Without kinds that are not told, and without slots that have not stood long enough."""
        wanted = {key: notice for key, notice in desired.items() if notice.kind in self._rules.tell}
        self._since = {key: self._stood(key, notice.about, now) for key, notice in wanted.items()}
        return {key: notice for key, notice in wanted.items() if self._has_settled(notice, now)}

    def _stood(self, key: tuple[AgentId, NoticeKind], about: str, now: Instant) -> tuple[str, Instant]:
        before = self._since.get(key)
        return (about, now if before is None or before[0] != about else min(now, before[1]))

    def _has_settled(self, notice: Notice, now: Instant) -> bool:
        return notice.kind in _AT_ONCE_KINDS or now >= self._since[notice.key][1] + self._rules.settle_s

    def round(self) -> None:
        """With the last status, if there is one."""
        if (status := self._status) is not None:
            self.once(status)

    def pause(self) -> None:
        """A few seconds."""
        self._over.wait(_ROUND_S)


class _Outbox:
    """One channel, from round to round. One thread uses it."""

    def __init__(
        self, channel: NoticeChannel, rules: NoticeRules, writer: "LetterWriter", *, store: Callable[[], Store], clock: Clock
    ) -> None:
        self._channel, self._rules, self._writer = channel, rules, writer
        self._store, self._clock = store, clock
        self._kept: dict[tuple[AgentId, NoticeKind], KeptNotice] | None = None
        """As stored; None: it has to be loaded."""
        self._allowance, self._counted_at = float(min(_AT_ONCE, rules.per_minute)), clock.now()
        self.state = ChannelState(channel=channel.name, stages={}, dry_run=rules.dry_run)

    def round(
        self, desired: Notices, people: frozenset[AgentId] | None, *, may_send: bool, over: threading.Event
    ) -> ChannelState:
        """Send what is due, as far as the rate allows. A failure is in the state."""
        failing = NONE
        try:
            kept = self._load(people)
            due = [(notice, was) for notice, was in to_send(desired, kept, self._channel.name, now=self._clock.now())]
            reachable = [pair for pair in due if self._channel.reaches(pair[0])]
            failing = self.state.failing if not reachable else NONE
            if may_send and not self._rules.dry_run:
                while (some := self._take(reachable)) and not over.is_set():
                    failing = self._send(some) or failing
        except StoreError as error:  # nothing is sent that is not noted
            self._kept, failing = None, error.reason
            return self._state(desired, failing)
        return self._state(desired, failing)

    def _load(self, people: frozenset[AgentId] | None) -> dict[tuple[AgentId, NoticeKind], KeptNotice]:
        """What is stored; people who are in the directory no longer are forgotten."""
        if self._kept is None:
            name, now = self._channel.name, self._clock.now()
            found = after_restart((each for each in self._store().kept(TABLE) if each.channel == name), now=now)
            self._kept = {each.key: each for each in found}
        gone = () if people is None else tuple({agent_id for agent_id, _ in self._kept if agent_id not in people})
        if gone:
            self._store().drop(TABLE, gone)
            self._kept = {key: each for key, each in self._kept.items() if key[0] not in gone}
        return self._kept

    def _take(self, due: list[tuple[Notice, KeptNotice]]) -> list[tuple[Notice, KeptNotice]]:
        """The next few, as many as the rate allows; they are no longer due."""
        now = self._clock.now()
        rate = self._rules.per_minute
        self._allowance = min(rate, self._allowance + max(0.0, now - self._counted_at) * rate / _MINUTE_S)
        self._counted_at = now
        count = min(_AT_ONCE, int(self._allowance), len(due))
        self._allowance -= count
        some, due[:count] = due[:count], []
        return some

    def _send(self, some: Sequence[tuple[Notice, KeptNotice]]) -> Reason:
        """Note, send, note what came of it; why the last try failed."""
        now = self._clock.now()
        under_way = {notice.key: begun(was, now=now) for notice, was in some}
        self._keep(tuple(under_way.values()))
        letters = [self._writer.letter(notice, self._channel.name) for notice, _ in some]
        failing = NONE
        results: dict[tuple[AgentId, NoticeKind], KeptNotice] = {}
        for answer in self._channel.send(letters):
            key = answer.letter.notice.key
            results[key] = answered(under_way[key], answer.result, now=self._clock.now())
            failing = answer.why if answer.result is not SendResult.TAKEN else NONE
        self._keep(tuple(results.values()))
        return failing

    def _keep(self, changed: Sequence[KeptNotice]) -> None:
        self._store().keep(TABLE, changed)
        assert self._kept is not None, "it was loaded at the beginning of the round"
        self._kept |= {each.key: each for each in changed}

    def _state(self, desired: Notices, failing: Reason) -> ChannelState:
        kept = self._kept or {}
        stages = Counter(each.stage for each in kept.values())
        fresh = [notice for key, notice in desired.items() if key not in kept or kept[key].about != notice.about]
        stages_now = dict(stages)
        waiting = sum(self._channel.reaches(notice) for notice in fresh)
        stages_now[NoticeStage.PENDING] = stages_now.get(NoticeStage.PENDING, 0) + waiting
        self.state = ChannelState(
            channel=self._channel.name,
            stages=stages_now,
            without_address=len(fresh) - waiting,
            failing=failing,
            dry_run=self._rules.dry_run,
        )
        return self.state


def _make(around: Surroundings) -> NoticeWorker | None:
    settings = around.settings()
    section = settings.sections[NOTICES]
    if section is None:
        return None
    # Only if configured: a template engine and a mail client take time that every start would lose.
    from provisioner.capabilities.notices.mail import MailChannel
    from provisioner.capabilities.notices.webhook import WebhookChannel
    from provisioner.capabilities.notices.writing import LetterWriter

    channels: list[NoticeChannel] = [] if section.mail is None else [MailChannel(section.mail)]
    if section.webhook is not None:
        channels.append(WebhookChannel(section.webhook))
    writer = LetterWriter(
        language=section.language,
        link=section.link,
        installation=settings.installation,
        zone=lambda: site_zone(around.settings().timezone),
    )
    return NoticeWorker(
        channels, section.rules, writer, store=around.store, clock=around.clock, frozen=around.frozen, notice=around.notice
    )


WORK = SideWork(part=STATES, make=_make)


__all__ = ["WORK", "NoticeWorker"]
