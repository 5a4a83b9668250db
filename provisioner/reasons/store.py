"""Why the store cannot be opened, read or written, and a backup not be made or restored."""

from provisioner.reasons.reason import kind

OF_STORE = kind("of_store", "store {place}: {why}")
# -- its URL
URL_UNREADABLE = kind(
    "store_url_unreadable",
    "store: the URL cannot be read; write sqlite:////path or postgresql+psycopg://user@address/name",
)
DATABASE_UNSUPPORTED = kind("store_unsupported", "store: {name} is not supported; use sqlite or postgresql+psycopg")
FILE_UNNAMED = kind("store_file_unnamed", "store: SQLite needs a file: sqlite:////path")
NOT_THERE = kind(
    "store_not_there", "there is none: no daemon has run with this configuration yet, or its store is in another place"
)
FOLDER_MISSING = kind("store_folder_missing", "the folder {folder} does not exist")
NO_PSYCOPG = kind("store_no_psycopg", "psycopg is not installed; install bascule[postgresql]")
POOLED = kind(
    "store_pooled",
    "a pooler (PgBouncer or the like) stands before PostgreSQL, and a client does not keep its connection there: two daemons "
    "could own the store; let store.url name PostgreSQL itself, or set pool_mode = session for this database",
)
SERVER_OLD = kind("store_server_old", "PostgreSQL {version} is too old: Bascule needs PostgreSQL {oldest} or later")
SERVER_OLD_POOLED = kind(
    "store_server_old_pooled",
    "a pooler (PgBouncer or the like) stands before PostgreSQL {version}, and only from PostgreSQL {oldest} on it can be found "
    "out whether a client keeps its connection there; let store.url name PostgreSQL itself, or upgrade PostgreSQL",
)
# -- its file
DAMAGED = kind(
    "store_damaged", "{said}; the file is damaged: restore a copy, or move it away and it is rebuilt from the desktops' notes"
)
REPLACED = kind("store_replaced", "the file was removed or replaced while in use; start the daemon again")
FREE_SPACE_KEPT = kind("store_free_space_kept", "erased, but not from the free space of the file ({said}): call again")
LOG_KEPT = kind("store_log_kept", "erased, but the file is in use, and its log keeps the old text: call again")
# -- its schema
SCHEMA_NEWER = kind(
    "store_schema_newer",
    "made by a newer Bascule (schema {revision}); this version knows {newest} at most: run the newer one, or restore an older "
    "copy",
)
SCHEMA_UNRELEASED = kind(
    "store_schema_unreleased",
    "made by a Bascule before the first release (schema {revision}), which no release takes up; move it away, "
    "and it is rebuilt from the desktops' notes",
)
SCHEMA_OLDER = kind("store_schema_older", "made by an older Bascule; start the daemon once to bring it up to date")
TABLES_FOREIGN = kind("store_tables_foreign", "holds another program's tables ({tables}); give Bascule a store of its own")
# -- its owner
OWNED_HERE = kind("store_owned_here", "owned by this process already")
OWNED = kind("store_owned", "owned by {owner}")
OWNED_ONE = kind("store_owned_one", "owned by {owner}; one daemon per store")
OWNED_STILL = kind("store_owned_still", "owned by {owner}; stop the daemon first")
TAKEN = kind("store_taken", "lost, and taken by {owner}; start the daemon again")
CONNECTION_LOST = kind("store_connection_lost", "the database has not yet ended our lost connection")
OTHER_PROCESS = kind("store_other_process", "another process")
PROCESS = kind("store_process", "process {pid} on {machine} since {since}")
OTHER_INSTALLATION = kind("store_other_installation", "belongs to the installation {kept}, not to {installation}")
NOT_CLAIMED = kind("store_not_claimed", "has to be claimed before it may {doing}")
# -- what was tried
CANNOT = kind("store_cannot", "cannot {doing}: {said}")
NOT_UNICODE = kind("store_not_unicode", "a text is not Unicode")
ROW_WRONG = kind(
    "store_row_wrong",
    "in table {table} the row {row} cannot be read ({why}), and nothing is done without it: restore a copy, or move the store "
    "away and it is rebuilt from the desktops' notes",
)
KEPT_VALUE_WRONG = kind("store_value_wrong", "a kept value is wrong ({value})")
CLAIM = kind("store_claim", "claim")
LOAD = kind("store_load", "load")
COMMIT = kind("store_commit", "commit")
READ_INTENTS = kind("store_read_intents", "read the intents")
GIVE_INTENT = kind("store_give_intent", "give the intent {intent}")
WITHDRAW_INTENT = kind("store_withdraw_intent", "withdraw the intent {intent}")
READ_JOURNAL = kind("store_read_journal", "read the journal")
TRIM_JOURNAL = kind("store_trim_journal", "erase old lines of the journal")
KEEP_MEASURED = kind("store_keep_measured", "keep measurements")
READ_MEASURED = kind("store_read_measured", "read the measurements")
KEEP_FORECAST = kind("store_keep_forecast", "keep a forecast")
READ_FORECASTS = kind("store_read_forecasts", "read the forecasts")
KEEP_PROGRESS = kind("store_keep_progress", "keep how far the surge is")
KEEP_ARRIVALS = kind("store_keep_arrivals", "keep how many people ask for desktops of pools")
READ_ARRIVALS = kind("store_read_arrivals", "read how many people asked for desktops of pools")
READ_PROGRESS = kind("store_read_progress", "read how far surges were")
READ_ROSTERS = kind("store_read_rosters", "read the rosters")
FIND_PERSON = kind("store_find_person", "look a person up")
ERASE_PERSON = kind("store_erase_person", "forget a person")
CLEAR_FILES = kind("store_clear_files", "clear its files of what was erased")
READ_ALL = kind("store_read_all", "read all that is kept")
COPY = kind("store_copy", "copy the store")
TAKE_COPY_BACK = kind("store_take_copy_back", "take a copy back")
NOTE_RESTORE = kind("store_note_restore", "journal that a backup was taken back")
# -- a store that is moved
MOVED_OTHERWISE = kind(
    "store_moved_otherwise",
    "table {table} has other rows than the source ({arrived}, there {rows}), and nothing was kept here",
)
MOVE_SAME = kind("store_move_same", "both configurations name this place; let store.url of one of them name another")
MOVE_OTHER_INSTALLATION = kind(
    "store_move_other_installation", "the configuration of the target is of the installation {target}, not of {source}"
)
# -- a copy that is taken back
STORE_THERE = kind("store_there", "there is one already; move it away first")
COPY_DAMAGED = kind("store_copy_damaged", "the copy of the store is damaged: {said}")
COPY_PROGRAM = kind(
    "copy_program", "the store in this backup holds {name}, which is not a table: no Bascule has made it, and it is not read"
)
COPY_EMPTY = kind("store_copy_empty", "the copy of the store is empty")
COPY_UNREADABLE = kind("store_copy_unreadable", "the copy of the store cannot be read: {said}")
COPY_OTHER_INSTALLATION = kind(
    "store_copy_other_installation", "the store in the backup belongs to the installation {kept}, not to {installation}"
)
IN_BACKUP = kind("store_in_backup", "in the backup")
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
