"""F8: what a ceiling leaves out is said as planning says it, by what others use of it, and never as a wrong entitlement."""

from dataclasses import replace
from math import inf

import pytest

from provisioner.daemon.composition import site_config_of
from provisioner.doctor.entitlement import ceilings_at_present, demand_at_last
from provisioner.doctor.findings import Grade
from provisioner.model.commands import Observe
from provisioner.model.ids import ClusterId, ProfileName
from provisioner.model.kept.records import DesktopRecord, Records
from provisioner.model.machines.twin_spec import GuestSpec
from provisioner.model.people.profiles import Selection
from provisioner.model.scenario.ceilings import Ceiling, Reading
from provisioner.model.scenario.surges import SurgeRun
from provisioner.planning.demand.ceilings import ceilings_now
from provisioner.planning.demand.demand import demand_of
from provisioner.settings.prometheus import PrometheusSettings
from tests.adapters.prometheus.test_queries import a_vector, saying, served
from tests.builders.checkup import a_surge, a_wave, alarms
from tests.builders.cluster import NOW
from tests.builders.core import a_roster, an_agent_id
from tests.builders.pve import a_reservation
from tests.doctor.test_mistakes import PEOPLE, SITE, entitled, groups, small

VPN = Ceiling(name="vpn", limit=20, in_use="sum(vpn)")
TWO_WAVES = a_wave("first", who=groups("office"), priority=1), a_wave("last", who=groups("field"), priority=2)


def capped(limit: int, *waves, **changed):
    """Twenty people in each of two waves; so many may have a desktop."""
    scenario = a_surge(*(waves or TWO_WAVES), ceilings=(Ceiling(name="licences", limit=limit),))
    return SITE.but(agents=PEOPLE, scenario=scenario, **changed)


def asking(url: str, **changed):
    """The same, where a query says how many are in use."""
    asked = {"prometheus": PrometheusSettings(url=url, timeout_s=5.0)}
    return SITE.but(agents=PEOPLE, scenario=a_surge(*TWO_WAVES, ceilings=(VPN,)), settings=asked, **changed)


def test_a_wave_that_a_ceiling_leaves_out_is_right(tmp_path):
    """F8: it was BAD, "none of the 20 agents that it selects is entitled", with the fix "add them to entitlements"."""
    there = alarms(capped(20).findings(tmp_path))

    assert there.keys() == {"no_desktop", "ceiling_leaves_none"}
    wave = there["ceiling_leaves_none"]
    assert (wave.subject, wave.grade) == ("wave last", Grade.DOUBTFUL)
    assert wave.text == (
        "none of its 20 agents gets a desktop: the scenario's ceiling 'licences' allows 20 desktops, and people who are more "
        "important have them"
    )
    assert wave.fix.startswith("raise the ceiling")


def test_who_is_left_out_by_a_ceiling_is_not_to_be_entitled(tmp_path):
    """F8: the fix was "widen the entitlements, or the scenario's waves"."""
    left_out = alarms(capped(30).findings(tmp_path))["no_desktop"]

    assert left_out.text.startswith("10 agents get no desktop (login")
    assert left_out.fix == "raise the ceiling in the scenario, if more are there"


def test_a_wave_of_which_part_is_in_earlier_waves_and_the_rest_left_out(tmp_path):
    """F8: it was said that all of them belong to earlier waves."""
    waves = TWO_WAVES[0], a_wave("rest", priority=2)

    there = alarms(capped(20, *waves).findings(tmp_path))

    assert "wave_swallowed" not in there
    assert there["ceiling_leaves_none"].text.startswith("none of its 20 agents gets a desktop: ")


def test_a_group_that_is_filled_later_is_a_doubt_under_a_ceiling_too(tmp_path):
    """F8: people left out by a ceiling made a fault of every selection that is empty."""
    waves = a_wave("a", who=groups("office", "field")), a_wave("b", who=groups("later"))
    site = capped(20, *waves, entitlements=entitled(groups("graphics"), Selection()))

    found = [finding for finding in site.findings(tmp_path) if finding.code == "no_agent_of_group"]

    assert [(finding.subject, finding.grade) for finding in found] == [
        ("entitlement 1, profile standard", Grade.DOUBTFUL),
        ("wave b", Grade.DOUBTFUL),
    ]


