"""The site of the hostile recording: what `bascule init` writes, and what an administration adds to it by hand.

Two profiles of people, two pools of a third, of which the help desk lends one and a rotation the other, waves with deadlines, a
ceiling; all times are Europe/Paris.
"""

from dataclasses import dataclass, replace
from pathlib import Path

from provisioner.model.ids import StorageId
from provisioner.model.machines.twin_spec import CutQuorum, Durations, FillStorage, HangDesktops, KillNode, TwinSpec
from provisioner.model.people.agents import Agent
from provisioner.settings.directory import DirectorySettings
from provisioner.settings.values import Settings
from provisioner.setup.cluster_look import ImageTemplates
from provisioner.setup.site_files import NewSite, files_of
from provisioner.setup.writing import write_site
from tests.builders.core import an_agent
from tests.builders.settings import Site
from tests.builders.twin import STORAGE, TEMPLATE, a_spec

CLUSTER, ZONE = "lab", "Europe/Paris"
NODES = tuple(f"pve{number}" for number in range(1, 9))
PEOPLE, SHARING = 180, 24
"""In all; those of them who share desktops by half-days."""
SEATS = 400
OTHERS = SEATS - PEOPLE + SHARING + 16
"""Seats that others take in between: sixteen people of the waves have none."""
SLOW_NODE, FULL_NODE, LOST_NODE = NODES[:3]
IN_USE = "sum(vpn_sessions_active)"
_CAD, SHARES = "bureau-etudes", "accueil"
"""Groups."""
SLOW_TIMES = 8.0
CRISIS, ESSENTIAL, REST = "crisis cell", "essential services", "everyone else"
"""Waves."""
DUE_S, BATCH, EVERY_S = {CRISIS: 600.0, ESSENTIAL: 900.0, REST: 1200.0}, 40, 600.0
"""Deadlines from the start on; the last wave's is its first batch's, and the others follow."""
_SCENARIO = f"""\
name: confinement
calendar: departement
waves:
  - {{name: {CRISIS}, who: {{groups: [cellule-crise]}}, ready_by: start + {DUE_S[CRISIS]:.0f}s}}
  - {{name: {ESSENTIAL}, who: {{groups: [services-essentiels]}}, ready_by: start + {DUE_S[ESSENTIAL]:.0f}s}}
  - name: {REST}
    who: everyone
    except: {{groups: [{SHARES}]}}
    ready_by: start + {DUE_S[REST]:.0f}s
    batches: {{size: {BATCH}, every: {EVERY_S:.0f}s}}
    gate: {{ready: 90%}}
during:
  ceilings:
    vpn: {{limit: {SEATS}, counts: sessions, in_use: '{IN_USE}'}}
rotation:
  pool: shared
  people: {{who: {{groups: [{SHARES}]}}, slots: 5 of 10}}
  reserve: 2
end: {{when: by hand}}
"""
_BY_HAND = """\
prometheus: {url: https://prometheus.example.org}
pools:
  help-desk: {profile: shared, size: 6, after_person: restart}
  shared: {profile: shared, size: 16, lend: by plan, after_person: restart}
"""


def a_person(number: int) -> Agent:
    """One in 20 is of the crisis cell, one in five of the essential services, one in four draws; the last ones share."""
    if number > PEOPLE - SHARING:
        return an_agent(number, groups=frozenset({SHARES}))
    groups = {"cellule-crise"} if number % 20 == 1 else {"services-essentiels"} if number % 5 == 2 else set()
    return an_agent(number, groups=frozenset(groups | ({_CAD} if number % 4 == 3 else set())))


EVERYBODY = tuple(map(a_person, range(1, PEOPLE + 1)))
BORROWER = EVERYBODY[4]
"""Somebody whose own desktop is broken."""


