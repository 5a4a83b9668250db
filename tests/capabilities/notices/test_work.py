"""People are told once for each change: by a mail server that refuses, hangs and forgets, and over restarts."""

from collections import Counter
from contextlib import closing
from dataclasses import replace
from itertools import pairwise

import pytest

from provisioner.adapters.memory_store import MemoryStore
from provisioner.adapters.sql.store import SqlStore
from provisioner.capabilities.notices.decide import desired_notices
from provisioner.capabilities.notices.mail import MailChannel
from provisioner.capabilities.notices.model import NoticeKind, NoticeStage, SendAnswer, SendResult
from provisioner.capabilities.notices.records import TABLE
from provisioner.capabilities.notices.settings import MailSettings
from provisioner.capabilities.notices.writing import LetterWriter
from provisioner.model.scenario.half_days import PersonWeek, Slot
from provisioner.model.scenario.rotation import RotationState, Waiting
from provisioner.model.scenario.surges import SurgeRun, SurgeState
from provisioner.reasons.pools import OUT_OF_SIGHT
from provisioner.settings.site_zone import SiteZone
from tests.builders.store import NOON
from tests.capabilities.notices.builders import LINK, MovingClock, a_person, a_worker, of_people
from tests.servers.smtp import Manner, smtp_server

ZOE, YVES = a_person(1), a_person(2)


class Sending:
    """A channel that answers as it was told, and keeps the letters."""

    name = "mail"

    def __init__(self, *answers):
        self.answers, self.letters = list(answers), []

    def reaches(self, notice):
        return bool(notice.mail)

    def send(self, letters):
        for letter in letters:
            self.letters.append(letter)
            yield SendAnswer(letter=letter, result=self.answers.pop(0) if self.answers else SendResult.TAKEN)


@pytest.fixture
def store():
    store = MemoryStore()
    store.claim()
    return store


def test_who_has_a_ready_desktop_is_told_once(store):
    channel, clock = Sending(), MovingClock()
    worker, status = a_worker(channel, store=store, clock=clock), of_people(ZOE, YVES, ready={ZOE.agent_id: "vd-1"})

    for _ in range(3):
        (state,) = worker.once(status)
        clock.at += 600

    assert [letter.notice.login for letter in channel.letters] == ["login0001"]
    assert state.stages[NoticeStage.SENT] == 1


def test_another_desktop_and_another_run_are_another_change(store):
    channel, clock = Sending(), MovingClock()
    worker = a_worker(channel, store=store, clock=clock)
    status = of_people(ZOE, ready={ZOE.agent_id: "vd-1"})
    changed = (
        status,
        of_people(ZOE, ready={ZOE.agent_id: "vd-2"}),
        replace(status, surge=SurgeRun.begun("night", NOON, number=2)),
    )

    for each in (*changed, changed[-1]):
        worker.once(each)

    assert len({letter.number for letter in channel.letters}) == len(channel.letters) == 3


def test_a_slot_is_told_when_it_stands_and_again_when_it_moves(store):
    channel, clock = Sending(), MovingClock()
    worker = a_worker(channel, store=store, clock=clock, settle_s=600.0)
    counts = []
    for minutes, slot in ((0, NOON + 7200), (5, NOON + 9000), (10, NOON + 9000), (16, NOON + 9000), (20, NOON + 9000)):
        clock.at = NOON + 60 * minutes
        worker.once(of_people(ZOE, slots={ZOE.agent_id: slot}))
        counts.append(len(channel.letters))

    assert counts == [0, 0, 0, 1, 1], "it moved after five minutes, and stood ten minutes after that"
    assert channel.letters[0].notice.at == NOON + 9000


def test_a_clock_that_is_set_back_holds_no_notice_up(store):
    channel, clock = Sending(SendResult.LATER), MovingClock(NOON + 3600)
    worker = a_worker(channel, store=store, clock=clock, settle_s=600.0)
    status = of_people(ZOE, ready={ZOE.agent_id: "vd-1"})
    slots = of_people(YVES, slots={YVES.agent_id: NOON + 7200})
    worker.once(status)
    worker.once(slots)
    for clock.at in (NOON, NOON + 601):
        worker.once(slots)
    worker.once(status)

    assert [letter.notice.login for letter in channel.letters] == ["login0001", "login0002", "login0001"]


