"""An exception of a wave that leaves nobody out: who was meant would get a desktop."""

from provisioner.daemon.doctor.waves import examine_selections
from provisioner.settings.bascule import load_settings
from tests.builders.core import a_roster, an_agent
from tests.builders.settings import a_site


def test_a_misspelt_exception_is_named_with_what_was_probably_meant(tmp_path):
    scenario = "name: s\nwaves:\n  - {name: rest, who: everyone, except: {groups: [portable]}, ready_by: start + 1h}\n"
    site = a_site(tmp_path).append("scenario: surge.yaml\n").write("surge.yaml", scenario)
    settings = load_settings(site.main, environment=site.environment)
    roster = a_roster([an_agent(1), an_agent(2, groups=frozenset({"portables"}))])

    (finding,) = [found for found in examine_selections(settings, roster) if "except" in found.subject]

    assert finding.subject == "except of wave rest"
    assert "portable" in finding.text
    assert "portables" in finding.fix
