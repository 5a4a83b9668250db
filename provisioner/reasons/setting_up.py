"""Why `bascule init` writes nothing, or less."""

from provisioner.reasons.reason import kind

FOLDER_NOT_EMPTY = kind("folder_not_empty", "{path} is there already, and is not an empty folder: nothing is written over it")
FOLDER_UNWRITABLE = kind("folder_unwritable", "{path} cannot be written: {said}")
NO_CERTIFICATE_SHOWN = kind("no_certificate_shown", "{url} shows no certificate: {said}")
CERTIFICATE_UNKNOWN = kind(
    "certificate_unknown",
    "nothing vouches for the certificate of {url}, whose SHA-256 fingerprint is {fingerprint}: give --ca-file, or compare it "
    "with `pvenode cert info` on the node and give --fingerprint",
)
CERTIFICATE_DIFFERS = kind("certificate_differs", "{url} shows another certificate: its fingerprint is {fingerprint}")
ENDPOINT_UNREACHED = kind("init_endpoint_unreached", "node {node} is left out of the endpoints: {said}")
ENDPOINT_UNVOUCHED = kind(
    "init_endpoint_unvouched",
    "node {node} is left out of the endpoints: what vouches for the first does not vouch for {url}; with the cluster's CA "
    "(--ca-file) it would, unless the node has a certificate of its own",
)
FILE_UNREADABLE = kind("init_file_unreadable", "{path}: {said}")
BASE_UNREAD = kind("init_base_unread", "nothing can be read below {base}: {said}")
OPTIONS_MISSING = kind("init_options_missing", "without a terminal to ask at, say: {options}")
NO_TEMPLATE = kind(
    "init_no_template",
    "the token sees no template on this cluster: make the golden image first, or give the token VM.Audit on the template",
)
WHICH_TEMPLATE = kind("init_which_template", "say which image: --template with one of {names}")
UNKNOWN_TEMPLATE = kind("init_unknown_template", "there is no image {name}, only {names}")
NO_BRIDGE = kind("init_no_bridge", "the template has no network card: say --bridge")
NO_PEOPLE = kind("init_no_people", "the directory lists nobody with a usable account below {base}")
UNKNOWN_GROUP = kind("init_unknown_group", "nobody is in a group {name}; the largest groups: {names}")
RANGE_TAKEN = kind("init_range_taken", "{vmids} holds VMs that exist: {taken}")
RANGE_FORM = kind("init_range_form", "--vmids: two numbers from 100 on, such as 20000-21999")
LDAP_CLEAR = kind("init_ldap_clear", "{url}: names would cross the network in clear: give ldaps://, or --ldap-starttls")