def test_who_has_the_desktop_is_told_of_no_slot():
    found = desired_notices(of_people(ZOE, ready={ZOE.agent_id: "vd-1"}, slots={ZOE.agent_id: NOON + 60}))

    assert [kind for _, kind in found] == [NoticeKind.READY]


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"surge": None}, id="no surge"),
        pytest.param({"surge": replace(SurgeRun.begun("night", NOON), rebuilt=True)}, id="who was told is lost with the store"),
        pytest.param({"surge": replace(SurgeRun.begun("night", NOON), state=SurgeState.RETURNING)}, id="desktops go back"),
        pytest.param({"roster": None}, id="nobody is known"),
    ],
)
def test_nobody_is_told_without_a_surge_that_serves(changed):
    assert not desired_notices(replace(of_people(ZOE, ready={ZOE.agent_id: "vd-1"}), **changed))


def test_no_more_are_sent_than_the_rate_allows(store):
    channel, clock = Sending(), MovingClock()
    people = [a_person(number) for number in range(100)]
    worker = a_worker(channel, store=store, clock=clock, per_minute=30)
    status = of_people(*people, ready={person.agent_id: f"vd-{person.login}" for person in people})

    sent = []
    for _ in range(4):
        worker.once(status)
        sent.append(len(channel.letters))
        clock.at += 60

    assert sent[0] <= 30
    assert all(after - before <= 30 for before, after in pairwise(sent))


def test_a_dry_run_counts_and_sends_nothing_and_a_freeze_sends_nothing(store):
    channel, clock, status = Sending(), MovingClock(), of_people(ZOE, ready={ZOE.agent_id: "vd-1"})
    (dry,) = a_worker(channel, store=store, clock=clock, dry_run=True).once(status)
    (frozen,) = a_worker(channel, store=store, clock=clock, frozen=True).once(status)

    assert channel.letters == []
    assert dry.stages[NoticeStage.PENDING] == frozen.stages[NoticeStage.PENDING] == 1
    assert store.kept(TABLE) == (), "who is not told is told later"


def test_what_was_under_way_at_a_kill_is_sent_again_with_the_same_number(store):
    clock, status = MovingClock(), of_people(ZOE, ready={ZOE.agent_id: "vd-1"})

    class Killed(Sending):
        def send(self, letters):
            self.letters += letters
            raise KeyboardInterrupt

    killed, after = Killed(), Sending()
    with pytest.raises(KeyboardInterrupt):
        a_worker(killed, store=store, clock=clock).once(status)
    worker = a_worker(after, store=store, clock=clock)
    for _ in range(3):
        worker.once(status)
        clock.at += 120

    assert [letter.number for letter in after.letters] == [letter.number for letter in killed.letters]


def test_a_server_that_never_answers_is_not_asked_for_ever(store):
    channel, clock = Sending(*[SendResult.UNKNOWN] * 9), MovingClock()
    worker, status = a_worker(channel, store=store, clock=clock), of_people(ZOE, ready={ZOE.agent_id: "vd-1"})
    for _ in range(9):
        (state,) = worker.once(status)
        clock.at += 3600

    assert len(channel.letters) == 3
    assert state.stages[NoticeStage.DOUBTFUL] == 1


