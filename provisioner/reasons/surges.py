"""Why an order about a surge is not taken, what a run waits for, and what its orders came to."""

from provisioner.reasons.reason import kind

SURGE_NONE = kind("surge_none", "no surge is under way: `bascule surge start` starts one")
SURGE_UNDER_WAY = kind(
    "surge_under_way",
    "run {number} of scenario '{scenario}' is {state}: two surges at once are not possible; end it first with "
    "`bascule surge finish` or `bascule surge abort`",
)
SURGE_STILL_RETURNS = kind(
    "surge_still_returns",
    "run {number} of scenario '{scenario}' is {state}, and its desktops are not all off: wait for that, or end the return "
    "where it is with `bascule surge abort --then keep`, and start then",
)
SURGE_IS_SO = kind("surge_is_so", "run {number} of scenario '{scenario}' is {state} already, since {since}, by {by}")
SURGE_RESUME_FIRST = kind(
    "surge_resume_first", "run {number} of scenario '{scenario}' is {state}: `bascule surge resume` comes first"
)
SURGE_TOO_LATE = kind(
    "surge_too_late",
    "run {number} of scenario '{scenario}' is {state}: `bascule surge resume` takes that back, and then it can be ordered",
)
SURGE_RETURN_GOES_ON = kind(
    "surge_return_goes_on",
    "run {number} of scenario '{scenario}' is {state}: `bascule surge abort` ends the return where it is, and "
    "`bascule surge finish` goes on with it",
)
SURGE_OTHER = kind(
    "surge_other", "the configured scenario is '{configured}', not '{named}': name it in bascule.yaml, and reload"
)
SURGE_NO_SCENARIO = kind(
    "surge_no_scenario", "the configuration names no scenario with waves or a rotation: there is nothing to start"
)
SURGE_NO_WAVE = kind("surge_no_wave", "scenario '{scenario}' has no wave '{wave}'; it has {waves}")
SURGE_NO_GATE = kind("surge_no_gate", "wave '{wave}' has no gate: it waits for its time alone")
SURGE_UNCHANGED = kind("surge_unchanged", "the scenario is as it was when the run was started: there is nothing to accept")
SURGE_TERMS = kind("surge_terms", "an order about a surge needs its terms: which wave, or until when")
SURGE_NO_EVENT = kind("surge_no_event", "a surge has no event '{target}'; it has {events}")
SURGE_ENDS_BEFORE = kind("surge_ends_before", "that time is over already")
# -- why nothing new is begun
SURGE_PAUSED = kind("surge_paused", "the surge is paused by {by}: nothing new is begun; `bascule surge resume` goes on")
SURGE_PAUSED_WHY = kind(
    "surge_paused_why", "the surge is paused by {by} ({why}): nothing new is begun; `bascule surge resume` goes on"
)
SURGE_ABORTED = kind("surge_aborted", "the surge was aborted by {by}: nobody new is served")
SURGE_OVER = kind("surge_over", "run {number} of scenario '{scenario}' is over: `bascule surge start` starts another")
SURGE_RETURNS = kind("surge_returns", "the surge has ended, and the desktop goes back: shut down once nobody is logged on")
SURGE_RETURNED = kind("surge_returned", "the surge has ended, and the time for which its desktops are kept is over")
# -- what was done, for the journal and the log
RUN_CHANGED = kind("surge_changed", "run {number}: {what}, by {by}")
RUN_CHANGED_WHY = kind("surge_changed_why", "run {number}: {what}, by {by}: {why}")
# -- by the daemon itself
BEGINS_ITSELF = kind("surge_begins_itself", "the scenario begins by itself")
TIME_HAS_COME = kind("surge_time_has_come", "its time has come")
ANOTHER_SCENARIO = kind("surge_another_scenario", "another scenario is in force")
CLOCK_WAS_AHEAD = kind("surge_clock_was_ahead", "its beginning lay in the future: the clock was ahead")
ALL_DONE = kind("surge_all_done", "all that was begun is done")
END_HAS_COME = kind("surge_end_has_come", "the end that was ordered has come")
STORE_WAS_LOST_BEGUN = kind("surge_store_was_lost_begun", "the store was lost: the desktops' notes have the run's number")
SURGE_ENDS_FAR = kind("surge_ends_far", "by its calendar it would end after the year {year}")
RUN_UNREAD = kind(
    "surge_run_unread",
    "what was kept of this run cannot be read ({why}): an operator says whether it goes on (`bascule surge resume`) or not "
    "(`abort`, `finish`)",
)
RUN_FAILS = kind(
    "surge_run_fails",
    "who is wanted under this run cannot be worked out ({why}): an operator says whether it goes on (`bascule surge resume`) "
    "or not (`abort`, `finish`)",
)
STORE_WAS_LOST = kind(
    "surge_store_was_lost",
    "the store was lost, and desktops of a surge are there: an operator says whether it goes on (`bascule surge resume`) or "
    "not (`abort`, `finish`)",
)
