"""Findings of the doctor about who is selected: by entitlements, and by a scenario's waves."""

from provisioner.reasons.reason import kind

NO_AGENTS = kind(
    "no_agents",
    "the directory lists no agent: nobody gets a desktop",
    "correct directory.base and directory.filter; `bascule check directory` says what is found below each base",
)
NOBODY_ENTITLED = kind(
    "nobody_entitled",
    "none of {count} agents is entitled and in a wave: nobody gets a desktop",
    "correct entitlements in bascule.yaml, or the waves of the scenario; the other findings name what matches nobody",
)
SELECTS_NOBODY = kind(
    "selects_nobody",
    "it selects none of {count} agents",
    "correct its criteria: each has to match, and no agent meets all of them",
)
# -- what comes earlier takes all
WAVE_SWALLOWED = kind(
    "wave_swallowed",
    "it gets nobody: all {count} entitled agents that it selects belong to earlier waves ({waves})",
    "put it before them, or narrow them: an agent belongs to the first wave that selects the agent",
)
ENTITLEMENT_SWALLOWED = kind(
    "entitlement_swallowed",
    "it gives nobody a desktop: all {count} agents that it selects match an earlier entitlement ({profiles})",
    "put it before them, or narrow them: the first entitlement that matches an agent decides",
)
WAVE_NOT_ENTITLED = kind(
    "wave_not_entitled",
    "none of the {count} agents that it selects is entitled: they get no desktop",
    "add them to entitlements, or correct the wave's criteria",
)
# -- what a ceiling leaves
CEILING_LEAVES_NONE = kind(
    "ceiling_leaves_none",
    "none of its {count} agents gets a desktop: {why}",
    "raise the ceiling in the scenario, if more are there; or give the wave a lower `priority` than others have",
)
CEILING_UNASKED = kind(
    "ceiling_unasked",
    "ceiling '{name}': not known how many are in use, the limit of {limit} counts as it stands: {why}",
    "correct `in_use` of the ceiling in the scenario, or `prometheus` in bascule.yaml",
)
PROFILE_UNUSED = kind(
    "profile_unused",
    "no entitlement, no pool and no `shortage` of the scenario names it: nobody gets a desktop of it",
    "add an entitlement for it, or remove the profile once no desktop has it",
)
# -- when
STARTS_AT_ONCE = kind(
    "starts_at_once",
    "it has no starts_at: it begins as soon as the daemon runs",
    "write into starts_at when it is to begin, or a date far ahead if that is not known yet",
)
STARTS_PAST = kind(
    "starts_past",
    "its starts_at was {time} ago: every wave that is due opens as soon as the daemon runs",
    "set starts_at to the coming night, unless it is meant to begin at once",
)
STARTS_FAR = kind(
    "starts_far",
    "it starts in {days:.0f} days: until then nobody gets a desktop",
    "write into starts_at when it is to begin, or delete the line to begin at once; then reload the daemon",
)
BATCHES_AT_ONCE = kind(
    "batches_at_once",
    "its {batches} batches of {size} agents have no interval: all open at the same time",
    "give the wave an interval, or leave out its size",
)