@pytest.mark.long
def test_what_others_use_is_taken_off_as_a_forecast_does(tmp_path):
    """F8: everybody was said to get one where others use a part of the limit."""
    with served(saying(a_vector("12"))) as (url, asked):
        findings = asking(url).findings(tmp_path)

    texts = {finding.text for finding in findings}
    assert len(asked) == 1
    assert "ceiling 'vpn' allows 20, and others use 12: 8 people may have a desktop" in texts
    assert "20 agents are entitled and in wave 'first' of scenario 'surge'" in texts
    assert "the 8 desktops that are still to be made fit" in texts
    assert alarms(findings)["ceiling_leaves_none"].subject == "wave last"


@pytest.mark.long
def test_our_own_desktops_are_not_others(tmp_path):
    running = small(guests=(GuestSpec(vmid=20_001, node="pve1", name="vd-20001", storage="thin"),))
    ours = replace(a_reservation(20_001, agent=an_agent_id(1)), cluster=ClusterId(SITE.spec.name))
    records = Records(desktops={ours.name: DesktopRecord(reservation=ours, assigned_to=an_agent_id(1))})
    with served(saying(a_vector("12"))) as (url, _):
        site = asking(url, records=records).but(spec=running.spec)
        settings, outside, now = site.site(tmp_path)
        (client,) = outside.hypervisors.values()
        views = {client.cluster: client.observe(Observe(cluster=client.cluster))}
        (state,) = ceilings_at_present(settings, records, views, now=now)

    assert (state.others, state.room) == (11, 9)


def test_the_doctor_wants_whom_planning_wants(tmp_path):
    """With what others use, and with who has a desktop already, though others are more important."""
    settings, _, _ = asking("http://127.0.0.1:1").site(tmp_path)
    config, roster = site_config_of(settings), a_roster(PEOPLE)
    last = an_agent_id(40)
    records = Records(desktops={(made := a_reservation(agent=last)).name: DesktopRecord(reservation=made, assigned_to=last)})
    states = ceilings_now(config.scenario, {VPN.in_use: Reading(at=NOW, value=12)})

    ours = demand_at_last(settings, roster, records=records, ceilings=states)
    planning = demand_of(
        roster,
        config.rules,
        run=SurgeRun.begun("surge", 0.0),
        now=inf,
        served=records.served,
        ceilings=states,
        owners=records.owners,
    )

    assert len(ours.wants) == 8
    assert ours == planning


def test_a_query_that_is_not_answered_is_a_doubt_and_the_limit_counts(tmp_path):
    there = alarms(asking("http://127.0.0.1:1").findings(tmp_path))

    assert there["ceiling_unasked"].grade is Grade.DOUBTFUL
    assert "the limit of 20 counts as it stands" in there["ceiling_unasked"].text
    assert there["ceiling_unasked"].fix == "check prometheus.url and the way to it"


@pytest.mark.long
def test_where_others_use_all_of_it_the_ceiling_is_the_fault(tmp_path):
    """Not the entitlements."""
    with served(saying(a_vector("20"))) as (url, _):
        findings = asking(url).findings(tmp_path)

    bad = [finding for finding in findings if finding.grade is Grade.BAD]
    assert [(finding.subject, finding.code) for finding in bad] == [("scenario", "ceiling_leaves_none")]
    assert "others use 20 of them" in bad[0].text


def test_without_a_scenario_nobody_is_wrongly_entitled(tmp_path):
    """Planning keeps what there is: `no_scenario`. It was said that everybody is in wave 'everyone'."""
    made = replace(a_reservation(agent=an_agent_id(1)), profile=ProfileName("standard"))
    kept = {made.name: DesktopRecord(reservation=made, assigned_to=an_agent_id(1))}
    records = Records(desktops=kept, baseline_accepted=False)
    findings = SITE.but(records=records, scenario=None).findings(tmp_path)

    there = alarms(findings)
    assert not [finding for finding in findings if finding.grade is Grade.BAD]
    assert there["no_desktop"].fix == "name a scenario in bascule.yaml"
    assert there["no_desktop"].text.startswith("39 agents get no desktop")
    assert "1 agents were given a desktop, and keep it: no wave selects them" in {finding.text for finding in findings}
