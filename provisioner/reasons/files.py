"""Errors of files: reading them, their YAML, their keys, the form that each value must have, what instants, durations and
counts have to be, whoever says them; why a file is not read though the system would allow it; and why somebody else's tar or
disk image is read no further.
"""

from provisioner.reasons.reason import kind

PROBLEM = kind("problem", "{place} {path}: {message}")
PROBLEM_OF_FILE = kind("problem_of_file", "{place}: {message}")
# -- the file as a whole
FILE_UNREADABLE = kind("file_unreadable", "cannot be read: {said}")
FILE_UNNAMEABLE = kind("file_unnameable", "cannot be read: no file can have this name")
FILE_LARGE = kind("file_large", "larger than {limit} bytes")
NOT_REGULAR = kind("file_not_regular", "not a regular file")
NO_AUTHORITIES = kind("no_authorities", "{file} holds no certificate of an authority: {said}")
FILES_FAIL = kind("files_fail", "cannot be taken up: {why}; the log says where")
FILE_ENCODING = kind("file_encoding", "is not UTF-8 text: save the file as UTF-8")
MANY_VALUES = kind("many_values", "holds more than {limit} values once its aliases are followed")
NESTED_DEEPLY = kind("nested_deeply", "is nested too deeply")
# -- its YAML
YAML_WRONG = kind("yaml_wrong", "is not valid YAML")
YAML_OTHER = kind("yaml_other", "is not valid YAML: {said}")
YAML_DOCUMENTS = kind("yaml_documents", "holds more than one document: remove the line ---")
YAML_UNDEFINED = kind("yaml_undefined", "is not valid YAML: undefined alias (quote text that starts with *)")
YAML_TAB = kind("yaml_tab", "is not valid YAML: indent with spaces, not with tabs")
YAML_COLON = kind("yaml_colon", "is not valid YAML: unexpected colon: check the indentation, or quote the text that holds it")
YAML_NO_COLON = kind("yaml_no_colon", "is not valid YAML: a key without its colon")
YAML_QUOTE = kind("yaml_quote", "is not valid YAML: a quote is not closed")
YAML_BRACKET = kind("yaml_bracket", "is not valid YAML: a bracket is missing, or there is one too many")
YAML_INDENTATION = kind("yaml_indentation", "is not valid YAML: wrong indentation")
YAML_SIGN = kind("yaml_sign", "is not valid YAML: quote text that starts with a special character such as @ or %")
TAG_UNKNOWN = kind("tag_unknown", "has an unknown YAML tag (!…)")
VALUE_UNREADABLE = kind("value_unreadable", "cannot be read as the type that its form or its YAML tag announces")
ALIAS_OF_ITSELF = kind("alias_of_itself", "is an alias of something that contains it")
# -- its keys
KEY_NO_TEXT = kind("key_no_text", "has a key that is a list or a mapping")
KEY_TWICE = kind("key_twice", "is given twice: first in line {line}")
KEY_UNKNOWN = kind("key_unknown", "unknown key")
KEY_MISSING = kind("key_missing", "is missing")
DID_YOU_MEAN = kind("did_you_mean", "{unknown}; did you mean '{name}'?")
KNOWN_HERE = kind("known_here", "{unknown}; known here: {names}")
# -- a file that it names
CANNOT_READ = kind("cannot_read", "cannot read {file}: {said}")
NO_FILE = kind("no_file", "not a file")
NO_FILE_NAME = kind("no_file_name", "no file can have this name")
SECRET_PUBLIC = kind("secret_public", "everyone may read {file}: chmod o-rwx")
FILE_WRITABLE = kind("file_writable", "others than its owner may write to {file}: chmod go-w")
FILE_OF_ANOTHER = kind(
    "file_of_another", "{file} belongs to {owner}, neither to root nor to the account that reads it: chown root"
)
SECRET_LARGE = kind("secret_large", "{file} is too large for a secret")
SECRET_ENCODING = kind("secret_encoding", "{file} is not UTF-8 text")
SECRET_EMPTY = kind("secret_empty", "the secret is empty")
SECRET_LINES = kind("secret_lines", "the secret must be one line of text")
SECRET_UNSET = kind("secret_unset", "environment variable {name} is not set")
SECRET_SHORT = kind("secret_short", "is too short: at least {least} random characters")
# -- its type and its size
MUST_BE_TEXT = kind("must_be_text", "must be text")
MUST_BE_QUOTED = kind("must_be_quoted", "must be text: put it in quotes")
MUST_BE_WHOLE = kind("must_be_whole", "must be a whole number")
MUST_BE_SMALLER = kind("must_be_smaller", "must be a smaller number")
MUST_BE_NUMBER = kind("must_be_number", "must be a number")
MUST_BE_FINITE = kind("must_be_finite", "must be a finite number")
MUST_BE_SWITCH = kind("must_be_switch", "must be true or false")
MUST_BE_LIST = kind("must_be_list", "must be a list")
MUST_BE_MAPPING = kind("must_be_mapping", "must be a mapping of keys to values")
MUST_BE_MORE = kind("must_be_more", "must be more than {limit:g}")
MUST_BE_AT_LEAST = kind("must_be_at_least", "must be at least {limit:g}")
MUST_BE_LESS = kind("must_be_less", "must be less than {limit:g}")
MUST_BE_AT_MOST = kind("must_be_at_most", "must be at most {limit:g}")
MUST_BE_WORD = kind("must_be_word", "must be {word}")
MUST_BE_ONE_OF = kind("must_be_one_of", "must be {others} or {last}")
FEW_ENTRIES = kind("few_entries", "must have at least {limit} entry")
MANY_ENTRIES = kind("many_entries", "must have at most {limit} entries")
MANY_CHARACTERS = kind("many_characters", "must have at most {limit} characters")
EMPTY_TEXT = kind("empty_text", "must not be empty")
EMPTY_KEY = kind("empty_key", "is empty")
EMPTY_VALUE = kind("empty_value", "is empty: {wanted}")
UNEXPECTED = kind("unexpected", "is not what is expected here")
# -- times
MUST_BE_WEB_ADDRESS = kind(
    "must_be_web_address",
    "must be an address such as https://prometheus.example.org:9090; without TLS (http) only of this machine",
)
MUST_BE_DURATION = kind("must_be_duration", "must be a duration such as 90s, 15min, 4h or 1h30min, or a number of seconds")
DURATION_LONG = kind("duration_long", "must be a duration of at most 100 years")
OR_NEVER = kind("or_never", "{wanted}; or never")
MUST_BE_MOMENT = kind(
    "must_be_moment",
    "must be a time with its zone, such as 2026-11-03 06:00 Europe/Paris or 2026-11-03T06:00:00+01:00",
)
ZONE_UNKNOWN = kind(
    "zone_unknown",
    "the time zone {zone} is not known on this machine: write it as Europe/Paris, or a difference such as +01:00",
)
MOMENT_SKIPPED = kind("moment_skipped", "does not exist: the clocks go forward in that hour")
MUST_BE_DATE_FORMAT = kind(
    "must_be_date_format", "must be {formats}, or a pattern with year, month and day such as %d/%m/%Y, in UTC"
)
# -- addresses
MUST_BE_ENDPOINT = kind("must_be_endpoint", "must be an address such as https://pve1.example.org:8006")
MUST_BE_LDAP_URL = kind("must_be_ldap_url", "must be an address such as ldaps://directory.example.org")
MUST_BE_STORE_URL = kind("must_be_store_url", "must be sqlite:///file or postgresql+psycopg://user@host/database")
CREDENTIALS_IN_ADDRESS = kind("credentials_in_address", "must hold neither user nor password")
PASSWORD_IN_ADDRESS = kind("password_in_address", "must hold no password: give it under password:")
MUST_BE_IP = kind("must_be_ip", "must be an IP address")
MUST_BE_LISTENER = kind("must_be_listener", "must be an IP address, or the name of this machine")
MUST_BE_OU = kind("must_be_ou", "must be the DN of a container in a domain, such as OU=Desktops,DC=dep,DC=example")
MUST_BE_DOMAIN = kind("must_be_domain", "must be the name of a domain, such as dep.example")
MUST_BE_HOME = kind(
    "must_be_home", "must be a place on a file server: server:/path/{{login}} (NFS) or //server/share/{{login}} (SMB)"
)
MUST_BE_MOUNT_OPTIONS = kind("must_be_mount_options", "must be mount options such as sec=krb5, without any password")
MUST_BE_ZONE_NAME = kind("must_be_zone_name", "must be a time zone such as Europe/Paris")
MUST_BE_LOCALE = kind("must_be_locale", "must be a locale such as fr_FR.UTF-8")
MUST_BE_GATEWAY = kind("must_be_gateway", "must be the name of a gateway, with or without a port: rdp.dep.example:443")
# -- names of Proxmox VE and of desktops
MUST_BE_IDENTIFIER = kind("must_be_identifier", "must be at most 31 lower-case letters, digits and hyphens, a hyphen not first")
MUST_BE_PREFIX = kind("must_be_prefix", "must be a letter, then at most 8 lower-case letters, digits and hyphens")
MUST_BE_NODE = kind("must_be_node", "must be the short name of a Proxmox VE node")
MUST_BE_SPARE = kind("must_be_spare", "must be a number of desktops such as 10, or a share such as '20%'")
MUST_BE_STORAGE = kind("must_be_storage", "must be the id of a Proxmox VE storage")
MUST_BE_POOL = kind(
    "must_be_pool",
    "must be the id of a Proxmox VE pool: letters, digits, dots, hyphens, underscores; at most two slashes",
)
MUST_BE_BRIDGE = kind("must_be_bridge", "must be the name of a bridge, such as vmbr0")
MUST_BE_TOKEN = kind("must_be_token", "must look like bascule@pve!daemon")
MUST_BE_IMAGE = kind("must_be_image", "must be lower-case letters, digits and . _ -, for it becomes a tag")
MUST_BE_PATH = kind("must_be_path", "must be an absolute path in the desktop")
MUST_BE_ACCOUNT = kind("must_be_account", "must be the name of a Unix account")
MUST_BE_GROUP = kind("must_be_group", "must be the name of a Unix group")
MUST_BE_USER = kind("must_be_user", "must hold neither colon nor space")
# -- the directory
MUST_BE_ATTRIBUTE = kind("must_be_attribute", "must be the name of a directory attribute")
MUST_BE_ATTRIBUTE_OR_NONE = kind("must_be_attribute_or_none", "must be the name of a directory attribute, or '' for none")
MUST_BE_FILTER = kind("must_be_filter", "must be an LDAP filter in brackets")
MUST_BE_PATTERN = kind("must_be_pattern", "must be a regular expression: {said}")
MUST_BE_SELECTION = kind("must_be_selection", "must be everyone, or criteria such as `groups: [crisis-cell]`")
# -- twins
MUST_BE_NODES = kind("must_be_nodes", "must be a node's name or a range of names such as pve[01-16]")
MUST_BE_METHOD = kind("must_be_method", "must be GET, POST, PUT or DELETE")
MUST_BE_ENDPOINT_PATH = kind("must_be_endpoint_path", "must be a path such as {example}")
MUST_BE_REALM_USER = kind("must_be_realm_user", "must be a user with its realm, such as bascule@pve")
MUST_BE_RECEIVER = kind("must_be_receiver", "must be a receiver's address such as https://localhost:9443/v1/report")
MUST_BE_TOKEN_NAME = kind("must_be_token_name", "must be the name of an API token")
MUST_BE_DATED = kind("must_be_dated", "must be a time in the years {first} to {last}")
MUST_BE_DURABLE = kind("must_be_durable", "must be a duration of 0 s to {days} days")
MUST_BE_COUNTED = kind("must_be_counted", "must be a whole number from {least} to {most}")
MUST_BE_NAMED = kind("must_be_named", "must be a text of at most {most} characters")
LINK = kind("file_is_link", "{path} is a link, which is not followed")
NO_REGULAR = kind("file_several_names", "{path} is not a regular file with a single name")
NO_PLACE = kind("file_no_place", "{path} leads out of its folder")
OPEN_FOLDER = kind("file_open_folder", "others may replace {path}, for the mode of its folder is {mode}: chmod go-w {folder}")
LARGE = kind("file_too_large", "{path} has more than {most} bytes")
TAR_CUT = kind("tar_cut", "it ends too early")
TAR_DAMAGED = kind("tar_damaged", "it is damaged ({said})")
TAR_LONG = kind("tar_long", "unpacked it has more than {most} bytes")
TAR_MANY = kind("tar_many", "it has more than {most} members")
TAR_NAME = kind("tar_name", "a name in it has more than {most} bytes")
QCOW2_BACKING = kind(
    "qcow2_backing",
    "{path}: it names a backing file, which is another file of this machine and is not read. Where you trust both,"
    " `qemu-img convert -O qcow2` makes an image without",
)
QCOW2_DATA_FILE = kind(
    "qcow2_data_file",
    "{path}: it names a data file, which is another file of this machine and is not read. Where you trust both,"
    " `qemu-img convert -O qcow2` makes an image without",
)
QCOW2_ENCRYPTED = kind("qcow2_encrypted", "{path}: the image is encrypted: convert it to a raw image first")
QCOW2_UNKNOWN = kind(
    "qcow2_unknown", "{path}: a kind of qcow2 that is not known here ({what}): convert it to a raw image first"
)
QCOW2_DAMAGED = kind("qcow2_damaged", "{path}: the image is damaged ({what})")
QCOW2_LARGE = kind("qcow2_large", "{path}: unpacked it has more than {most} bytes")
