"""A desktop asks what to do with its sessions: who gets an answer, what stops it, and what is kept of it."""

import json
from dataclasses import replace
from types import SimpleNamespace

import pytest

from provisioner.model.freeze import FreezeMark
from provisioner.model.intents import Intent, IntentKind, Terms
from provisioner.model.machines.desktops import Phase
from provisioner.model.session_rules import HalfDayEnd, HandoverRules, SessionRules
from provisioner.model.words import SessionOrderWord as Word
from provisioner.reconciler.operator_intents import OperatorIntents
from provisioner.reconciler.session_orders import SessionOrderDesk
from provisioner.sessions.push import Push, signature_of
from provisioner.sessions.questions import asked_in, orders_signature
from tests.builders.cluster import NOW, a_profile
from tests.sessions.desktops import SpeakingDesktop
from tests.sessions.site import Site

HOUR = 3600.0
RULES = SessionRules(disconnected_s=2 * HOUR, maximum_s=10 * HOUR)
GONE = {"id": "c1", "user": "p5001", "open_s": 3 * HOUR, "away_s": 2 * HOUR, "warned": {}}


class Asking:
    """A desktop, and the daemon's side that answers."""

    def __init__(self) -> None:
        self.site = Site({5001: "standard"}, at=NOW)
        self.desktop = SpeakingDesktop(vmid=5001, booted_at=NOW - 300)
        self.site.pull(self.desktop)
        self.site.cycle()
        profile = a_profile("standard", session_rules=RULES)
        self.site.config = replace(self.site.config, profiles={profile.name: profile})
        self.mark: FreezeMark | None = None
        self.half_day: HalfDayEnd | None = None
        self.intents = OperatorIntents(
            self.site.cache,
            store=self.site.store,
            clock=self.site.clock,
            events=self.site.listener,
            freeze_mark=lambda: self.mark,
        )
        self.desk = SessionOrderDesk(
            self.site.cache,
            sessions=self.site.intake,
            intents=self.intents,
            rules=self.site,  # type: ignore[arg-type] # a configuration is all that it has to have
            half_day=lambda _: self.half_day,
            clock=self.site.clock,
            events=self.site.listener,
        )

    def question(self, *sessions: object, connections: int = 0, sequence: int = 400_000_000, **other: object) -> Push:
        document = {"asks": "session-orders", "nonce": "0" * 32, "connections": connections, "sessions": list(sessions)} | other
        push = Push(
            vmid=self.desktop.push(NOW).vmid, boot_id=self.desktop.history.boot_id, sequence=sequence, signature="",
            body=json.dumps(document),
        )  # fmt: skip
        return replace(push, signature=signature_of(self.desktop.history.secret, push))

    def ask(self, *sessions: object, **given: int) -> Word | list[dict[str, object]]:
        return self.answered(self.question(*sessions, **given))

    def answered(self, push: Push) -> Word | list[dict[str, object]]:
        self.site.clock.at = NOW + 100
        answer = self.desk.answer(push, NOW + 100)
        if isinstance(answer, Word):
            return answer
        text, signature = answer
        assert signature == orders_signature(self.desktop.history.secret, push, body=text)
        orders: list[dict[str, object]] = json.loads(text)["orders"]
        return orders

    @property
    def journal(self) -> list[tuple[str, str, str, str]]:
        return [
            (line.subject, line.what, line.result, str(line.reason))
            for line in self.site.store.journal()
            if line.what == "log_off"
        ]


@pytest.fixture
def asking() -> Asking:
    return Asking()


def test_who_was_disconnected_long_enough_is_logged_off_and_the_journal_has_the_rule_alone(asking: Asking):
    assert asking.ask(GONE) == [{"do": "log_off", "session": "c1", "user": "p5001", "only_disconnected": True}]
    ((subject, what, result, reason),) = asking.journal
    assert (subject, what, result) == ("vd-5001", "log_off", "ordered")
    assert reason == "disconnected for 120 min, as long as its profile allows (session_rules.disconnected)"
    assert "p5001" not in str(asking.journal)