def settings_in(folder: Path) -> Settings:
    """Write the files, change them by hand, and load them as the daemon does."""
    write_site(folder, files_of(_new_site()), environment={})
    site, standard = Site(folder=folder), (folder / "profiles" / "standard.yaml").read_text(encoding="utf-8")
    site.write("profiles/shared.yaml", standard.replace("dedicated: true", "dedicated: false"))
    site.append("\nhome_share: //files.example.org/homes\n", name="profiles/shared.yaml")
    site.write("profiles/cad.yaml", standard).change("memory_mib: 4096", "memory_mib: 8192", name="profiles/cad.yaml")
    for number, node in enumerate(NODES):
        site.change(f"{node}: {TEMPLATE + number}", f"{node}: {TEMPLATE + 100 + number}", name="profiles/cad.yaml")
    site.write("scenarios/confinement.yaml", _SCENARIO)
    site.change("scenario: scenarios/everyone.yaml", "scenario: scenarios/confinement.yaml")
    shipped = "  standard: profiles/standard.yaml\n"
    site.change(shipped, f"{shipped}  cad: profiles/cad.yaml\n  shared: profiles/shared.yaml\n")
    site.change("entitlements:\n", f"entitlements:\n  - profile: cad\n    who: {{groups: [{_CAD}]}}\n")
    return site.append(_BY_HAND).load()


def _new_site() -> NewSite:
    places = {StorageId(STORAGE): {node: TEMPLATE + number for number, node in enumerate(NODES)}}
    return NewSite(
        installation="lab", timezone=ZONE, cluster=CLUSTER, endpoints=("https://pve1:8006",), token_id="bascule@pve!daemon",
        vmids=(20_001, 21_999), directory=DirectorySettings(urls=("ldaps://directory",), base="ou=people,dc=lab"),
        image=ImageTemplates(name="golden", places=places, vcpus=2, memory_mib=4096, disk_gib=32), bridge="vmbr0",
        own_places=True, secrets={"token": "0-1-2", "note-key": "k" * 64},
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Crisis:
    """When what happens; seconds from the beginning, at 07:30 in Paris on a Friday. What has two times ends at the second."""

    lasts_s: float = 7050.0
    lends_at: tuple[float, float] = (1260.0, 4020.0)
    """The help desk lends a desktop, and takes it back."""
    slow_at: float = 120.0
    """From then on the first node's storage is eight times as slow."""
    node_away: tuple[float, float] = (1320.0, 3120.0)
    """Half an hour; it is back while nobody sees it."""
    others: tuple[float, float] = (1500.0, 2640.0)
    """Others take so many seats of the VPN that some of the last batch are left out."""
    stopped: tuple[float, float] = (3000.0, 3300.0)
    """The daemon."""
    directory_away: tuple[float, float] = (3650.0, 4700.0)
    """Three readings fail, at 3,900 s, 4,200 s and 4,500 s."""
    hang_at: float = 3900.0
    """One desktop in ten, for good."""
    cut: tuple[float, float] = (5100.0, 5460.0)
    """The quorum."""
    full: tuple[float, float] = (5700.0, 6600.0)
    """The second node's storage."""
    collapse_at: float = 6780.0
    """Nine in ten sessions end at once."""

    @property
    def twin(self) -> TwinSpec:
        """The cluster, on which nobody logs on by itself."""
        away_at, back_at = self.node_away
        faults = (
            KillNode(node=LOST_NODE, at_s=away_at, back_after_s=back_at - away_at),
            HangDesktops(share=0.1, at_s=self.hang_at),
            CutQuorum(at_s=self.cut[0], for_s=self.cut[1] - self.cut[0]),
            FillStorage(storage=STORAGE, node=FULL_NODE, at_s=self.full[0], for_s=self.full[1] - self.full[0]),
        )
        spec = a_spec(nodes=len(NODES), durations=Durations(), faults=faults)
        cad = [replace(each, vmid=each.vmid + 100, memory_mib=8192) for each in spec.templates]
        return replace(spec, templates=(*spec.templates, *cad))

    def others_at(self, at_s: float) -> int:
        """Seats that others have then."""
        return OTHERS if self.others[0] <= at_s < self.others[1] else 0
