"""E5: lines about desktops that give no report: healthy boots have none, and one cause does not fill the log."""

from dataclasses import replace

from provisioner.adapters.logs.lines import Silence
from provisioner.model.actions import Plan
from provisioner.model.ids import DesktopName
from provisioner.model.machines.desktops import Phase, Unheard
from provisioner.model.status import DesktopState, Status
from provisioner.model.words import GuestWord
from tests.builders.monitors import MONDAY, a_desktop, a_status


def a_silent(number: int, phase: Phase = Phase.READY, word: GuestWord = GuestWord.NO_AGENT) -> DesktopState:
    unheard = Unheard(word=word, text="QEMU guest agent is not running", since=MONDAY)
    return replace(a_desktop(number, phase), unheard=unheard)


def status(*desktops: DesktopState, at_s: float = 0.0, overdue: int = 0) -> Status:
    """`overdue`: so many desktops, from number 1 on."""
    names = frozenset(DesktopName(f"vd-{number}") for number in range(1, overdue + 1))
    return a_status(at=MONDAY + at_s, desktops=desktops, plan=Plan(overdue=names))


def named(lines: list[tuple[str, str]]) -> list[str]:
    return [subject for subject, _ in lines if subject != "desktops"]


def counted(lines: list[tuple[str, str]]) -> list[str]:
    return [text for subject, text in lines if subject == "desktops"]


def test_a_boot_without_a_guest_agent_has_a_line_once_it_should_be_over_beside_the_others_of_its_node():
    silence, boots = Silence(), [a_silent(1, Phase.STARTING), a_silent(2, Phase.STARTING)]

    assert list(silence.follow(status(*boots, at_s=900.0))) == []
    assert list(silence.follow(status(*boots, at_s=20.0, overdue=1))) == [], "it was just asked"
    assert named(list(silence.follow(status(*boots, at_s=910.0, overdue=1)))) == ["desktop vd-1"]
    assert named(list(silence.follow(status(*boots, at_s=920.0, overdue=1)))) == []


def test_of_one_cause_five_are_named_in_ten_minutes_and_the_others_counted_once_a_minute():
    silence, lines = Silence(), list[tuple[str, str]]()
    for number in range(1, 21):  # one boot after the other, ten seconds apart
        desktops = [a_silent(each) for each in range(1, number + 1)]
        lines += silence.follow(status(*desktops, at_s=10.0 * number))

    assert named(lines) == [f"desktop vd-{number}" for number in range(1, 6)]
    assert [text.split()[0] for text in counted(lines)] == ["1", "6", "6"]
    assert counted(list(silence.follow(status(*map(a_silent, range(1, 21)), at_s=300.0))))[0].startswith("2 more")


def test_another_cause_is_named_all_the_same_and_so_is_the_first_ten_minutes_later():
    silence = Silence()
    many = [a_silent(number) for number in range(1, 10)]
    list(silence.follow(status(*many)))

    other = a_silent(10, word=GuestWord.NO_FILE)
    assert named(list(silence.follow(status(*many, other, at_s=10.0)))) == ["desktop vd-10"]
    assert named(list(silence.follow(status(*many, other, a_silent(11), at_s=700.0)))) == ["desktop vd-11"]


def test_a_clock_that_is_set_back_hushes_nothing():
    silence = Silence()
    list(silence.follow(status(*(a_silent(number) for number in range(1, 10)), at_s=3600.0)))

    lines = list(silence.follow(status(*(a_silent(number) for number in range(1, 11)))))

    assert named(lines) == ["desktop vd-10"]


def test_a_desktop_that_has_answered_since_is_not_counted():
    silence, many = Silence(), [a_silent(number) for number in range(1, 10)]
    list(silence.follow(status(*many[:6])))  # the sixth is counted, at once
    list(silence.follow(status(*many, at_s=10.0)))

    lines = list(silence.follow(status(*many[:7], a_desktop(8), a_desktop(9), at_s=70.0)))

    assert [text.split()[0] for text in counted(lines)] == ["1"]
