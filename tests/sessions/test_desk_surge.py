"""F22: orders of a help desk to one person, in virtual time: given to the unchanged reconciler, carried out by the desktop."""

from dataclasses import replace

import pytest

from provisioner.model.intents import OF_SESSIONS, Intent, IntentKind, Terms, Withdrawal
from provisioner.model.machines.twin_spec import LogOns, PushSpec
from provisioner.reasons.reason import Reason
from provisioner.views.person.document import person_document
from tests.builders.cluster import NOW
from tests.builders.core import an_agent
from tests.builders.rehearsal import FIRST_VMID
from tests.builders.twin import a_spec
from tests.sessions.surge import PushedSurge

pytestmark = pytest.mark.long

AGENTS, MINUTE = 2, 60.0
PERSON, TARGET = an_agent(0).login, f"vd-{FIRST_VMID}"
TEXT = "Bonjour\u00a0: l'imprimante du 2e est <réparée>"


class HelpDesk:
    """A site whose two people are logged on, and what was ordered about one of them."""

    def __init__(self, *, receives: bool = True, obeys: bool = True, share: float = 1.0) -> None:
        spec = a_spec(nodes=2, log_ons=LogOns(concurrent=AGENTS), push=PushSpec(share=share, obeys=obeys))
        self.surge = PushedSurge(spec, agents=[an_agent(number) for number in range(AGENTS)])
        self.surge.config = replace(self.surge.config, receives=receives)
        self._play = self.surge.play(until_s=20_000.0)
        self.until(lambda: all(self.sessions(number) for number in range(AGENTS)))
        self.go_on(3 * MINUTE)

    def until(self, is_so, *, within_s: float = 3000.0) -> float:
        """Seconds until then."""
        began = self.surge.events.now
        for _ in self._play:
            if is_so():
                return self.surge.events.now - began
            assert self.surge.events.now - began < within_s, "it did not come to that"
        raise AssertionError("the night is over")

    def go_on(self, seconds: float) -> None:
        end = self.surge.events.now + seconds
        self.until(lambda: self.surge.events.now >= end, within_s=seconds + 60)

    def sessions(self, number: int = 0) -> int:
        guest = self.surge.twin.cluster.guests.get(FIRST_VMID + number)
        return 0 if guest is None else len(guest.sessions)

    def order(self, kind: IntentKind = IntentKind.LOGOFF, reason: str = "ticket 4711", **terms: object) -> Reason:
        intent = Intent(kind=kind, by="zoe", at=self.surge.events.now, target=TARGET, reason=reason, terms=Terms(**terms))
        assert self.surge.reconciler is not None
        return self.surge.reconciler.obey(intent)

    def stops(self, kind: IntentKind) -> None:
        assert self.surge.reconciler is not None
        assert not self.surge.reconciler.obey(Intent(kind=kind, by="ops", at=self.surge.events.now))

    @property
    def standing(self) -> list[IntentKind]:
        return [intent.kind for intent in self.surge.store.intents() if intent.kind in OF_SESSIONS]

    @property
    def lines(self) -> list[tuple[str, str, str]]:
        """The journal's lines about the desktop's person, oldest first."""
        lines = self.surge.store.journal(subject=TARGET)
        words = {*OF_SESSIONS, "log_off"}
        return [(line.what, line.result, str(line.reason)) for line in reversed(list(lines)) if line.what in words]


def test_a_message_is_shown_to_the_person_and_the_order_ends():
    desk = HelpDesk()
    assert desk.order(IntentKind.MESSAGE, text=TEXT) == ""
    took_s = desk.until(lambda: not desk.standing)

    assert took_s <= 6 * MINUTE, "a desktop asks once in five minutes"
    assert [(vmid, text) for _, vmid, _, text in desk.surge.obeying.texts] == [(FIRST_VMID, TEXT)]
    assert [(what, result) for what, result, _ in desk.lines] == [("message", "given"), ("message", "withdrawn")]
    assert desk.lines[-1][2] == "by daemon: shown"
    assert "zoe" in desk.lines[0][2]
    assert "ticket 4711" in desk.lines[0][2]
    assert "agent-0000" in desk.lines[0][2], "the login of the session"
    desk.go_on(15 * MINUTE)
    assert len(desk.surge.obeying.texts) == 1, "once"


