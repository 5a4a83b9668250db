"""The reports: what happened during a surge, and what cannot be reported."""

from provisioner.reasons.reason import kind

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
DRILL_NOTHING = kind("report_drill_nothing", "the scenario did not begin on the twins: there is nothing to report")
FILE_KIND = kind("report_file_kind", "{file}: a report is an .html, .csv or .json file")
PEOPLE_KIND = kind("report_people_kind", "{file}: who gets a desktop when is a .csv file; or with --split, a folder")
SHEET_KIND = kind("report_sheet_kind", "{file}: a sheet is an .html or .json file")
DRILL_WHICH = kind("report_drill_which", "say where it is tried: --on twin, or --canary 2%")
CANARY_PERCENT = kind("report_canary_percent", "--canary {text}: must be a share of the people above 0, and at most {most} %")
CANARY_NOTHING = kind("report_canary_nothing", "no desktop can be made for a drill: {why}")
NO_DRILL = kind("report_no_drill", "--drill {file}: is not what `bascule scenario drill … --json` prints: {why}")
FILE_NO_FOLDER = kind("report_file_no_folder", "{file}: there is no folder {folder}")
NO_SUCH_TABLE = kind("report_no_such_table", "there is no table {name}; the report has {names}")
FILE_UNWRITTEN = kind("report_file_unwritten", "{file}: cannot be written: {why}")
