"""What desktops of a twin push: signed as by the real guest, at once and at rest, lost and doubled by its file."""

from itertools import pairwise

import pytest

from provisioner.model.ids import DesktopName
from provisioner.model.machines.desktops import EventKind, GuestReport, SessionState
from provisioner.model.machines.twin_spec import HangDesktops, LogOns, PushSpec
from provisioner.model.status_document import parse_status
from provisioner.model.words import PushWord
from provisioner.sessions.push import KnownBoot, Push, check_push, headers_of, parse_push
from tests.builders.twin import NODE, Lab, a_spec
from tests.sessions.desktops import _push as guests_own

VM = f"/nodes/{NODE}/qemu/101"
EVERYBODY = PushSpec(share=1.0, delay_s=0.0)


class Listening(Lab):
    """A twin, and what arrives of its pushes, with the time."""

    def __init__(self, push: PushSpec = EVERYBODY, log_ons: LogOns | None = None, **changed: object) -> None:
        super().__init__(a_spec(push=push, log_ons=log_ons or LogOns(), **changed))
        self.heard: list[tuple[float, Push]] = []
        self.twin.push_to(lambda push: self.heard.append((self.clock, parse_push(headers_of(push), push.body.encode()))))

    def started(self, *vmids: int) -> "Listening":
        self.cloned(*vmids)
        for vmid in vmids:
            assert self.start(vmid) == "OK"
        self.wait(80)
        return self

    def pulled(self) -> GuestReport:
        text = self.get(f"{VM}/agent/file-read", file="/run/bascule/status.json")["content"]
        return parse_status(text, read_at=self.events.now, source="guest_agent")

    def reports(self) -> list[GuestReport]:
        return [parse_status(push.body, read_at=self.begin + at, source="push", signed=True) for at, push in self.heard]


def test_a_push_is_accepted_with_the_secret_that_a_pull_has_learned():
    lab = Listening(log_ons=LogOns(concurrent=1, spread_s=20.0)).started(101)
    report, (at, push) = lab.pulled(), lab.heard[-1]
    known = KnownBoot(
        desktop=DesktopName("vd-101"),
        boot_id=report.boot_id,
        secret=report.push_secret,
        sequence=0,
        began_at=report.booted_at or 0.0,
    )

    verdict = check_push(push, [known], heard_at=lab.begin + at)

    assert verdict.word is PushWord.ACCEPTED, verdict.problem
    assert verdict.report is not None
    assert [session.login for session in verdict.report.sessions] == ["agent101"]
    assert "push_secret" not in push.body
    assert push.signature == guests_own.signature(
        report.push_secret, vmid=101, boot_id=push.boot_id, sequence=push.sequence, body=push.body.encode()
    ), "as the golden image's own program signs it"


def test_it_pushes_when_it_comes_up_when_it_is_ready_and_at_each_event():
    people = LogOns(concurrent=1, spread_s=0.0, away_after_s=10.0, away_s=5.0, stay_s=20.0)
    lab = Listening(log_ons=people).started(101)
    words = [[event.kind for event in report.events][-1:] for report in lab.reports()]

    assert words == [[], [], [EventKind.LOGON], [EventKind.DISCONNECT], [EventKind.CONNECT], [EventKind.LOGOFF]]
    assert [report.ready for report in lab.reports()] == [False, *[True] * 5]
    assert [event.number for event in lab.reports()[-1].events] == [1, 2, 3, 4]
    away = lab.reports()[3]
    assert ([session.state for session in away.sessions], away.connections) == ([SessionState.DISCONNECTED], 0)


def test_at_rest_it_pushes_each_minute_but_not_to_the_second():
    lab = Listening().started(101)
    lab.wait(1200)
    rests = [round(later - at, 1) for (at, _), (later, _) in pairwise(lab.heard[1:])]

    assert all(54.0 <= rest_s <= 66.0 for rest_s in rests)
    assert len(set(rests)) > 15


def test_another_boot_has_another_id_and_secret_and_what_is_off_says_nothing():
    lab = Listening().started(101)
    before = lab.pulled()
    lab.do("POST", f"{VM}/status/stop")
    silent = len(lab.heard)
    lab.wait(600)
    assert len(lab.heard) == silent

    lab.start(101)
    lab.wait(60)
    after = lab.pulled()

    assert before.boot_id != after.boot_id == lab.heard[-1][1].boot_id
    assert before.push_secret != after.push_secret


@pytest.mark.parametrize(
    ("push", "arrive"),
    [
        pytest.param(PushSpec(), (0, 0), id="by default nothing is pushed"),
        pytest.param(PushSpec(share=0.5), (150, 350), id="half of the images push"),
        pytest.param(PushSpec(share=1.0, lost=1.0), (0, 0), id="all are lost"),
        pytest.param(PushSpec(share=1.0, lost=0.5), (150, 350), id="half are lost"),
        pytest.param(PushSpec(share=1.0, doubled=1.0), (900, 1100), id="all arrive twice"),
    ],
)
def test_how_many_arrive(push: PushSpec, arrive: tuple[int, int]):
    lab = Listening(push).started(*range(101, 111))
    lab.heard.clear()
    lab.wait(50 * 60)

    assert arrive[0] <= len(lab.heard) <= arrive[1]


def test_an_image_that_pushes_nothing_has_no_secret():
    assert Listening(PushSpec()).started(101).pulled().push_secret == ""


def test_a_wrong_clock_is_in_every_time_but_not_in_the_sequence():
    lab = Listening(PushSpec(share=1.0, delay_s=0.0, skew_s=120.0), LogOns(concurrent=1, spread_s=1.0)).started(101)
    report, skew_s = lab.reports()[-1], lab.twin.cluster.guests[101].skew_s
    at = lab.begin + lab.heard[-1][0]

    assert 1.0 < abs(skew_s) <= 120.0
    assert report.written_at == pytest.approx(at + skew_s, abs=0.01)
    assert report.sessions[0].since == pytest.approx(at + skew_s, abs=0.01)
    assert report.booted_at is not None
    assert report.booted_at - skew_s + report.sequence / 1e6 == pytest.approx(at, abs=0.01)


def test_a_desktop_that_hangs_is_silent_and_keeps_its_session():
    people = LogOns(concurrent=1, spread_s=1.0, stay_s=120.0)
    lab = Listening(log_ons=people, faults=[HangDesktops(share=1.0, at_s=100.0)]).started(101)
    lab.wait(101 - lab.clock)
    heard = len(lab.heard)
    lab.wait(600)

    assert (heard > 2, len(lab.heard)) == (True, heard)
    assert lab.truth.session_logins == ((101, "agent101"),)
    assert not lab.ask("POST", f"{VM}/agent/ping").ok


def test_a_desktop_that_was_up_before_the_twin_began_goes_on_pushing():
    lab = Listening().started(101)
    other: list[Push] = []
    lab.twin.cluster.on_news.clear()
    lab.twin.push_to(other.append)
    lab.wait(70)

    assert [push.vmid for push in other] == [101]
