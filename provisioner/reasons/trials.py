"""Trials: why such a desktop is made, and what came of it (`bascule check --trial`)."""

from provisioner.reasons.reason import kind

ORDERED = kind("trial_ordered", "for a trial that {by} has ordered; it is deleted afterwards")
OVER = kind("trial_over", "its trial is over")
# -- why an order is not taken
NAMES_PROFILE = kind("trial_names_profile", "say which as PROFILE/NUMBER, not {name}: the profiles are {profiles}")
NAMES_STORAGE = kind("trial_names_storage", "desktops of profile {profile} are not made on {name}, but on {storages}")
LEFT_BEHIND = kind("trial_left_behind", "desktop {desktop} of an earlier trial {name} is not deleted yet: take another number")
STANDS_AGAINST = kind("trial_stands_against", "a {kind} is in force: a trial desktop could not be made and deleted")
# -- what came of it
READY = kind("trial_ready", "made within {made_s} s, ready {boot_s} s after its start, and deleted")
UNDATED = kind(
    "trial_undated",
    "ready {boot_s} s after its start, but whether somebody is logged on there cannot be relied on: {why}",
    "bring `bascule-guest` in the image up to date: `bascule guest files DIR`, and enable bascule-guest.service",
)
NOT_MADE = kind(
    "trial_not_made",
    "its trial desktop was not made within {after_s} s: {why}",
    "`bascule status` says what new desktops wait for; mend that first",
)
FAILED = kind(
    "trial_failed",
    "its trial desktop could not be made: {why}",
    "correct the profile or the template in these words, and try again",
)
NO_AGENT = kind(
    "trial_no_agent",
    "the guest agent of its trial desktop did not answer within {after_s} s of the start: {why}",
    "install qemu-guest-agent in the image, enabled at boot, and set `agent: 1` on the template",
)
NO_SCRIPT = kind(
    "trial_no_script",
    "the guest agent answers in its trial desktop, but there is no report: {why}",
    "put `bascule-guest` into the image (`bascule guest files DIR`); `status_file` of the profile names its file",
)
BAD_REPORT = kind(
    "trial_bad_report",
    "the report of its trial desktop cannot be used: {why}",
    "bring `bascule-guest` in the image up to date (`bascule guest files DIR`); its clock must be right, too",
)
FIRST_BOOT_FAILED = kind(
    "trial_first_boot_failed",
    "the first boot of its trial desktop has failed, as the desktop itself says",
    "start a clone of the template by hand and read `cloud-init status --long` in it",
)
FIRST_BOOT_LONG = kind(
    "trial_first_boot_long",
    "the first boot of its trial desktop had not ended {after_s} s after the start",
    "raise ready_timeout, or look in a clone what cloud-init waits for: packages to upgrade, a mirror, a network",
)
PORT_CLOSED = kind(
    "trial_port_closed",
    "first boot has ended in its trial desktop, but nothing listens on its log-on port",
    "enable xrdp (or what people log on with) in the image",
)
NOT_READY = kind(
    "trial_not_ready",
    "its trial desktop was not ready {after_s} s after the start: {why}",
    "look at its console while it boots: `bascule check --trial` again, and open the VM in Proxmox VE",
)
NO_PROFILE = kind("trial_no_profile", "its profile is no longer configured")
ENDED_EARLY = kind(
    "trial_ended_early",
    "its trial was ended before anything was known: {why}",
    "`bascule check --trial` again",
)
# -- what a probe of a trial desktop has shown
STEPS = {
    "resolve": kind("probes_resolve", "their names are not resolved"),
    "connect": kind("probes_connect", "their log-on ports are not reached"),
    "greet": kind("probes_greet", "their log-on ports do not speak RDP"),
    "authenticate": kind("probes_authenticate", "the robot account is not let in"),
    "desktop": kind("probes_desktop", "no desktop comes"),
}
"""What it has failed at, by the word of the step (`model.probes.ProbeStep`)."""
REACHED = kind(
    "trial_reached", "on {storage}: ready {ready_s} s after the order, and reached in {took_ms} ms ({steps}); deleted"
)
REACHED_STEP = kind("trial_reached_step", "{name} {took_ms} ms")
UNREACHED = kind(
    "trial_unreached",
    "its trial desktop on {storage} is ready, but {what}: {why}",
    "`bascule desktop probe` of a desktop of this profile shows the step; docs/en/probes.md says what each needs",
)
LAST_PLACE = kind("trial_last_place", "no trial desktop was made: {free} more would fit, and the last place is kept for people")
IN_A_SURGE = kind("trial_in_a_surge", "no trial desktop was made: a surge is under way (it is {state})")
STAYS = kind(
    "trial_stays",
    "its trial desktop {desktop} on {storage} is not deleted yet: {phase}",
    "the daemon goes on; with the robot account still logged on it waits for the log-off: end disconnected sessions by policy",
)
NOT_TRIED = kind("trial_not_tried", "no trial desktop could be ordered: {why}")
