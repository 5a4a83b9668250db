"""The form that a value of a YAML file must have; a clause that follows the path of the value."""

from provisioner.reasons.reason import kind

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
