"""A wrong call of a command, why it cannot do what it was asked, and why `bascule init` writes nothing, or less."""

from provisioner.reasons.reason import kind

UNKNOWN_LANGUAGE = kind("unknown_language", "--lang: unknown language '{language}' (available: {known})")
NO_PAGE = kind("no_such_page", "there is no page '{name}': `bascule docs` lists all pages")
# -- a served twin
TWIN_STATE_UNREADABLE = kind("twin_state_unreadable", "{path}: cannot be read: {why}")
NOT_TWIN_STATE = kind("not_twin_state", "it is not a twin's state file")
# -- which desktop
SAY_WHICH_DESKTOPS = kind("say_which_desktops", "say which desktops, or --all-failed")
UNKNOWN_DESKTOP = kind("no_such_desktop", "there is no desktop {name}")
SAY_WHICH_OR_ALL_STOPPED = kind("say_which_or_all_stopped", "say which desktops, or --all-stopped")
NO_DESKTOP_OR_LOGIN = kind("no_such_desktop_or_login", "there is no desktop {name}, and nobody with this login has one")
NOT_THE_DESKTOP_IN_USE = kind("not_the_desktop_in_use", "desktop {name} is superseded: its agent has {other}")
NO_DESKTOP_NO_LINE = kind("no_such_desktop_or_line", "there is no desktop {name}, and the journal has no line about it")
NO_SEAT = kind("no_seat", "'{of}' is neither a desktop nor an agent")
SEVERAL_MATCH = kind("several_match", "'{of}' is a part of {count} names, say which is meant: {names}")
TWO_DESKTOPS = kind(
    "two_desktops", "{login} has two desktops, say which is meant: {own}, and {lent}, which is lent from pool {pool}"
)
NOBODYS_DESKTOP_YET = kind("no_desktop_yet", "{login} has no desktop: `bascule why {login}` says why")
NOTHING_WRONG = kind("nothing_to_retry", "nothing has gone wrong with desktop {name}: there is nothing to try again")
NOTHING_GIVEN_UP = kind("nothing_given_up", "no desktop was given up")
# -- which VM
SAY_WHICH_VM = kind("say_which_vm", "say which VM as CLUSTER/VMID, with a cluster of {clusters}")
OUTSIDE_RANGE = kind("vmid_outside_range", "VM {vmid} is not in Bascule's VMID range of cluster {cluster} ({first} to {last})")
# -- which node
NO_NODE = kind("node_not_in_cluster", "cluster {cluster} has no node {node}, only {nodes}")
NO_CLUSTER = kind("no_such_cluster", "no cluster {cluster} is configured, only {clusters}")
TWO_CLUSTERS = kind("cluster_contradicted", "{name} is in cluster {cluster}, and --cluster says {option}")
SAY_WHICH_CLUSTER = kind("say_which_cluster", "node {node} may be in any of the clusters {clusters}: say --cluster")
# -- the daemon
DAEMON_UNKNOWN = kind("daemon_unknown", "no daemon is known that has this configuration (`--socket` names another)")
DAEMON_AWAY = kind("daemon_away", "no daemon answers at {path}: {said}")
DAEMON_DEAF = kind("daemon_deaf", "the daemon at {path} does not answer within {within_s:g} s")
PATIENCE_BAD = kind("patience_bad", "BASCULE_PATIENCE is '{said}', and has to be whole seconds, from 1 to 999")
ONLY_DAEMON = kind("only_daemon", "{why}: start it, or compute this here with `--offline`")
NOT_WITHOUT_DAEMON = kind(
    "not_without_daemon", "the daemon has to answer for this ({why}); `bascule why` shows what the store keeps"
)
NO_ORDER_WITHOUT_DAEMON = kind("no_order_without_daemon", "nothing was ordered: {why}")
UNCONFIRMED = kind(
    "order_unconfirmed", "the daemon has not confirmed the order ({why}): it may still carry it out; look with `bascule status`"
)
TAKEN_UNSEEN = kind(
    "order_taken_unseen", "the order is taken; what came of it could not be asked ({why}): look with `bascule status`"
)
STORE_LACKS = kind("store_lacks", "{found} (asked of the store alone: {why})")
DAEMON_GARBLED = kind("daemon_garbled", "what answers at {path} is not this version's daemon")
DEMO_LDAP_ACCOUNT = kind("demo_ldap_account", "--ldap-user and --ldap-password-file go together")
DEMO_LDAP = kind("demo_ldap", "--ldap: {said}")
DEMO_STARTTLS = kind("demo_starttls", "--ldap-starttls is for an ldap:// address: ldaps:// is TLS from the start")
DEMO_CLEAR = kind("demo_clear", "--ldap-user: its password would cross the network in clear: give ldaps://, or --ldap-starttls")
DEMO_FOLDER = kind("demo_folder", "{path}: is not an empty folder: a demonstration begins with nothing")
DEMO_FILE = kind("demo_file", "{path}: its folder does not exist, or cannot be written")
DEMO_DIRECTORY = kind("demo_directory", "directory: {said}")
TWIN_FOLDER = kind("twin_folder", "{path}: cannot be written: {said}")
TWIN_PORT = kind("twin_port", "the twin cannot listen on port {port}: {said}", "choose another: --port")
NO_SUCH_TWIN = kind("no_such_twin", "there is no file {name}, and no twin of this name comes with Bascule; its twins: {names}")
TWIN_WITHOUT_TOKEN = kind("twin_without_token", "{path}: names no token: nobody could use this twin")
# -- playing on a served twin
NO_TWIN_SERVED = kind(
    "no_twin_served",
    "{path} does not exist: name the folder of a twin that `bascule twin serve` or `bascule demo` serves with --folder, "
    "or export BASCULE_TWIN_STATE; this command is for no real cluster",
)
NOT_A_TWIN = kind(
    "not_a_twin",
    "what answers at {url} is not the twin of {path} ({said}): nothing was done; this command is for no real cluster",
)
TWIN_LACKS = kind("twin_lacks", "the twin has no {name} of this kind; `bascule twin truth --desktops` lists what it has")
TWIN_LACKS_OF = kind("twin_lacks_of", "the twin has no {name} of this kind, only {known}")
SAY_WHICH_PART = kind(
    "say_which_part", "say which: node, desktop and storage need a name; `bascule twin truth --desktops` lists them"
)
NO_NAME_HERE = kind("no_name_here", "quorum and ldap take no name: there is nothing to choose")
NOT_OF_THIS_TWIN = kind(
    "not_of_this_twin",
    "{config} has no cluster at {url}: name the site of the twin with --config; this command is for no real site",
)
DIRECTORY_IS_A_SERVER = kind(
    "directory_is_a_server",
    "the directory of {config} is a server ({url}), not a file that comes with the twin: stop that server",
)
DIRECTORY_FILE_STUCK = kind("directory_file_stuck", "{path}: cannot be changed: {said}")
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
