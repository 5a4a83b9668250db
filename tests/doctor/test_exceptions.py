"""Who is selected: an exception that leaves nobody out, and people who come by half-days."""

from provisioner.doctor.entitlement import entitled
from provisioner.doctor.findings import Grade
from provisioner.doctor.waves import examine_selections
from provisioner.settings.bascule import load_settings
from tests.builders.core import a_roster, an_agent
from tests.builders.settings import a_site
from tests.settings.test_rotation import a_rotating_site


def test_a_misspelt_exception_is_named_with_what_was_probably_meant(tmp_path):
    scenario = "name: s\nwaves:\n  - {name: rest, who: everyone, except: {groups: [portable]}, ready_by: start + 1h}\n"
    site = a_site(tmp_path).append("scenario: surge.yaml\n").write("surge.yaml", scenario)
    settings = load_settings(site.main, environment=site.environment)
    roster = a_roster([an_agent(1), an_agent(2, groups=frozenset({"portables"}))])

    (finding,) = [found for found in examine_selections(settings, roster) if "except" in found.subject]

    assert finding.subject == "except of wave rest"
    assert "portable" in finding.text
    assert "portables" in finding.fix


def test_people_who_come_by_half_days_are_not_left_out(tmp_path):
    settings = a_rotating_site(tmp_path, "pool: desk, people: {who: everyone, slots: 5 of 10}").load()
    roster = a_roster(7)

    found = [*entitled(settings, roster), *examine_selections(settings, roster)]

    assert [finding.code for finding in found] == ["takes_turns"]
    assert found[0].text == "7 agents come by half-days, on the desktops of pool desk"


def test_a_misspelt_criterion_of_a_rotation_is_named_with_what_was_probably_meant(tmp_path):
    """37: the doctor looked at the criteria of waves alone."""
    people = "people: {who: {sites: [Mitte]}, slots: 5 of 10, except: {departments: [portable]}}, every_slot: {groups: [g2]}"
    settings = a_rotating_site(tmp_path, f"pool: desk, {people}").load()
    roster = a_roster([an_agent(1, site="Mitte"), an_agent(2, site="Mitte", department="portables")])

    found = list(examine_selections(settings, roster))

    assert [(finding.subject, finding.code) for finding in found] == [
        ("except of the rotation", "no_agent_of_department"),
        ("every_slot of the rotation", "no_agent_of_group"),
    ]
    assert "portables" in found[0].fix
    assert {finding.grade for finding in found} == {Grade.DOUBTFUL}


def test_a_rotation_that_selects_nobody_is_a_fault_if_people_get_nothing(tmp_path):
    settings = a_rotating_site(tmp_path, "pool: desk, people: {who: {sites: [Mite]}, slots: 5 of 10}").load()
    roster = a_roster([an_agent(1, site="Mitte"), an_agent(2, site="Mitte")])

    found = {str(finding.subject): finding for finding in examine_selections(settings, roster)}

    assert found["rotation"].grade is Grade.BAD
    assert "Mitte" in found["rotation"].fix
