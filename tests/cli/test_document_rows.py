"""A status as table rows and as JSON documents."""

import re

import pytest

from provisioner.cli.document_rows import AGENT_COLUMNS, action_kind_rows
from provisioner.cli.operating.status_text import status_lines
from provisioner.cli.output import plain
from provisioner.cli.why_parts import clock
from provisioner.model.departures import Departure
from provisioner.model.machines.desktops import Phase, Unheard
from provisioner.model.words import GuestWord
from provisioner.planning.report.status import StatusInputs, build_status
from provisioner.planning.steps.planner import make_plan
from provisioner.planning.survey.survey import free_resources
from provisioner.planning.survey.surveyor import survey
from provisioner.texts.translate import term, word
from provisioner.views.figures import figures_document
from provisioner.views.published import Published
from provisioner.views.status import status_document
from provisioner.views.times import stamp
from tests.builders.actions import a_name, an_agent_id
from tests.builders.cluster import NOW, a_profile, a_view
from tests.builders.core import a_config, a_desktop, a_report, a_roster, a_session, a_situation, a_want_ahead
from tests.builders.views import agent_rows, desktop_rows, document_of


def shown(status):
    """The lines of `status`, unfolded."""
    return status_lines(
        {"daemon": None, "config": None, "status": plain(status_document(Published(status=status)))}, columns=1000
    )


def a_status(*desktops, wanted=0, agents=3, **changed):
    """The status of these desktops, where agents 1 to `wanted` want one."""
    situation = a_situation(desktops, wanted=wanted, roster=a_roster(agents), **changed)
    survey_result = survey(situation)
    room = free_resources(situation, survey_result)
    plan = make_plan(situation, survey_result, room)
    return build_status(situation, survey_result, plan, StatusInputs(), room=room, before=None)


def test_a_leavers_desktop_says_its_step_and_the_next_date():
    gone = a_desktop(7, Phase.STOPPED).but(departure=Departure(since=NOW - 100_000))
    status = a_status(gone)

    (row,) = desktop_rows(status).values()
    assert re.fullmatch(
        r"stopped \(gone since \d{4}-[^)]+\), recycled from \d{4}-.+ on: the person is no longer in the directory", row[-1]
    )
    assert figures_document(status).leaving == {"stopped": 1}


@pytest.mark.parametrize("minutes", [0, 30])
def test_of_a_cluster_that_does_not_answer_the_phase_is_unknown_and_what_it_was_is_said_beside_it(minutes):
    """Lists went on showing the phase that was seen last, as if somebody had looked."""
    status = a_status(a_desktop(1), wanted=1, agents=1, view=a_view(taken_at=NOW - 60 * minutes))

    (desktop,) = desktop_rows(status).values()
    (agent,) = agent_rows(status)
    seat = document_of("agents", status)["agents"][0]
    if not minutes:
        assert (desktop[4], agent[4], seat["unseen_since"]) == ("ready", "ready", None)
        return
    then = f"its cluster was seen last at {clock(stamp(NOW - 1800))}: ready then"
    assert (desktop[4], agent[4]) == ("unknown", "unknown")
    assert then in desktop[-1]
    assert then in agent[-1]


def test_desktops_that_give_no_report_are_counted_by_reason_and_each_says_its_own():
    """E5: `bascule status` says what to do about each reason, `bascule desktop list` what the guest said."""
    unheard = {a_name(n): Unheard(word=GuestWord.NO_FILE, text=f"no such file {n}", since=NOW - 50) for n in (1, 2, 3)}
    status = a_status(a_desktop(1), a_desktop(2, Phase.STARTING), a_desktop(3, Phase.STOPPED), unheard=unheard)

    said = (
        "2 desktops give no report (no file): the status document is not there; bascule-guest.service has to run in the image"
    )
    assert said in shown(status)
    assert [row[-1] for row in desktop_rows(status).values()] == [
        "gave no report when it was asked last: no such file 1",
        "running, but has not reported ready since it booted: no such file 2",
        "configured and powered off",
    ]
    assert figures_document(status).guests_unknown == {"no_file": 2}


def test_desktops_that_do_not_follow_their_profile_are_counted():
    config = a_config(a_profile(bridge="vmbr1"))
    status = a_status(a_desktop(1), a_desktop(2), a_desktop(3, address="10.40.0.13"), config=config)

    said = [
        "3 desktops do not have what their profile says now, and get it at their next start (at once: `bascule desktop "
        "reconfigure`)",
        "the address of 1 desktop is none of its profile's now (`bascule report drift` names it)",
    ]
    assert [line for line in shown(status) if "profile" in line] == said
    assert not any("profile" in line for line in shown(a_status(a_desktop(1))))