def test_the_text_is_in_no_line_and_not_kept():
    desk = HelpDesk()
    desk.order(IntentKind.MESSAGE, text=TEXT)
    assert TEXT not in repr(desk.surge.store.intents()), "no log shows it by accident"
    desk.until(lambda: not desk.standing)

    assert "imprimante" not in f"{desk.surge.store.journal()} {desk.surge.store.load()} {desk.surge.status}"


def test_a_person_is_warned_and_logged_off_so_many_minutes_later():
    desk = HelpDesk()
    assert desk.order(minutes=10) == ""
    desk.until(lambda: not desk.sessions())
    ended_at = desk.surge.events.now
    desk.until(lambda: not desk.standing)

    ((shown_at, vmid, _, about, minutes),) = desk.surge.obeying.shown
    assert (vmid, about, minutes) == (FIRST_VMID, "maximum", 10)
    assert 10 * MINUTE <= ended_at - shown_at <= 11 * MINUTE
    assert desk.sessions(1) == 1, "nobody else"
    assert [(what, result) for what, result, _ in desk.lines] == [
        ("logoff", "given"), ("log_off", "ordered"), ("logoff", "withdrawn"),
    ]  # fmt: skip
    assert [why for _, _, why in desk.lines[1:]] == ["by order of the help desk", "by daemon: logged off"]


def test_at_once_means_without_a_warning():
    desk = HelpDesk()
    desk.order(minutes=0)
    took_s = desk.until(lambda: not desk.sessions())

    assert took_s <= 6 * MINUTE
    assert desk.surge.obeying.shown == []


def test_a_log_off_can_be_withdrawn_while_the_warning_has_its_time():
    desk = HelpDesk()
    desk.order(minutes=10)
    desk.until(lambda: desk.surge.obeying.shown)
    assert desk.surge.reconciler is not None
    withdrawal = Withdrawal(kind=IntentKind.LOGOFF, by="zoe", at=desk.surge.events.now, target=TARGET)
    assert desk.surge.reconciler.obey(withdrawal) == ""
    desk.go_on(30 * MINUTE)

    assert desk.sessions() == 1


def test_a_freeze_stops_it_and_the_order_ends_with_that_reason():
    desk = HelpDesk()
    desk.order(minutes=1)
    desk.stops(IntentKind.FREEZE)
    desk.until(lambda: not desk.standing)

    assert desk.sessions() == 1
    assert desk.lines[-1][2] == "by daemon: not logged off: a freeze or a hold has stopped it"


def test_a_desktop_that_does_not_ask_is_named_with_its_time():
    desk = HelpDesk(obeys=False)
    assert desk.order(IntentKind.MESSAGE, text=TEXT) == ""
    given_at = desk.surge.events.now
    took_s = desk.until(lambda: not desk.standing)

    assert 15 * MINUTE <= took_s <= 16 * MINUTE
    assert desk.lines[-1][2].startswith(f"by daemon: not shown: {TARGET} has not asked since 20")
    assert given_at > NOW


@pytest.mark.parametrize("kind", [IntentKind.FREEZE, IntentKind.HOLD])
def test_while_an_operator_stops_everything_it_is_refused(kind: IntentKind):
    desk = HelpDesk()
    desk.stops(kind)

    assert desk.order(minutes=5) == f"while `{kind}` is in force, by ops, nothing is shown to anybody and nobody is logged off"


@pytest.mark.parametrize(
    ("site", "code"),
    [
        pytest.param({"receives": False}, "order_no_receiver", id="no receiver"),
        pytest.param({"share": 0.0}, "order_does_not_push", id="its last report was read"),
    ],
)
def test_where_no_desktop_would_ask_it_is_refused(site: dict[str, object], code: str):
    assert HelpDesk(**site).order(minutes=5).code == code  # type: ignore[arg-type]


def test_the_persons_card_has_both_where_they_would_work():
    def commands(desk: HelpDesk) -> list[str]:
        published = desk.surge._board.last
        document = person_document(published, PERSON, lambda _: (), now=published.status.at, within_s=120.0)
        assert document.card is not None
        return [each.command for each in document.card.commands]

    mine = [f"bascule desktop message {TARGET} TEXT", f"bascule desktop logoff {TARGET} --reason WHY"]
    assert commands(HelpDesk())[:2] == mine
    assert not set(mine) & set(commands(HelpDesk(receives=False)))
