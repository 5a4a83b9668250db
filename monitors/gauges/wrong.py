"""What is wrong, or not known: the list that `bascule status` shows."""

from collections import Counter

from monitors.metric import Labels, Room, Rows, View
from provisioner.wrong.listing import severity_of
from provisioner.wrong.table import TABLE

ROOM = Room("What is wrong")


@ROOM.gauge(
    "wrong",
    "code severity",
    help="Entries of the list of what is wrong, by code; 0: there is none of it. `bascule status` says them in words.",
    query='bascule_wrong{severity!="note"} > 0',
)
def wrong(view: View) -> Rows:
    none: dict[Labels, float] = {(code, meaning.severity.value): 0 for code, meaning in TABLE.items()}
    return none | Counter((entry.code, severity_of(entry).value) for entry in view.wrong)
