"""The alerts that are made of the list: `python -m monitors.alerting` writes Prometheus' rules from them."""

from dataclasses import dataclass

from provisioner.extensions import Point
from provisioner.reasons.reason import ReasonKind
from provisioner.wrong.entry import Severity

_CRITICAL, _WARNING = Severity.CRITICAL, Severity.WARNING
_MINUTE_S = 60.0
_HOUR_S = 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """One alert, of one kind of entry or of several."""

    name: str
    """Sites route and silence by it. It is the heading of its runbook, too."""
    page: str
    """Below docs/en/runbooks, without its ending."""
    severity: Severity
    held_s: float
    """For so long it has to be listed before somebody is called."""
    summary: str
    """With Prometheus' own marks for labels, `{{ $labels.node }}`."""
    description: str
    command: str
    """What to type first."""
    labels: tuple[str, ...] = ()
    """What the parts of an entry's `about` are called, the last part with all the rest; empty: it is the site's."""
    settles: bool = False
    """Whether a node that has just been lost may be all of it: nobody is called before its desktops could be made elsewhere."""

    @property
    def runbook(self) -> str:
        """Page and heading: `clusters#basculeclusterpaused`."""
        return f"{self.page}#{self.name.lower()}"


ADDED: Point[dict[Alert, tuple[ReasonKind, ...]]] = Point("alerts", "ALERTS", dict)
"""Of capabilities: each alert, and the kinds of entries that it is made of."""
CLUSTER_NOT_SEEN = Alert(
    name="BasculeClusterNotSeen",
    page="clusters",
    severity=_CRITICAL,
    held_s=_MINUTE_S,
    summary="Cluster {{ $labels.cluster }} is not seen",
    description="No endpoint of the cluster answers, or none ever has. Desktops run on; nothing is planned from an old view.",
    command="bascule check",
    labels=("cluster",),
)
CLUSTER_PAUSED = Alert(
    name="BasculeClusterPaused",
    page="clusters",
    severity=_CRITICAL,
    held_s=2 * _MINUTE_S,
    summary="Nothing is written to cluster {{ $labels.cluster }}",
    description="Quorum, the token, its rights or a full storage keep Bascule from writing, or the cluster does not answer. It "
    "goes on by itself once the cause is gone.",
    command="bascule check",
    labels=("cluster",),
)
QUORUM_UNKNOWN = Alert(
    name="BasculeQuorumUnknown",
    page="clusters",
    severity=_WARNING,
    held_s=10 * _MINUTE_S,
    summary="Cluster {{ $labels.cluster }} does not say whether it has its quorum",
    description="Bascule asks once a minute. While it is not known, a lost quorum shows only when an order fails, and no node "
    "counts as away.",
    command="bascule check",
    labels=("cluster",),
)
BASELINE = Alert(
    name="BasculeBaselineNotAccepted",
    page="operators",
    severity=_CRITICAL,
    held_s=30 * _MINUTE_S,
    summary="The rebuilt store waits for an operator",
    description="The store was rebuilt from the notes on the desktops. Until its baseline is accepted nothing is stopped, "
    "released or deleted.",
    command="bascule desktop list",
)
NODE_OFFLINE = Alert(
    name="BasculeNodeOffline",
    page="nodes",
    severity=_WARNING,
    held_s=5 * _MINUTE_S,
    summary="Node {{ $labels.node }} of cluster {{ $labels.cluster }} is offline",
    description="What runs on it is unknown, and its desktops do not count as missing. Their agents get other desktops once "
    "safety.replace_after is over (2 min, if not set otherwise), where there is room.",
    command="bascule node list",
    labels=("cluster", "node"),
)
STORAGE_FULL = Alert(
    name="BasculeStorageFull",
    page="capacity",
    severity=_CRITICAL,
    held_s=_MINUTE_S,
    summary="Storage {{ $labels.storage }} of cluster {{ $labels.cluster }} is full",
    description="Every guest that writes to a full thin pool or Ceph pool stops, desktops and others. Make room now.",
    command="bascule check storage",
    labels=("cluster", "storage"),
)
STORAGE_FILLED = Alert(
    name="BasculeStorageFilled",
    page="capacity",
    severity=_WARNING,
    held_s=5 * _MINUTE_S,
    summary="Storage {{ $labels.storage }} of cluster {{ $labels.cluster }} is filled beyond the share that may be",
    description="Nothing is cloned there any more. Linked clones that exist go on growing, and what is reserved counts.",
    command="bascule check storage",
    labels=("cluster", "storage"),
)
NO_ROSTER = Alert(
    name="BasculeNoRoster",
    page="directory",
    severity=_CRITICAL,
    held_s=3 * _MINUTE_S,
    summary="The directory gives nobody who may have a desktop",
    description="No reading was accepted since the start, or the last one has no people. Nobody gets a desktop meanwhile.",
    command="bascule check directory",
)
DIRECTORY_STALE = Alert(
    name="BasculeDirectoryStale",
    page="directory",
    severity=_WARNING,
    # Three readings at the usual interval of five minutes: the first, the one after it, and the third.
    held_s=11 * _MINUTE_S,
    summary="The directory has not been read for more than eleven minutes",
    description="At the usual interval three readings have failed. The last roster stays in force; arrivals and departures "
    "since then are not seen.",
    command="bascule check directory",
)
QUARANTINED = Alert(
    name="BasculeDirectoryQuarantined",
    page="directory",
    severity=_WARNING,
    held_s=_MINUTE_S,
    summary="The directory or bascule.yaml changed by more than is believed, and what was before stays in force",
    description="Too many people would lose their desktop or get one. Nobody loses one meanwhile; `bascule status` says which "
    "of the two is held back.",
    command="bascule directory diff",
)
UNDER_NEW_ID = Alert(
    name="BasculePeopleUnderNewId",
    page="directory",
    severity=_WARNING,
    held_s=_HOUR_S,
    summary="People are in the directory under another id, or ids show other people, and nobody has said who is who",
    description="Their desktops stay as they are, and nothing is made for them. Accounts were made anew, the directory was "
    "imported anew, or a number was given to somebody else.",
    command="bascule directory diff",
)
REJECTS_MANY = Alert(
    name="BasculeDirectoryRejectsMany",
    page="directory",
    severity=_WARNING,
    held_s=15 * _MINUTE_S,
    summary="More than two in a hundred directory entries are not usable agents",
    description="They lack an id or a login, or share one. These people get no desktop.",
    command="bascule agent list",
)
DESKTOPS_FAILED = Alert(
    name="BasculeDesktopsFailed",
    page="desktops",
    severity=_WARNING,
    held_s=5 * _MINUTE_S,
    summary="Desktops have failed",
    description="Every attempt has failed, and Bascule has given them up. Where there is room, their agents get another "
    "desktop; agents who have none yet are among those who wait.",
    command="bascule desktop list",
)
DESKTOPS_LATE = Alert(
    name="BasculeDesktopsLate",
    page="desktops",
    severity=_WARNING,
    held_s=5 * _MINUTE_S,
    summary="Desktops do not come up",
    description="They have been starting for longer than their profile's ready_timeout. Their agents wait.",
    command="bascule desktop list",
)
DESKTOPS_SILENT = Alert(
    name="BasculeGuestsGiveNoReport",
    page="desktops",
    severity=_WARNING,
    held_s=_MINUTE_S,
    summary="Desktops that were ready do not answer any more",
    description="Nobody knows who is logged on there, and they may hang. `bascule status` names them.",
    command="bascule desktop list",
)
VMS_UNLISTED = Alert(
    name="BasculeVmsUnlisted",
    page="clusters",
    severity=_WARNING,
    held_s=5 * _MINUTE_S,
    summary="Cluster {{ $labels.cluster }} has VMs of ours that its VM list does not show",
    description="The token lacks VM.Audit on them. Their desktops are unknown, and their people get no others.",
    command="bascule check",
    labels=("cluster",),
)
DESKTOPS_NOT_ASKED = Alert(
    name="BasculeDesktopsNotAsked",
    page="desktops",
    severity=_WARNING,
    held_s=2 * _MINUTE_S,
    summary="Proxmox VE passes no questions on to desktops",
    description="Whether they are ready, and who is logged on, is not known: a right is missing, or a node takes no requests.",
    command="bascule check",
)
FIRST_BOOTS_FAILED = Alert(
    name="BasculeFirstBootsFailed",
    page="desktops",
    severity=_WARNING,
    held_s=5 * _MINUTE_S,
    summary="First boots of desktops have failed, and their people wait",
    description="Nothing repeats a first boot. Many at once have a common cause: the image, a domain controller, the network.",
    command="bascule status",
)
FAIL_ALIKE = Alert(
    name="BasculeDesktopsFailAlike",
    page="desktops",
    severity=_CRITICAL,
    held_s=_MINUTE_S,
    summary="Desktops fail with the same error on cluster {{ $labels.cluster }} {{ $labels.profile }}",
    description="The cause is not a desktop's own. One is tried from time to time, and the others wait.",
    command="bascule status",
    labels=("cluster", "profile"),
)
NODE_REFUSES = Alert(
    name="BasculeNodeRefuses",
    page="nodes",
    severity=_WARNING,
    held_s=2 * _MINUTE_S,
    summary="Node {{ $labels.node }} of cluster {{ $labels.cluster }} refuses every order",
    description="The cluster lists it as online, and its pvedaemon takes nothing. Those whose desktop is there wait.",
    command="bascule node list",
    labels=("cluster", "node"),
)
PEOPLE_STUCK = Alert(
    name="BasculePeopleStuck",
    page="desktops",
    severity=_WARNING,
    held_s=10 * _MINUTE_S,
    summary="People wait for desktops that are tried in vain",
    description="A lock that stays, a right that is missing, no template or no space: it does not pass by itself.",
    command="bascule status",
)
NOTE_KEY = Alert(
    name="BasculeNoteKeyDiffers",
    page="daemon",
    severity=_CRITICAL,
    held_s=_MINUTE_S,
    summary="The notes on the VMs are signed with another key than note_key",
    description="Desktops that exist run on. Nobody gets a new one until note_key is the right key again.",
    command="bascule status",
)
DISK_SHORT = Alert(
    name="BasculeDiskShort",
    page="daemon",
    severity=_CRITICAL,
    held_s=_MINUTE_S,
    summary="The disk of Bascule's store is nearly full",
    description="Once it is full the daemon orders nothing until there is room. Desktops and sessions run on; nobody gets a "
    "new desktop.",
    command="df -h /var/lib/bascule",
)
CALLERS_UNKNOWN = Alert(
    name="BasculeCallersUnknown",
    page="daemon",
    severity=_WARNING,
    held_s=5 * _MINUTE_S,
    summary="The API refuses people or software that have a role",
    description="The kernel does not tell the groups of whoever asks, or the file of tokens cannot be believed. Desktops are "
    "served on; a help desk may be without its orders.",
    command="bascule status",
)
PROFILE_GONE = Alert(
    name="BasculeProfileGone",
    page="desktops",
    severity=_WARNING,
    held_s=15 * _MINUTE_S,
    summary="Profile {{ $labels.profile }} is not configured any more, and desktops have it",
    description="People work on. Who is logged on there is unknown, and what stops is not brought up again.",
    command="bascule status",
    labels=("profile",),
)
WORK_FAILS = Alert(
    name="BasculeWorkFails",
    page="daemon",
    severity=_WARNING,
    held_s=15 * _MINUTE_S,
    summary="Work beside Bascule's cycle fails: {{ $labels.work }}",
    description="It is tried again at each round, and what is shown of it is from before. Desktops are still made; while dns "
    "or broker fails, people may not find theirs.",
    command="bascule status",
    labels=("work",),
)
OWN_CLOCK = Alert(
    name="BasculeOwnClockWrong",
    page="daemon",
    severity=_CRITICAL,
    held_s=2 * _MINUTE_S,
    summary="The clock of the daemon's machine is wrong",
    description="The desktops agree on another time. What they write counts as outdated: none gets ready, and who is logged on "
    "is unknown.",
    command="timedatectl",
)
CONFIG_REJECTED = Alert(
    name="BasculeConfigRejected",
    page="daemon",
    severity=_WARNING,
    held_s=5 * _MINUTE_S,
    summary="Bascule has refused its changed configuration",
    description="A reload found faulty files, so what was read before is in force. The next start of the daemon would fail.",
    command="bascule check --offline",
)
RESTART_WAITS = Alert(
    name="BasculeRestartWaits",
    page="daemon",
    severity=_WARNING,
    held_s=_HOUR_S,
    summary="Changed settings of Bascule wait for a restart",
    description="A reload does not take up every key of bascule.yaml. The earlier values are in force.",
    command="bascule status",
)
CERTIFICATE_ENDS = Alert(
    name="BasculeCertificateEnds",
    page="daemon",
    severity=_WARNING,
    held_s=10 * _MINUTE_S,
    summary="The certificate of {{ $labels.use }} ends in less than two weeks",
    description="After that whoever checks it does not connect any more: Prometheus, clients of the API, desktops that report, "
    "or Bascule itself. Nothing renews it by itself, or that has failed.",
    command="bascule check",
    labels=("use",),
)
CERTIFICATE_ENDED = Alert(
    name="BasculeCertificateEnded",
    page="daemon",
    severity=_CRITICAL,
    held_s=_MINUTE_S,
    summary="The certificate of {{ $labels.use }} has ended",
    description="Whoever checks it does not connect: Prometheus, clients of the API, desktops that report, or Bascule itself.",
    command="bascule check",
    labels=("use",),
)
CERTIFICATE_UNUSED = Alert(
    name="BasculeCertificateUnused",
    page="daemon",
    severity=_WARNING,
    held_s=5 * _MINUTE_S,
    summary="The certificate of {{ $labels.use }} is not in use as its file is",
    description="Its file cannot be read, its key belongs to another, or the receiver was not started again. What was read "
    "before is served until then, and ends some day.",
    command="bascule status",
    labels=("use",),
)
ORDER_ASIDE = Alert(
    name="BasculeOrderSetAside",
    page="operators",
    severity=_WARNING,
    held_s=_MINUTE_S,
    summary="An order, or a row of the store, was set aside ({{ $labels.order }})",
    description="It cannot be read or carried out, and does nothing. What it may have protected is protected until somebody "
    "ends it.",
    command="bascule status",
    labels=("order",),
)
WAVE_LATE = Alert(
    name="BasculeWaveLate",
    page="waves",
    severity=_CRITICAL,
    held_s=0.0,
    summary="Wave {{ $labels.wave }} is late",
    description="Its deadline is over, and somebody has no desktop that is ready.",
    command="bascule surge status",
    labels=("wave",),
    settles=True,
)
WAVE_WILL_BE_LATE = Alert(
    name="BasculeWaveWillBeLate",
    page="waves",
    severity=_CRITICAL,
    # The daemon has found it late at two looks in a row, half a minute apart.
    held_s=30.0,
    summary="Wave {{ $labels.wave }} will be late",
    description="By what this cluster has shown, somebody will have no desktop at the deadline. There is still time to act.",
    command="bascule surge status",
    labels=("wave",),
    settles=True,
)
WAVE_MAY_BE_LATE = Alert(
    name="BasculeWaveMayBeLate",
    page="waves",
    severity=_WARNING,
    held_s=30.0,
    summary="Wave {{ $labels.wave }} may be late",
    description="It will be in time if all goes as usual, and late if it does not. There is still time to act.",
    command="bascule surge status",
    labels=("wave",),
    settles=True,
)
__all__ = [
    "ADDED", "BASELINE", "CALLERS_UNKNOWN", "CERTIFICATE_ENDED", "CERTIFICATE_ENDS", "CERTIFICATE_UNUSED",
    "CLUSTER_NOT_SEEN", "CLUSTER_PAUSED", "CONFIG_REJECTED",
    "DESKTOPS_FAILED", "DESKTOPS_LATE", "DESKTOPS_NOT_ASKED", "DESKTOPS_SILENT", "DIRECTORY_STALE", "DISK_SHORT",
    "FAIL_ALIKE", "FIRST_BOOTS_FAILED", "NODE_OFFLINE", "NODE_REFUSES", "NOTE_KEY", "NO_ROSTER",
    "ORDER_ASIDE", "OWN_CLOCK", "PEOPLE_STUCK", "PROFILE_GONE", "QUARANTINED", "QUORUM_UNKNOWN", "REJECTS_MANY",
    "RESTART_WAITS",
    "STORAGE_FILLED", "STORAGE_FULL", "UNDER_NEW_ID", "VMS_UNLISTED", "WAVE_LATE", "WAVE_MAY_BE_LATE", "WAVE_WILL_BE_LATE",
    "WORK_FAILS",
    "Alert",
]  # fmt: skip