def test_who_has_left_is_forgotten_and_who_has_no_address_is_counted(store):
    channel, clock = Sending(), MovingClock()
    worker = a_worker(channel, store=store, clock=clock)
    worker.once(of_people(ZOE, ready={ZOE.agent_id: "vd-1"}))
    nobody = a_person(3, mail="")
    (state,) = worker.once(of_people(nobody, ready={nobody.agent_id: "vd-3"}))

    assert store.kept(TABLE) == ()
    assert state.without_address == 1


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("kind", list(NoticeKind))
def test_a_letter_has_the_link_and_no_desktop_and_a_hostile_name_makes_no_line(kind, language):
    hostile = a_person(1, display_name="Zoé\r\nBcc: all@dep.example\r\n\r\n{{ 7*7 }}")
    status = of_people(hostile, ready={hostile.agent_id: "vd-secret"}, slots={})
    notice = replace(next(iter(desired_notices(status).values())), kind=kind, at=NOON)
    letter = LetterWriter(language=language, link=LINK, installation="lab", zone=lambda: SiteZone("UTC")).letter(notice, "mail")

    assert LINK in letter.body
    assert "vd-secret" not in letter.subject + letter.body
    assert not [line for line in letter.body.splitlines() if line.startswith("Bcc")]
    assert "{{ 7*7 }}" in letter.body
    assert letter.subject


@pytest.mark.parametrize(("zone", "when"), [("Indian/Reunion", "12:00 (Indian/Reunion)"), ("UTC", "08:00 (UTC)")])
def test_a_date_is_by_the_clock_of_the_site_and_names_it(zone, when):
    notice = replace(next(iter(desired_notices(of_people(ZOE, ready={ZOE.agent_id: "vd-1"})).values())), kind=NoticeKind.SLOT)
    letter = LetterWriter(language="en", link=LINK, installation="lab", zone=lambda: SiteZone(zone)).letter(
        replace(notice, at=NOON), "mail"
    )

    assert when in letter.subject
    assert when in letter.body


def of_rotation(person, *, at, waits=False):
    slots = tuple(Slot(begins=NOON + day * 86400.0, ends=NOON + day * 86400.0 + 3600.0) for day in range(2))
    week = PersonWeek(run=1, week=NOON, agent_id=person.agent_id, wants=2, slots=slots)
    waiting = Waiting(
        agent_id=person.agent_id, slot=slots[0], why=OUT_OF_SIGHT(desktop="vd-secret", login="x", why=""), expected_at=NOON + 60
    )
    state = RotationState(weeks=(week,), waiting=(waiting,) if waits else ())
    return replace(of_people(person), at=at, rotation=state)


def test_a_published_week_is_told_with_the_half_days_that_are_to_come():
    (notice,) = desired_notices(of_rotation(ZOE, at=NOON + 1)).values()

    assert (notice.kind, notice.half_days, notice.about) == (NoticeKind.HALF_DAYS, (NOON + 86400.0,), f"1/{int(NOON // 60)}")
    letter = LetterWriter(language="en", link=LINK, installation="lab", zone=lambda: SiteZone("UTC")).letter(notice, "mail")
    assert len([line for line in letter.body.splitlines() if line.startswith("- ")]) == 1


def test_a_wait_is_told_once_the_half_day_has_begun_and_not_before():
    kinds = [kind for _, kind in desired_notices(of_rotation(ZOE, at=NOON - 1, waits=True))]
    assert kinds == [NoticeKind.HALF_DAYS]

    notices = desired_notices(of_rotation(ZOE, at=NOON, waits=True))

    notice = notices[ZOE.agent_id, NoticeKind.WAIT]
    assert (notice.at, notice.because) == (NOON + 60, "lend_out_of_sight")
    letter = LetterWriter(language="fr", link=LINK, installation="lab", zone=lambda: SiteZone("UTC")).letter(notice, "mail")
    assert "injoignable" in letter.body
    assert "vd-secret" not in letter.body


# -- a real server


def mail_channel(port, **changed):
    values = {"server": "127.0.0.1", "port": port, "tls": "none", "sender": "bascule@dep.example", "timeout_s": 0.3}
    return MailChannel(MailSettings(**{**values, **changed}))


def bad_manners(address: str, tried: int) -> Manner:
    """Each of the ways in turn, by the address: at the first try, or at the first two."""
    number = int(address[5:9])
    ways = {
        1: Manner.BUSY,
        2: Manner.DROP_BEFORE,
        3: Manner.TAKE_AND_DROP,
        4: Manner.FORGET_AND_DROP,
        5: Manner.BUSY if tried > 1 else Manner.DROP_BEFORE,
    }
    if number % 170 == 7:
        return Manner.TAKE_AND_HANG if tried == 1 else Manner.TAKE
    return ways.get(number % 10, Manner.TAKE) if tried <= 1 + (number % 10 == 5) else Manner.TAKE


