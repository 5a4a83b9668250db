"""The ranges from which clusters are drawn, each with where it comes from. Seconds, unless stated otherwise.

Not drawn, because the chaos suite plays it: nodes that die, lost quorum, full storages, templates that are deleted. Nor are
pushes and the time of day: no limit depends on them.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from provisioner.twin.engine.draws import Draws


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """From `low` to `high`: as often below the middle as above it; of a `ratio` the middle is that of the logarithms."""

    low: float
    high: float
    why: str
    ratio: bool = True

    def at(self, share: float) -> float:
        """At 0 the lowest, at 1 the highest."""
        if self.ratio:
            return self.low * math.exp(share * math.log(self.high / self.low))
        return self.low + share * (self.high - self.low)


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Of several kinds, each with its share."""

    kinds: Mapping[str, float]
    why: str

    def at(self, share: float) -> str:
        """The kind at which the shares before it add up to this."""
        for kind, part in self.kinds.items():
            share -= part
            if share < 0.0:
                return kind
        return list(self.kinds)[-1]


RANGES = {
    "desktops_a_node": Range(low=8, high=60, why="Assumed: with fewer, all boot at once; 106 on the reference twins."),
    "room": Range(low=1.02, high=2.5, why="Desktops that the nodes hold ÷ those wanted. Assumed: a full site, or half empty."),
    "size_spread": Range(low=1.5, high=4, why="Largest node ÷ smallest. Assumed: two generations, 256 GiB to 1 TiB."),
    "speed_spread": Range(low=1.2, high=4, why="Fastest node ÷ slowest. Assumed: two generations 2, a worn disk 4."),
    "locals": Range(low=0.3, high=0.8, ratio=False, why="Share of the nodes with a storage of their own, if some. Assumed."),
    "shared_storages": Range(low=2, high=4, ratio=False, why="If there are several. Assumed; shared-4 has four."),
    "image_operation_s": Range(
        low=0.05, high=3, why="Under the lock; 0.1 on a fast disk, 0.53 and 0.6 on the reference twins, users report up to 5."
    ),
    "clone_outside_lock_s": Range(
        low=0.1, high=12, why="0.2 on the reference twins; a file server that zeroes, or hooks, take longer (assumed)."
    ),
    "copy_gib_per_second": Range(low=0.5, high=6, why="0.5 on the reference twins; Ceph and NVMe are faster (assumed)."),
    "sigma": Range(low=0.05, high=0.6, why="Of the logarithm of every duration; 0.15 on the reference twins, 0.4 for Windows."),
    "start_task_s": Range(low=1, high=5, why="2.5 on the reference twins; more with many devices (assumed)."),
    "configure_s": Range(low=0.05, high=0.5, why="0.1 on the reference twins; slower in large clusters (assumed)."),
    "boot_s": Range(low=12, high=150, why="A small Linux on NVMe (assumed) to Windows on `windows`."),
    "first_boot_s": Range(low=2, high=60, why="8 on the reference twins, 60 on `windows`."),
    "boots_width": Range(low=2, high=32, why="8 on the reference twins; a quarter of it, and four times as many (assumed)."),
    "loss_from": Range(low=1, high=3, why="Boots before any loss ÷ width; 2 on the reference twins, 1 on early-loss."),
    "boots_loss": Range(low=0.005, high=0.08, why="0.01 on the reference twins, 0.04 on early-loss; twice that (assumed)."),
    "setup_s": Range(low=20, high=300, why="In the guest. Joining a domain (assumed) to `windows-ceph`."),
    "setup_spread": Range(low=0, high=1.5, ratio=False, why="Of the setup, drawn for each desktop; 2.2 on `windows-ceph`."),
    "setup_failures": Range(low=0, high=0.02, ratio=False, why="If it restarts. 0.03 on `windows-ceph`."),
    "write_s": Range(low=0.02, high=0.3, why="0.05 on the reference twins; slower with many nodes (assumed)."),
    "read_s": Range(low=0.005, high=0.05, why="0.01 on the reference twins."),
    "fault_share": Range(low=0.003, high=0.05, why="Of clones and starts, if any fail by chance; 0.05 on `faulty`."),
    "rival_hold_s": Range(low=0.3, high=5, why="Another client's operation: an image to a large snapshot (assumed)."),
    "rival_idle": Range(low=1, high=10, why="How much longer the rival leaves the lock free than it holds it. Assumed."),
    "slower": Range(low=1.5, high=4, why="A storage under foreign load. Assumed; the named shapes take 3."),
    "load_from": Range(low=0, high=0.6, ratio=False, why="When foreign load comes, in shares of the bound. Assumed."),
    "load_lasts": Range(low=0.15, high=1, ratio=False, why="How long it stays, in shares of the bound. Assumed."),
}  # fmt: skip
CHOICES = {
    "storage": Choice(
        kinds={"local": 0.4, "shared": 0.25, "several": 0.15, "some local": 0.2},
        why="Assumed: pools of the nodes are the commonest; mixed-8 has both.",
    ),
    "sizes": Choice(kinds={"alike": 0.5, "unlike": 0.5}, why="Assumed."),
    "speeds": Choice(
        kinds={"alike": 0.4, "one slow": 0.2, "two kinds": 0.2, "all unlike": 0.2},
        why="Assumed: bought together, a worn disk, two generations, what was there.",
    ),
    "images": Choice(
        kinds={"2": 0.6, "4": 0.2, "1": 0.2},
        why="A clone's image operations: disk and cloud-init drive; with EFI and TPM; the disk alone. Shares assumed.",
    ),
    "clone": Choice(kinds={"linked": 0.85, "full": 0.15}, why="Assumed: full clones only where the storage knows no others."),
    "setup": Choice(kinds={"none": 0.65, "plain": 0.2, "restarts": 0.15}, why="Assumed: a third of the images is Windows."),
    "chance": Choice(kinds={"none": 0.6, "faults": 0.4}, why="Assumed."),
    "load": Choice(kinds={"none": 0.5, "rival": 0.2, "slow storage": 0.2, "both": 0.1}, why="Assumed: backups run at night."),
    "pool": Choice(kinds={"none": 0.7, "pool": 0.3}, why="Whether clones join a resource pool. Assumed."),
    "log_ons": Choice(kinds={"nobody": 0.5, "everybody": 0.5}, why="Whether people log on as soon as they can. Assumed."),
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What was drawn for one cluster. Every range and choice is, also those that the others make void."""

    of: Mapping[str, float]
    kinds: Mapping[str, str]


def drawn_figures(seed: int) -> Figures:
    """By hash: a range that is added or changed leaves all others as they were."""
    draws = Draws(seed, sigma=0.0)
    return Figures(
        of={name: each.at(draws.share("shape", name)) for name, each in RANGES.items()},
        kinds={name: each.at(draws.share("shape", name)) for name, each in CHOICES.items()},
    )
