"""Why the daemon's API refuses a request, or answers a question with no."""

from provisioner.reasons.reason import kind

# -- who asks
ROLE_NONE = kind("api_role_none", "{who} has no role here: `api:` in bascule.yaml names the groups that have")
ROLE_LACKS = kind("api_role_lacks", "{who} has the role {role}, and this is for the role {needed}")
TOKEN_WANTED = kind("api_token_wanted", "a token is wanted: `Authorization: Bearer …`")
# -- what is asked
NOTHING_THERE = kind("api_nothing_there", "there is nothing at {path}")
METHOD_UNKNOWN = kind("api_method_unknown", "{path} does not answer {method}")
PARAMETER_WRONG = kind("api_parameter_wrong", "{name}: {said}")
REQUEST_WRONG = kind("api_request_wrong", "the request is not as HTTP wants it: {said}")
BODY_LARGE = kind("api_body_large", "a body may have at most {limit} bytes")
BODY_SLOW = kind("api_body_slow", "the body was not there within {limit_s:g} s")
# -- the answer
NO_CYCLE_YET = kind("api_no_cycle_yet", "no cycle has ended yet: the daemon has just started, or observes no cluster")
FAILED = kind("api_failed", "the answer could not be made: the daemon's log says why")
WAVE_UNKNOWN = kind("no_such_wave", "there is no wave {wave}, only {waves}")
PROFILE_NAMED_NOWHERE = kind("no_such_profile", "there is no profile {profile}, only {profiles}")
WAVE_LACKS = kind("wave_lacks", "wave {wave}: {ready} of {wanted} desktops are ready, {failed} have failed")
ROOM_LACKS = kind("room_lacks", "{free} more desktops of profile {profile} fit, not {wanted}: {binds} runs out first")
# -- its socket
SOCKET_UNUSABLE = kind("api_socket_unusable", "api: cannot listen at {path}: {said}; `api: {{socket: …}}` names another place")
SOCKET_FOLDER = kind("api_socket_folder", "api: everybody may write to {folder}: the socket there could be replaced")
SOCKET_GROUP = kind("api_socket_group", "api: there is no group {group} on this machine")
SOCKET_IN_USE = kind("api_socket_in_use", "api: another daemon answers at {path}")
SOCKET_GROUP_UNKNOWN = kind(
    "socket_group_unknown",
    "{section}: there is no group {group} on this machine: the daemon does not start",
    "create it, with the daemon's account in it, or name another in `{section}: {{group: …}}`",
)
SOCKET_GROUP_LACKS = kind(
    "socket_group_lacks",
    "{section}: the account {account} is not in the group {group}: it cannot give it its socket, and does not start",
    "usermod --append --groups {group} {account}",
)
SOCKET_FOLDER_UNWRITABLE = kind(
    "socket_folder_unwritable",
    "{path}: this account cannot write to the folder {folder}: the daemon does not start",
    "name a socket below /run/bascule, or give the daemon's account the right to write there",
)
PORT_BARRED = kind(
    "port_barred",
    "{section}: this account cannot listen on {address}:{port} ({said}): the daemon does not start",
    "name an address of this machine, and a port from 1024 on",
)
ROLE_GROUP_UNKNOWN = kind(
    "role_group_unknown",
    "api: there is no group {group} on this machine: nobody has its role",
    "create it, or correct its name",
)
PORT_UNUSABLE = kind(
    "port_unusable",
    "{section}: cannot listen on {address}:{port} ({said}): choose another `{section}: {{port: …}}`, or end what listens there",
)
TLS_UNUSABLE = kind("tls_unusable", "{section}: certificate, key or client CA cannot be used ({files}): {said}")
TOKENS_UNWRITABLE = kind("api_tokens_unwritable", "{path}: the line of a token cannot be added: {said}")
