"""How people reach their desktops: why there is no connection file, and what is wrong with those that would be made."""

from provisioner.reasons.reason import kind

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
    "renew it, roll its thumbprint out, and run `bascule agent connections --rdp` again: docs/connections.md",
)
PUBLISHER_ENDS = kind(
    "publisher_ends",
    "the certificate of connection files ends in {days:.0f} days",
    "renew it, and roll the new thumbprint out before it ends: docs/connections.md",
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
