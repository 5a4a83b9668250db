"""A wrong call of `bascule demo` or `bascule twin`, or an error of its directory."""

from provisioner.reasons.reason import kind

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
