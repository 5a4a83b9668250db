"""`bascule check --trial`: for which profiles desktops are tried, and what is said if none is."""

from dataclasses import replace

from provisioner.doctor.entitlement import profiles_used
from provisioner.model.ids import DesktopPoolName, ProfileName
from provisioner.model.pools import DesktopPool
from provisioner.model.scenario.scenarios import Shortage
from tests.builders.checkup import Checkup, a_surge
from tests.builders.cli import a_lonely_site, bascule
from tests.builders.rehearsal import a_profile_on
from tests.builders.twin import a_spec


def test_that_no_trial_is_made_is_said_with_its_reason(tmp_path):
    """F8: a fault was found, and of the trial there was no word."""
    site = a_lonely_site(tmp_path)

    ended = bascule("check", "--trial", "--json", "--config", str(site.main))

    last = ended.document[-1]
    assert ended.code == 1
    assert (last["subject"], last["grade"], last["code"]) == ("trial", "doubtful", "trial_left_out")
    assert "`bascule check --trial` again" in last["fix"]
    assert "trial_left_out" not in {
        finding["code"] for finding in bascule("check", "--json", "--config", str(site.main)).document
    }


def test_every_profile_that_somebody_may_get_is_tried(tmp_path):
    """F8: of a pool's profile, and of one that people get for want of room, nothing was tried, without a word."""
    spec = a_spec(nodes=3)
    pooled, less, unused = (replace(a_profile_on(spec), name=ProfileName(name)) for name in ("pooled", "less", "unused"))
    pool = DesktopPool(name=DesktopPoolName("desk"), profile=pooled.name, size=3)
    site = Checkup(
        spec=spec,
        profiles=(pooled, less, unused),
        scenario=a_surge(shortage=Shortage(profiles=(less.name,))),
        settings={"pools": {pool.name: pool}},
    )
    settings, _, _ = site.site(tmp_path)

    assert profiles_used(settings) == {"standard", "pooled", "less"}
