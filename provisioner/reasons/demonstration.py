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
