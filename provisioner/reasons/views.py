"""Texts in tables of a desktop, an agent or a node; what waits for a person; why people have no way to their desktops."""

from provisioner.reasons.reason import kind

# -- a desktop
IN_QUARANTINE = kind("in_quarantine", "in quarantine, and not used: {why}")
SUPERSEDED_BY = kind("superseded_by", "superseded by {name}; {why}")
STRANGERS = kind("strangers", "strangers are logged on: {logins}")
NO_REPORT = kind("no_report", "gave no report when it was asked last: {why}")
LEAVING = kind("leaving", "{step} (gone since {since}), {next_step} from {at} on: {why}")
LEAVING_OVERDUE = kind("leaving_overdue", "{step} (gone since {since}), {next_step} overdue since {at}: {why}")
NOT_TOUCHED = kind("not_touched", "vm {vm}: {why}")
# -- an agent
CLONE_NEXT = kind("clone_next", "its clone comes next")
MADE_AHEAD = kind("made_ahead", "made ahead of need: the agent's batch is not open yet")
# -- a node
STATE_ONLINE = kind("state_online", "online")
STATE_OFFLINE = kind("state_offline", "offline")
STATE_CORDONED = kind("state_cordoned", "cordoned")
STATE_DRAINED = kind("state_drained", "drained")
STATE_EVACUATED = kind("state_evacuated", "evacuated")
# -- what waits for a person
_HELD = "`bascule directory diff` names them; `bascule directory accept` lets them through"
HELD_DIRECTORY = kind("held_directory", "the directory is in quarantine, its last reading is not in force: {why}", _HELD)
HELD_CONFIGURATION = kind(
    "held_configuration", "the changed configuration is in quarantine, the earlier one is in force: {why}", _HELD
)
HELD_BOTH = kind("held_both", "directory and configuration are in quarantine, what was before is in force: {why}", _HELD)
_REKEY = "`bascule directory diff` names them, `bascule directory rekey` carries them over"
PERSON_RECREATED = kind("person_recreated", f"{{count}} person is there under a new id: {_REKEY}")
PEOPLE_RECREATED = kind("people_recreated", f"{{count}} people are there under a new id: {_REKEY}")
OTHER_PEOPLE_HELD = kind(
    "other_people_held",
    "ids that show another person than before: {count}; nothing changes hands: `bascule directory diff` names them, `bascule "
    "directory rekey --renamed ID` or `bascule directory distinct ID` says who they are",
)
_RETRY = "`bascule desktop list` says why; `bascule desktop retry` tries again"
DESKTOP_FAILED = kind("desktop_failed", f"{{count}} desktop has failed: {_RETRY}")
DESKTOPS_FAILED = kind("desktops_failed", f"{{count}} desktops have failed: {_RETRY}")
CONFIG_REJECTED = kind(
    "config_rejected",
    "the files of the configuration are faulty, and what was read before is in force: {why}",
    "`bascule check --offline` lists every problem; correct the files and reload",
)
CONFIG_REJECTED_MORE = kind("config_rejected_more", "{first}, and {more} more")
RESTART_WAITS = kind(
    "restart_waits",
    "changed in bascule.yaml, and not in force before a restart: {keys}",
    "restart the daemon: no desktop notices it",
)
BASELINE_WAITS = kind(
    "baseline_waits",
    "the store was rebuilt from the desktops' notes, and stops and deletes wait: check `bascule desktop list` and "
    "`bascule report drift`; if they are right, `bascule store accept`",
)
# -- what nothing is called
NOTHING_MATCHES = kind("nothing_matches", "nothing matches '{of}': no agent, desktop, node or wave has it in a name")
NOTHING_LIKE = kind("nothing_like", "nothing matches '{of}': did you mean {names}?")
# -- leases
LEASE_FREE = kind("lease_free", "free")
LEASE_LENT = kind("lease_lent", "lent")
LEASE_KEPT = kind("lease_kept", "kept for this person")
LEASE_TO_RESET = kind("lease_to_reset", "is being reset")
LEASE_IN_DOUBT = kind("lease_in_doubt", "in doubt since a backup was restored")
TRIED_AT = kind("tried_at", "{why} (tried again at {time})")
# -- of a person
NO_DESKTOP_YET = kind("nothing_to_connect_to", "there is no desktop yet")
NOT_ASSIGNED = kind("not_assigned", "the desktop is ready, and not given to the agent yet")
LENT_NOT_SEEN = kind("lent_not_seen", "desktop {desktop} of pool {pool} is lent to this person, and no cycle has seen it yet")
NOBODY_CALLED = kind("nobody_called", "no agent of the roster has the login '{login}'")
NO_ROSTER_YET = kind("no_roster_yet", "no roster has been accepted yet: nobody is known")
# -- the publisher
NO_PUBLISHER = kind(
    "no_publisher", "without certificate and key below `connections:` in {config} no connection file can be signed"
)
PUBLISHER_UNUSABLE = kind("publisher_unusable", "{certificate} and {key} cannot sign connection files: {said}")
KEY_NOT_RSA = kind("key_not_rsa", "{key} is not an RSA key: Windows checks no other signature of a connection file")
KEY_NOT_OF_CERTIFICATE = kind("key_not_of_certificate", "{key} is not the key of {certificate}")
# -- the folder
FOLDER_OPEN = kind(
    "folder_open", "{path} is not this account's alone (mode {mode}): `chmod 700` it, or name a folder that is not there yet"
)
FOLDER_UNUSABLE = kind("folder_unusable", "connection files cannot be written to {path}: {said}")
FILE_NOT_OURS = kind("file_not_ours", "{path} is not a connection file of this installation: nothing was written")
SAME_FILE = kind("same_file", "the logins {logins} would have the same file {name}")
# -- findings of the doctor
PUBLISHER_SIGNS = kind(
    "publisher_signs", "it signs connection files; its thumbprint, for the group policy of people's computers: {thumbprint}"
)
PUBLISHER_ENDED = kind(
    "publisher_ended",
    "the certificate of connection files ended {days:.0f} days ago: people's computers warn of every file",
    "renew it, roll its thumbprint out, and run `bascule agent connections --rdp` again: docs/en/connections.md",
)
PUBLISHER_ENDS = kind(
    "publisher_ends",
    "the certificate of connection files ends in {days:.0f} days",
    "renew it, and roll the new thumbprint out before it ends: docs/en/connections.md",
)
PUBLISHER_UNREAD = kind(
    "publisher_unread",
    "this account cannot read it, so that it is not checked: {said}",
    "run `bascule check` as the daemon's account",
)
PUBLISHER_WRONG = kind(
    "publisher_wrong",
    "no connection file can be signed: {said}",
    "give a PEM certificate and the RSA key that belongs to it, without a passphrase",
)
