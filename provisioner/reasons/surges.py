"""Surges: why an order about one is not taken, what a run waits for, and what its orders came to; why a batch waits though its
time has come; what is said of a wave that will not be ready in time; what one scenario does otherwise than another; and the
reports.
"""

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
_LOOK = "see what each waits for: `bascule why '{wave}'`"

WAVE_LATE_BY = kind("wave_late_by", "wave '{wave}' will be {minutes} min late, {count} of its {people} desktops: {why}", _LOOK)
WAVE_SHORT = kind("wave_short", "wave '{wave}': {count} of its {people} desktops do not come: {why}", _LOOK)
WAVE_MAY_BE_LATE = kind(
    "wave_may_be_late", "wave '{wave}' may be up to {minutes} min late, {count} of its {people} desktops: {why}", _LOOK
)
WAVE_HELD = kind(
    "wave_held",
    "wave '{wave}' will be late, {count} of its {people} desktops, unless it goes on within {minutes} min: {why}",
    _LOOK,
)
WAVE_HELD_LATE = kind(
    "wave_held_late",
    "wave '{wave}' will be at least {minutes} min late, {count} of its {people} desktops, even if it goes on now: {why}",
    _LOOK,
)
WAVE_STUCK = kind("wave_stuck", "wave '{wave}': when {count} of its {people} desktops will be ready is not known: {why}", _LOOK)
WAVE_LATE = kind("wave_late", "wave '{wave}' is late: {count} of its {people} desktops are not ready: {why}", _LOOK)
WAVE_IN_TIME = kind("wave_in_time", "wave '{wave}' will be ready in time again")
WAVE_READY = kind("wave_ready_late", "wave '{wave}' is not late any more")
NO_TIME = kind("eta_no_time", "less time than one boot takes")
"""What binds if no resource does."""
WAVE_NEW = kind("wave_new", "is new")
WAVE_GONE = kind("wave_gone", "is gone")
MORE_PEOPLE = kind("more_people", "{count} more people")
FEWER_PEOPLE = kind("fewer_people", "{count} fewer people")
OTHER_PEOPLE = kind("other_people", "selects other people")
MORE_LEFT_OUT = kind("more_left_out", "{count} more people are left without a desktop by a ceiling")
FEWER_LEFT_OUT = kind("fewer_left_out", "{count} fewer people are left without a desktop by a ceiling")
DUE_LATER = kind("due_later", "the deadline of batch {batch} is {minutes} min later")
DUE_EARLIER = kind("due_earlier", "the deadline of batch {batch} is {minutes} min earlier")
OPENS_LATER = kind("opens_later", "work for batch {batch} begins {minutes} min later")
OPENS_EARLIER = kind("opens_earlier", "work for batch {batch} begins {minutes} min earlier")
DEADLINE_NEW = kind("deadline_new", "has a deadline now")
DEADLINE_GONE = kind("deadline_gone", "has no deadline any more")
LESS_IMPORTANT = kind("less_important", "comes after {wave} now: it gets resources later")
MORE_IMPORTANT = kind("more_important", "comes before {wave} now: it gets resources earlier")
PREPARED_MORE = kind("prepared_more", "more of its desktops is made ahead, or earlier")
PREPARED_LESS = kind("prepared_less", "less of its desktops is made ahead, or later")
GATE_STRICTER = kind("gate_stricter", "its gate asks for more")
GATE_LOOSER = kind("gate_looser", "its gate asks for less")
ENDS_LATER = kind("ends_later", "the desktops go back {minutes} min later")
ENDS_EARLIER = kind("ends_earlier", "the desktops go back {minutes} min earlier")
ENDS_BY_HAND = kind("ends_by_hand", "the desktops go back only when an operator says so")
ENDS_BY_ITSELF = kind("ends_by_itself", "the desktops go back by themselves")
END_OTHERWISE = kind("end_otherwise", "the desktops go back in other parts, or are kept for another time")
SHORTAGE_OTHERWISE = kind("shortage_otherwise", "other things happen where no desktop fits (shortage)")
ROOM_MORE = kind("room_more", "room is kept for {nodes} more node(s): fewer desktops fit")
ROOM_LESS = kind("room_less", "room is kept for {nodes} fewer node(s): more desktops fit")
CEILING_OTHERWISE = kind("ceiling_otherwise", "a ceiling is another")
DELETES_OTHERWISE = kind("deletes_otherwise", "whether desktops are deleted meanwhile is otherwise")
HOURS_OTHERWISE = kind("hours_otherwise", "what becomes of desktops outside the hours is otherwise")
BEGINS_OTHERWISE = kind("begins_otherwise", "it begins otherwise: by hand, by itself, or at another time")
RUN_IS = kind("report_run_is", "the run is {state} ({what})")
BATCH_OPENED = kind("report_batch_opened", "wave {wave}, batch {batch} opens: {count} people")
BATCH_READY = kind("report_batch_ready", "wave {wave}, batch {batch}: all {count} are ready")
BATCH_DUE = kind("report_batch_due", "wave {wave}, batch {batch} is due, and {count} of {planned} are not ready")
ORDER_GIVEN = kind("report_order_given", "order `{what}` is given")
ORDER_GIVEN_FOR = kind("report_order_given_for", "order `{what}` is given for {node}")
ORDER_WITHDRAWN = kind("report_order_withdrawn", "order `{what}` is withdrawn")
ORDER_WITHDRAWN_FOR = kind("report_order_withdrawn_for", "order `{what}` is withdrawn for {node}")
HALF_DAY_SHORT = kind(
    "report_half_day_short", "a half-day of pool {pool} begins, and {count} of its {planned} people have no desktop"
)
DAEMON_ABSENT = kind("report_daemon_absent", "the daemon is stopped: nothing is planned, and nobody looks")
DAEMON_SILENT = kind(
    "report_daemon_silent", "the daemon gives no sign of life: killed, or lost with its machine; then it is started again"
)
DAEMON_STUCK = kind("report_daemon_stuck", "the daemon hangs: no cycle ends")
NO_RUN = kind("report_no_run", "no surge has been started yet: there is nothing to report")
NO_SUCH_RUN = kind("report_no_such_run", "there is no run {number}; the store has {numbers}")
FILE_KIND = kind("report_file_kind", "{file}: a report is an .html, .csv or .json file")
PEOPLE_KIND = kind("report_people_kind", "{file}: who gets a desktop when is a .csv file; or with --split, a folder")
SHEET_KIND = kind("report_sheet_kind", "{file}: a sheet is an .html or .json file")
FILE_NO_FOLDER = kind("report_file_no_folder", "{file}: there is no folder {folder}")
NO_SUCH_TABLE = kind("report_no_such_table", "there is no table {name}; the report has {names}")
FILE_UNWRITTEN = kind("report_file_unwritten", "{file}: cannot be written: {why}")