def test_how_long_somebody_was_disconnected_is_in_no_table_and_no_line(asking: Asking):
    asking.ask(GONE | {"away_s": 12_345.5})
    asking.ask(GONE | {"away_s": 6_789.25}, sequence=500_000_000)

    kept = f"{asking.site.store.load()} {asking.site.store.journal()} {vars(asking.site.listener)} {vars(asking.desk)}"
    assert not [part for part in ("12345", "6789", "206 min", "113 min") if part in kept]


def test_messages_are_words_and_numbers(asking: Asking):
    here = GONE | {"away_s": None, "open_s": 9.75 * HOUR}

    assert asking.ask(here, connections=1) == [
        {"do": "say", "session": "c1", "user": "p5001", "about": "maximum", "minutes": 15}
    ]  # fmt: skip
    assert asking.journal == []


def test_at_a_half_days_end(asking: Asking):
    asking.half_day = HalfDayEnd(left_s=-HOUR, rules=HandoverRules(disconnected_s=600.0))

    assert asking.ask(GONE | {"away_s": 700.0}) == [
        {"do": "log_off", "session": "c1", "user": "p5001", "only_disconnected": True}
    ]  # fmt: skip
    assert "half-day" in asking.journal[0][3]


@pytest.mark.parametrize("kind", [IntentKind.FREEZE, IntentKind.HOLD, IntentKind.QUARANTINE])
def test_an_operator_stops_it(asking: Asking, kind: IntentKind):
    target = "vd-5001" if kind is IntentKind.QUARANTINE else ""
    asking.intents.in_force = (Intent(kind=kind, by="ops", at=NOW, reason="", target=target),)

    assert asking.ask(GONE) is Word.STOPPED
    assert asking.journal == []


def test_a_freeze_by_file_stops_it_before_the_next_cycle(asking: Asking):
    asking.mark = FreezeMark(by="ops", at=NOW, reason="")

    assert asking.ask(GONE) is Word.STOPPED


def test_another_desktops_quarantine_does_not(asking: Asking):
    asking.intents.in_force = (Intent(kind=IntentKind.QUARANTINE, by="ops", at=NOW, reason="", target="vd-1"),)

    assert asking.ask(GONE) != Word.STOPPED


def of_the_desk(asking: Asking, kind: IntentKind, **terms: object) -> Intent:
    """An order of the help desk, in force."""
    intent = Intent(kind=kind, by="zoe", at=NOW, target="vd-5001", terms=Terms(**terms))  # type: ignore[arg-type]
    asking.intents.in_force = (intent,)
    return intent


def ends(asking: Asking, intent: Intent, *, phase: Phase = Phase.READY, later_s: float = 0.0) -> str:
    """How the order ends, by what the desktop has said; empty: it stands."""
    survey = SimpleNamespace(phases={"vd-5001": (phase, "")})
    return asking.intents.desk_sessions.end_of(intent, survey, None, NOW + 100 + later_s)  # type: ignore[arg-type]


HERE = GONE | {"away_s": None, "texts": []}


def test_f22_a_message_of_the_help_desk_goes_to_an_image_that_can_show_it(asking: Asking):
    intent = of_the_desk(asking, IntentKind.MESSAGE, text="the printer is back")

    ((order),) = asking.ask(HERE)
    assert isinstance(order, dict)
    mark = order.pop("mark")
    assert order == {"do": "show", "session": "c1", "user": "p5001", "text": "the printer is back"}
    assert ends(asking, intent) == ""
    assert asking.ask(HERE | {"texts": [mark]}, sequence=400_000_001) == []
    assert ends(asking, intent) == "shown"


def test_f22_an_earlier_image_gets_no_text_and_the_order_ends_with_that_reason(asking: Asking):
    intent = of_the_desk(asking, IntentKind.MESSAGE, text="the printer is back")

    assert asking.ask(GONE | {"away_s": None}) == []
    assert ends(asking, intent) == "not shown: its image does not know messages of the help desk (an earlier bascule-guest)"


