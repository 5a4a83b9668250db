"""Why a backup cannot be made or restored."""

from provisioner.reasons.reason import kind

BACKUP_FILE_EMPTY = kind("backup_file_empty", "{path} is empty")
BACKUP_FILE_UNREADABLE = kind("backup_file_unreadable", "{path} cannot be read: {said}")
BACKUP_FILE_LARGE = kind("backup_file_large", "{path} is too large for a file of the configuration ({size} bytes)")
BACKUP_FILE_EXISTS = kind("backup_file_exists", "{path} is there already: name another file")
BACKUP_FILE_UNWRITABLE = kind("backup_file_unwritable", "{path} cannot be written: {said}")
RESTORE_UNWRITABLE = kind("restore_unwritable", "{path} cannot be written: {said}; what is there stays, call again")
RESTORE_OTHERS = kind("restore_others", "nothing was changed, for something else is there already; move it away first: {paths}")
NO_BACKUP = kind("no_backup", "this is not a backup of Bascule's: name a file that `bascule store backup` has written")
BACKUP_ENCRYPTED = kind("backup_encrypted", "this backup is encrypted: give --identity FILE or --passphrase-file FILE")
BACKUP_LOCKED = kind("backup_locked", "this backup cannot be decrypted: {said}")
NO_PUBLIC_KEY = kind("no_public_key", "{key}: no public key of age or SSH ({said})")
BACKUP_CLEAR = kind(
    "backup_clear",
    "this backup is not encrypted, although a key to decrypt it was given: somebody may have put it in the place of yours",
)
LARGE_FOR_PASSPHRASE = kind(
    "backup_large_for_passphrase", "with a passphrase a backup may have {most} bytes: encrypt it for a key, with --recipient"
)
NO_PROOF_KEY = kind("no_proof_key", "{path} holds no key of backups: name the file that `bascule store backup` has made")
KEY_INSIDE = kind(
    "backup_key_inside",
    "{path} would be in the backup itself, and so would prove every copy of it: name another file with --key",
)
PROOF_WRONG = kind(
    "backup_proof_wrong",
    "this backup is not by the holder of this key, or was changed since: take another, or name its key with --key FILE",
)
PROOF_NONE = kind(
    "backup_proof_none",
    "nothing in this backup proves who has made it: it is of an older Bascule, or was made without a key. If you know where it"
    " was kept since: --unproven, which asks first",
)
PROOF_NO_KEY = kind(
    "backup_proof_no_key",
    "there is no key here to prove who has made this backup: name its key with --key FILE; if that is lost: --unproven",
)
RESTORE_OUTSIDE = kind(
    "restore_outside",
    "this backup, whose maker is not proven, would write outside the folder of the configuration: if these places are"
    " yours, name their folders with --below DIR: {paths}",
)
RESTORE_TWICE = kind("restore_twice", "this backup has two files for {path}")
RESTORE_STORE_ELSEWHERE = kind(
    "restore_store_elsewhere",
    "the configuration in this backup has its store at {path}, which its list of places does not have: no store was written",
)
RESTORE_VARIABLES = kind(
    "restore_variables",
    "this backup has secrets that its configuration does not name ({names}): they were not written",
)
RESTORE_NO_SPACE = kind(
    "restore_no_space", "{folder} has no room to unpack this backup ({said}): set TMPDIR to a folder that has"
)
MEMBER_FOREIGN = kind("backup_member_foreign", "this backup holds {name}, which no backup of Bascule's holds in this place")
VARIABLE_UNREADABLE = kind("backup_variable_unreadable", "this backup's value for {name} cannot be an environment variable")
MEMBER_LARGE = kind("member_large", "{name} in this backup is larger than a file of a configuration")
MEMBER_MISSING = kind("member_missing", "this backup holds no {name}: it is damaged, or is not a backup of Bascule's")
BACKUP_DAMAGED = kind("backup_damaged", "this backup is damaged ({said}): take another")
MANIFEST_UNREADABLE = kind(
    "manifest_unreadable", "this backup's manifest cannot be read: it is damaged, or made by a newer Bascule"
)
