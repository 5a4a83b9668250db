"""Why a batch of a wave waits though its time has come, and why nobody waits for it."""

from provisioner.reasons.reason import kind

GATE_GO = kind(
    "gate_go",
    "wave '{wave}' waits for an operator: `bascule surge go '{wave}'` lets it begin",
    "bascule surge go '{wave}'",
)
GATE_OPEN = kind("gate_open", "no gate holds a batch back")
GATE_READY = kind(
    "gate_ready",
    "the gate of wave '{wave}' is shut: batch {batch} waits until {needed} of the {total} desktops of the batch before are "
    "ready; {ready} are",
    "see why they are not: `bascule why`; to go on all the same: `bascule surge go '{wave}'`",
)
GATE_FAILED = kind(
    "gate_failed",
    "the gate of wave '{wave}' is shut: batch {batch} waits because {failed} of the {total} desktops of the batch before have "
    "failed; at most {most} may have",
    "see why they have failed: `bascule desktop list`; to go on all the same: `bascule surge go '{wave}'`",
)
# -- what a scenario's gate asks for, in sentences
GATE_GO_STATED = kind("gate_go_stated", "The first batch waits for `bascule surge go`.")
GATE_READY_STATED = kind("gate_ready_stated", "A batch waits until {share} of the desktops of the batch before are ready.")
GATE_FAILED_STATED = kind("gate_failed_stated", "A batch waits if more than {share} of the batch before have failed.")
CEILING_OTHERS = kind(
    "ceiling_others",
    "the scenario's ceiling '{name}' allows {limit}; others use {others} of them, and people who are more important have the "
    "{room} that are left",
    "raise the ceiling in the scenario, if more are there",
)
CEILING = kind(
    "ceiling",
    "the scenario's ceiling '{name}' allows {limit} desktops, and people who are more important have them",
    "raise the ceiling in the scenario, if more are there",
)
