"""What is wrong, or not known: the list that `bascule status` shows."""

from collections import Counter

from monitors.metric import Labels, Room, Rows, View
from provisioner.wrong.entry import Wrong
from provisioner.wrong.listing import severity_of
from provisioner.wrong.table import TABLE

ROOM = Room("What is wrong")


@ROOM.gauge(
    "wrong",
    "code severity about",
    help="Entries of the list of what is wrong, by code, and by what has it: a cluster, CLUSTER/NODE, CLUSTER/NODE/STORAGE, "
    "CLUSTER/STORAGE if it is shared, a wave, a broker; empty: the site. 0: there is none of "
    "the code. `bascule status` says it in words.",
    query='bascule_wrong{severity!="note"} > 0',
)
def wrong(view: View) -> Rows:
    if view.wrong is None:
        return {}
    none: dict[Labels, float] = {(code, meaning.severity.value, ""): 0 for code, meaning in TABLE.items()}
    return none | Counter((entry.code, severity_of(entry).value, _about(entry)) for entry in view.wrong)


def _about(entry: Wrong) -> str:
    """What a capability adds may begin with any name, or with a figure that changes."""
    return entry.about if entry.code in TABLE else ""