@pytest.mark.real
@pytest.mark.long
def test_each_of_1700_people_is_told_once_by_a_server_that_refuses_hangs_and_forgets(tmp_path):
    people = [a_person(number) for number in range(1700)]
    status, clock = of_people(*people, ready={person.agent_id: f"vd-{person.login}" for person in people}), MovingClock()
    with smtp_server(bad_manners) as (port, boxes):
        for _life in range(4):
            # Another daemon each time: what was told is in the store alone.
            with closing(SqlStore(f"sqlite:///{tmp_path}/bascule.db", clock=clock)) as store:
                store.claim()
                worker = a_worker(mail_channel(port), store=store, clock=clock)
                for _round in range(3):
                    (state,) = worker.once(status)
                    clock.at += 300

    assert state.stages == {NoticeStage.SENT: 1700, NoticeStage.PENDING: 0}
    arrived = {person.mail: boxes.numbers(person.mail) for person in people}
    assert [mail for mail, numbers in arrived.items() if not numbers] == [], "nobody is left out"
    assert [mail for mail, numbers in arrived.items() if len(set(numbers)) > 1] == [], "each letter again has the same number"
    twice = {mail for mail, numbers in arrived.items() if len(numbers) > 1}
    kept_and_silent = {
        person.mail for person in people if bad_manners(person.mail, 1) in (Manner.TAKE_AND_DROP, Manner.TAKE_AND_HANG)
    }
    assert twice == kept_and_silent, "only what was kept without an answer arrives again"
    assert Counter(len(numbers) for numbers in arrived.values()) == {1: 1700 - len(twice), 2: len(twice)}


@pytest.mark.real
def test_what_will_never_be_taken_fails_and_no_text_has_an_address():
    with smtp_server(lambda *_: Manner.UNKNOWN_PERSON) as (port, _):
        store = MemoryStore()
        store.claim()
        (state,) = a_worker(mail_channel(port), store=store, clock=MovingClock()).once(
            of_people(ZOE, ready={ZOE.agent_id: "vd-1"})
        )

    assert state.stages == {NoticeStage.FAILED: 1, NoticeStage.PENDING: 0}
    assert "550" in state.failing
    assert "@" not in state.failing


@pytest.mark.real
def test_a_letter_arrives_as_it_was_written():
    with smtp_server(lambda *_: Manner.TAKE) as (port, boxes):
        store = MemoryStore()
        store.claim()
        a_worker(mail_channel(port), store=store, clock=MovingClock()).once(of_people(ZOE, ready={ZOE.agent_id: "vd-1"}))

    (letter,) = boxes.letters(ZOE.mail)
    assert (letter["To"], letter["From"], letter["Auto-Submitted"]) == (ZOE.mail, "bascule@dep.example", "auto-generated")
    assert letter.get_content_type() == "text/plain"
    assert "Zoé 1" in letter.get_payload(decode=True).decode("utf-8")


@pytest.mark.parametrize("mail", ["a@b\r\nRCPT TO:<c@d>", "a b@c", "a@b,c@d", "<a@b>", "a@", "", '"a b"@c', "a" * 255 + "@b"])
def test_what_is_no_plain_address_is_not_sent_to(mail):
    (notice,) = desired_notices(of_people(a_person(1, mail=mail), ready={ZOE.agent_id: "vd-1"})).values()

    assert not mail_channel(25).reaches(notice)


def test_a_server_that_is_not_there_takes_nothing_for_certain():
    worker_store = MemoryStore()
    worker_store.claim()
    (state,) = a_worker(mail_channel(1), store=worker_store, clock=MovingClock()).once(
        of_people(ZOE, ready={ZOE.agent_id: "vd-1"})
    )

    assert state.stages == {NoticeStage.PENDING: 1}
    assert state.failing
