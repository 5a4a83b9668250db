"""Why the safety gate holds back a part of a plan."""

from provisioner.reasons.reason import kind

CUT = kind("cut", "{order}: {why}")
FREEZE = kind("freeze", "frozen by an operator: `bascule thaw` lets it go on", "`bascule thaw`")
QUARANTINE = kind("quarantine", "it is in quarantine: nothing is written to it", "`bascule desktop release`")
HOLD = kind("hold", "held by an operator: no stop, release or delete", "`bascule hold end`")
NO_QUORUM = kind(
    "no_quorum",
    "the cluster has lost its quorum",
    "bring back enough nodes, or repair the cluster network",
)
TRIED_EVERY = kind("tried_every", "{why}; one order is tried every {every_s:g} s")
UNOBSERVED = kind("unobserved", "it cannot be observed: {said}")
OBSERVATION_LATE = kind("observation_late", "no answer for more than {late_s} s")
NO_OBSERVATION = kind("no_observation", "no answer")
PAUSED = kind("paused", "cluster {cluster} is paused as long as this lasts: {why}")
ONE_FIRST = kind("one_first", "cluster {cluster} was paused: one order is tried first, the others follow once it is accepted")
BASELINE = kind(
    "baseline",
    "the store was rebuilt from the desktops' notes: stops and deletes wait for `bascule store accept`",
    "check `bascule desktop list` and `bascule report drift`: if they are right, `bascule store accept`",
)
BASELINE_COUNT = kind("baseline_count", "{count} stops, releases and deletes: {why}")
SURGE_KEEPS = kind(
    "surge_keeps",
    "scenario '{scenario}' has nothing deleted while its surge is not over (during.deletes)",
    "it goes on by itself after the surge; or take `deletes: none` out of the scenario",
)
DELETES = kind(
    "deletes",
    "{count} deletes planned, {allowed} allowed (safety.max_deletes): all of them wait",
    "`bascule report plan --json` names them: if all are right, raise safety.max_deletes",
)
STOPS = kind(
    "stops",
    "{count} stops planned, {stopping} under way, {allowed} allowed ({percent:g} % of {ready} ready, "
    "safety.max_stops_percent): all of them wait",
    "`bascule report plan --json` names them: if all are right, raise safety.max_stops_percent",
)