def test_f22_an_earlier_image_obeys_a_log_off(asking: Asking):
    intent = of_the_desk(asking, IntentKind.LOGOFF, minutes=10)
    here = GONE | {"away_s": None}

    assert asking.ask(here, connections=1) == [
        {"do": "say", "session": "c1", "user": "p5001", "about": "maximum", "minutes": 10}
    ]
    assert asking.ask(here | {"open_s": 50.0}, sequence=400_000_001) == [], "who came since is not meant"
    assert ends(asking, intent) == "logged off"


def test_f22_an_order_whose_time_is_over_is_not_obeyed_any_more(asking: Asking):
    """The daemon was down meanwhile, or the store is of yesterday."""
    intent = of_the_desk(asking, IntentKind.LOGOFF, minutes=0)
    asking.intents.in_force = (replace(intent, at=NOW - 900),)

    assert asking.ask(HERE) == []


@pytest.mark.parametrize(
    ("kind", "phase", "later_s", "end"),
    [
        pytest.param(IntentKind.MESSAGE, Phase.STOPPED, 0.0, "not shown: it is off", id="a message: off"),
        pytest.param(IntentKind.LOGOFF, Phase.STOPPED, 0.0, "logged off: it is off", id="a log-off: off"),
        pytest.param(IntentKind.LOGOFF, Phase.UNKNOWN, 0.0, "", id="its node does not answer: it may still come"),
        pytest.param(
            IntentKind.LOGOFF,
            Phase.READY,
            901.0,
            "not logged off: vd-5001 has not asked since 2027-01-15T08:00:00Z",
            id="it does not ask",
        ),
    ],
)
def test_f22_how_an_order_ends_that_no_desktop_carries_out(
    asking: Asking, kind: IntentKind, phase: Phase, later_s: float, end: str
):
    assert ends(asking, of_the_desk(asking, kind, minutes=0), phase=phase, later_s=later_s) == end


def test_f22_a_desktop_that_asks_and_cannot_show_the_warning_logs_nobody_off(asking: Asking):
    intent = of_the_desk(asking, IntentKind.LOGOFF, minutes=1)
    asking.ask(HERE, connections=1)

    assert ends(asking, intent, later_s=961.0).startswith("not logged off: vd-5001 has asked at 2027-")


def test_a_question_that_is_played_back_gets_no_answer(asking: Asking):
    push = asking.question(GONE)
    asking.answered(push)

    assert asking.answered(push) is Word.REPEATED
    assert len(asking.journal) == 1


def test_a_forged_a_late_and_an_unknown_one_get_none(asking: Asking):
    push = asking.question(GONE)

    assert asking.answered(replace(push, body=push.body.replace("7200", "7201"))) is Word.FORGED
    assert asking.answered(replace(push, vmid=5002)) is Word.UNKNOWN_DESKTOP  # type: ignore[arg-type]
    assert asking.answered(replace(push, boot_id="0-0")) is Word.UNKNOWN_BOOT
    assert asking.ask(GONE, sequence=1) is Word.LATE
    assert asking.journal == []


@pytest.mark.parametrize(
    "other",
    [
        {"sessions": [GONE | {"idle_s": 3.0}]},
        {"sessions": [GONE | {"away_s": "long"}]},
        {"sessions": [GONE | {"away_s": -1}]},
        {"sessions": [GONE | {"id": "c1; reboot"}]},
        {"sessions": [GONE | {"warned": {"lunch": [5, 1.0]}}]},
        {"sessions": [GONE | {"warned": {"maximum": [5]}}]},
        {"sessions": [GONE | {"texts": "all"}]},
        {"sessions": [GONE | {"texts": ["the printer is back"]}]},
        {"sessions": [GONE | {"texts": ["0" * 16] * 17}]},
        {"sessions": "none"},
        {"asks": "first-boot"},
        {"idle": 5},
    ],
)
def test_what_is_no_question_is_refused(asking: Asking, other: dict[str, object]):
    with pytest.raises(ValueError, match=r"."):
        asked_in(asking.question(**other))