def rows_of(status):
    """The rows by login."""
    rows = [dict(zip(AGENT_COLUMNS, row, strict=True)) for row in agent_rows(status)]
    return {row["login"]: row for row in rows}


@pytest.mark.parametrize(
    ("status", "desktop", "phase", "because"),
    [
        pytest.param(a_status(wanted=1), "-", "-", "its clone comes next", id="wanted, and ordered next"),
        pytest.param(
            a_status(a_desktop(1, Phase.READY), wanted=1),
            "vd-5001",
            "ready",
            "",
            id="served: nothing to explain",
        ),
        pytest.param(
            a_status(a_desktop(1, Phase.FAILED), wanted=1), "vd-5001", "failed", "gave up after 5 tries: no", id="given up"
        ),
        pytest.param(
            a_status(a_desktop(1, Phase.STOPPED), ahead=[a_want_ahead(1)]),
            "vd-5001",
            "stopped",
            "made ahead of need: the agent's batch is not open yet",
            id="made ahead of need",
        ),
        pytest.param(
            a_status(a_desktop(1, Phase.FAILED), ahead=[a_want_ahead(1)]),
            "vd-5001",
            "failed",
            "gave up after 5 tries: no; it is replaced when its agent's batch opens",
            id="not to be made ahead",
        ),
    ],
)
def test_an_agent_has_a_desktop_or_the_reason_for_none(status, desktop, phase, because):
    row = rows_of(status)["login0001"]

    assert (row["desktop"], row["phase"]) == (desktop, phase)
    assert row["because"] == because


def test_a_superseded_desktop_names_the_desktop_that_counts():
    both = [a_desktop(1), a_desktop(2, Phase.STOPPED, agent_id=an_agent_id(1))]
    status = a_status(*both, wanted=1, superseded={a_name(2): a_name(1)})

    assert rows_of(status)["login0001"]["desktop"] == "vd-5001"
    assert desktop_rows(status)[a_name(2)][-1] == "superseded by vd-5001; configured and powered off"


def test_a_prepared_agent_is_in_a_wave_already():
    assert rows_of(a_status(ahead=[a_want_ahead(1)]))["login0001"]["wave"] == "everyone"


def test_every_agent_of_the_roster_is_listed_once_by_login():
    status = a_status(a_desktop(2), wanted=2, agents=4)

    assert list(rows_of(status)) == ["login0001", "login0002", "login0003", "login0004"]


@pytest.mark.parametrize(
    ("desktop", "sessions"),
    [
        pytest.param(a_desktop(1), 0, id="nobody"),
        pytest.param(a_desktop(1).but(report=a_report(sessions=(a_session(), a_session("léa")))), 2, id="two"),
        pytest.param(a_desktop(1, Phase.UNKNOWN), "unknown", id="unknown is never none"),
    ],
)
def test_a_desktop_shows_its_sessions(desktop, sessions):
    status = a_status(desktop, wanted=1)

    (row,) = desktop_rows(status).values()
    assert (row[0], str(row[1]), row[2], row[5]) == ("vd-5001", "pve/5001", "login0001", sessions)


def test_unknown_sessions_are_said_beside_the_known_ones():
    known = a_desktop(1).but(report=a_report(sessions=(a_session("login0001"),)))

    strange = a_desktop(1).but(report=a_report(sessions=(a_session("zoe"),)))
    assert shown(a_status(known, wanted=1))[0].startswith(
        "1 of 1 wanted desktop ready; 1 open session (desktops counted: 1, unknown: 0"
    )
    assert "; 1 open session, 1 of strangers (`bascule desktop list` names them) (" in shown(a_status(strange, wanted=1))[0]
    assert shown(a_status(known, a_desktop(2, Phase.UNKNOWN), wanted=2))[0].startswith(
        "1 of 2 wanted desktops ready; 1 open session (desktops counted: 1, unknown: 1"
    )


def test_desktops_that_do_not_exist_yet_make_the_table_add_up():
    status = a_status(a_desktop(1), a_desktop(2, Phase.STOPPED), wanted=5, agents=5)

    assert "office: 1 ready, 1 stopped, 3 not created yet" in shown(status)


def test_many_actions_show_each_kind_once_with_its_number():
    status = a_status(*(a_desktop(n, Phase.STOPPED) for n in range(1, 4)), wanted=5, agents=5)
    starts = document_of("plan", status)["actions"]

    rows = list(action_kind_rows([*starts, *starts]))
    assert sum(int(str(row[0])) for row in rows) == 2 * len(starts)
    assert len({row[1] for row in rows}) == len(rows)


def test_a_word_that_explains_too_little_has_a_label_for_people_alone():
    assert (word(Phase.UNPROVEN), term("order", "checkguest")) == ("being identified", "ask guest")
    assert plain(Phase.UNPROVEN) == "unproven"
