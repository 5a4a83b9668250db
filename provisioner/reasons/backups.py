"""Why a backup cannot be made or restored."""

from provisioner.reasons.reason import kind

BACKUP_FILE_EMPTY = kind("backup_file_empty", "{path} is empty")
BACKUP_FILE_UNREADABLE = kind("backup_file_unreadable", "{path} cannot be read: {said}")
BACKUP_FILE_LARGE = kind("backup_file_large", "{path} is too large for a file of the configuration ({size} bytes)")
BACKUP_FILE_EXISTS = kind("backup_file_exists", "{path} is there already: name another file")
BACKUP_FILE_UNWRITABLE = kind("backup_file_unwritable", "{path} cannot be written: {said}")
RESTORE_UNWRITABLE = kind("restore_unwritable", "{path} cannot be written: {said}; what is there stays, call again")
RESTORE_OTHERS = kind("restore_others", "nothing was changed, for something else is there already; move it away first: {paths}")
NO_BACKUP = kind("no_backup", "this is not a backup of Bascule's: name a file that `bascule backup` has written")
BACKUP_ENCRYPTED = kind("backup_encrypted", "this backup is encrypted: give --identity FILE or --passphrase-file FILE")
BACKUP_LOCKED = kind("backup_locked", "this backup cannot be decrypted: {said}")
NO_PUBLIC_KEY = kind("no_public_key", "{key}: no public key of age or SSH ({said})")
MEMBER_LARGE = kind("member_large", "{name} in this backup is larger than a file of a configuration")
MEMBER_MISSING = kind("member_missing", "this backup holds no {name}: it is damaged, or is not a backup of Bascule's")
BACKUP_DAMAGED = kind("backup_damaged", "this backup is damaged ({said}): take another")
BACKUP_CUT = kind("backup_cut", "this backup is damaged (it ends too early): take another")
MANIFEST_UNREADABLE = kind(
    "manifest_unreadable", "this backup's manifest cannot be read: it is damaged, or made by a newer Bascule"
)
