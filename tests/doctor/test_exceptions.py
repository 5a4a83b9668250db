"""Who is selected: an exception that leaves nobody out, and people who come by half-days."""

from provisioner.doctor.entitlement import entitled
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
