"""H2: a desktop's name is its VMID, and is given again. What root has said in the one before is not the next one's."""

from provisioner.model.kept.records import DesktopRecord
from provisioner.model.machines.guest_bounds import RATES, Flow
from provisioner.ports import Changes
from tests.builders.cluster import NOW
from tests.sessions.desktops import SpeakingDesktop
from tests.sessions.test_gate import a_site, liar, said


def test_the_next_desktop_of_a_name_is_not_cut_for_what_the_one_before_has_said():
    """It was cut from its first word on, named for a flood, and its restart in the first boot taken for one too many."""
    site = a_site(5001, 5002)
    hostile, name = liar(site, 5002), site.names[5002]
    for number in range(int(RATES[Flow.DOCUMENT].at_once) + 5):
        site.clock.at = NOW + 1 + number / 100
        site.push(said(hostile, site.clock.at))
    assert site.intake.cut_lately(site.clock.at) == (name,)

    record: DesktopRecord = site.cache.state.desktops[name]
    del site.names[5002]
    site.cache.commit(Changes(desktops={name: None}))
    site.cycle()
    assert site.intake.known(name) is None
    assert not site.intake.signers.knows_boot(hostile.push(site.clock.at))

    site.names[5002] = name
    site.cache.commit(Changes(desktops={name: record}))
    after = SpeakingDesktop(vmid=5002, booted_at=NOW, boots=1)
    site.pull(after)
    site.clock.at += 0.01

    assert site.push(after.push(site.clock.at)) == ["accepted"]
    assert site.intake.cut_lately(site.clock.at) == ()
