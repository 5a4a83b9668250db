"""When sessions are logged off by rule, and what their people are told before.

How long a person has been idle is not in here: a connected session has no time but that since its log-on.
"""

import enum
from dataclasses import dataclass, field

WARN_MINUTES = (15, 5)
"""Time to finish a sentence, and time to save."""
MOST_WARN_MINUTES = 120
DESK_MINUTES = 5
"""From a warning to a log-off by order, unless another time is said: time to save."""
LEAST_S = 60.0
"""The shortest time of a rule: desktops ask once a minute while something is due."""


class About(enum.StrEnum):
    """What a message in a desktop is about. Its text is the desktop's own."""

    MAXIMUM = "maximum"
    """The session's longest time is nearly over."""
    HALF_DAY = "half_day"
    """The person's half-day ends soon."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionRules:
    """When a profile's sessions are logged off by rule; left out: never."""

    disconnected_s: float | None = None
    """A session whose connection has been gone for this long is logged off, with what was not saved; left out: never. Whoever
    is connected is never logged off by it."""
    maximum_s: float | None = None
    """A session is logged off this long after its log-on, whether it is connected or not; left out: never. Only after the last
    message before it was shown in the desktop."""
    warn_minutes: tuple[int, ...] = WARN_MINUTES
    """So many minutes before `maximum` the person gets a message in the desktop."""

    @property
    def apply(self) -> bool:
        """Whether there is any rule."""
        return self.disconnected_s is not None or self.maximum_s is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class HandoverRules:
    """What happens to sessions around the end of a half-day, in a pool that lends by plan."""

    warn_minutes: tuple[int, ...] = ()
    """So many minutes before the end whoever is connected gets a message; empty: nobody."""
    disconnected_s: float | None = None
    """A session that has been disconnected for this long, so long after the end, is logged off; None: it stays."""

    @property
    def apply(self) -> bool:
        """Whether there is any rule."""
        return bool(self.warn_minutes) or self.disconnected_s is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Warned:
    """The last message that a session was shown."""

    minutes: int
    """What it said is left."""
    ago_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenSession:
    """A session as its desktop asks about it: used for one answer, and not kept."""

    id: str
    """logind's."""
    login: str
    open_s: float
    """Since its log-on."""
    away_s: float | None
    """Since its connection ended; None: it is connected."""
    warned: tuple[tuple[About, Warned], ...] = ()
    texts: tuple[str, ...] | None = None
    """The marks of the help desk's messages that it was shown; None: its image shows none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedSessions:
    """A desktop's sessions at the moment of its question, as proven by its signature."""

    connections: int
    """To its log-on port: which session each belongs to is not known."""
    sessions: tuple[OpenSession, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HalfDayEnd:
    """The half-day of the desktop's person ends, and it does not go on in the next one."""

    left_s: float
    """Until its end; below zero: it is over."""
    rules: HandoverRules


class SessionOrderKind(enum.StrEnum):
    """What a desktop is to do with a session."""

    SAY = "say"
    """Show a message of the desktop's own words."""
    SHOW = "show"
    """Show a message of the help desk's words. Only for an image that says that it can."""
    LOG_OFF = "log_off"
    """End it, if it is still as it was."""


class LogOffRule(enum.StrEnum):
    """The rule by which a session is logged off."""

    DISCONNECTED = "disconnected"
    MAXIMUM = "maximum"
    HALF_DAY = "half_day"
    ORDERED = "ordered"
    """By no rule: the help desk has ordered it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskOrder:
    """What the help desk has ordered about the sessions of one desktop."""

    age_s: float
    """Since it was given: a session that began later is not meant."""
    logins: tuple[str, ...] = ()
    """Whose sessions; empty: everybody's."""
    minutes: int | None = None
    """Of a log-off: from the warning on, or 0 without one; None: a message."""
    text: str = field(default="", repr=False)
    mark: str = ""
    """Of a message, so that the desktop can say which it has shown."""

    def is_about(self, session: OpenSession) -> bool:
        """Whether the session was there when it was ordered."""
        return session.open_s >= self.age_s and (not self.logins or session.login in self.logins)


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionOrder:
    """One order for one session."""

    kind: SessionOrderKind
    session: str
    login: str
    about: About | None = None
    """The subject of a message."""
    minutes: int = 0
    """Of a message: what is left."""
    rule: LogOffRule | None = None
    """The rule of a log-off."""
    limit_s: float = 0.0
    """Of a log-off: the time that the rule has. How long it really was is not kept."""
    text: str = field(default="", repr=False)
    """Of a message of the help desk."""
    mark: str = ""
    """Of a message of the help desk."""

    @property
    def only_disconnected(self) -> bool:
        """Whether the desktop is to make sure, once more, that nobody is connected."""
        return self.rule not in (LogOffRule.MAXIMUM, LogOffRule.ORDERED)


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionVerdict:
    """What a desktop is to do now, and when it is to ask again."""

    orders: tuple[SessionOrder, ...] = ()
    again_s: float = 300.0
