"""Why a request to Proxmox VE was not sent, or not answered, where Proxmox VE itself says nothing."""

from provisioner.reasons.reason import kind

DOING = kind("request", "{request}: {why}")
# -- the configuration of a cluster
OF_CLUSTER = kind("of_cluster", "cluster {cluster}: {why}")
NO_ENDPOINT = kind("no_endpoint", "no endpoint is given")
TOKEN_FORM = kind("token_form", "the token id {token!r} is not of the form user@realm!name")
TOKEN_SECRET = kind("token_secret", "the secret of token {token} is empty or holds a blank or a control character")
CA_UNREADABLE = kind("ca_unreadable", "{path} is no readable file of CA certificates ({said})")
CA_EMPTY = kind("ca_empty", "{path} holds no certificate")
# -- the answer
QUORUM_SAID = kind(
    "said_no_quorum",
    "the cluster has lost its quorum ({said})",
    "bring back enough nodes, or repair the cluster network",
)
TOKEN_SAID = kind(
    "said_unauthorised",
    "Proxmox VE refuses the token ({said})",
    "check token_id and its secret, and that the token has not expired",
)
NO_CONNECTION = kind("no_connection", "no connection within {seconds} s")
NO_ANSWER_WITHIN = kind("no_answer_within", "no answer within {seconds} s")
NOT_WHOLE = kind("answer_not_whole", "the answer was not there whole within {limit_s:g} s")
NOT_JSON = kind("answer_not_json", "answered {status} with what is not Proxmox VE's JSON ({form})")
NO_CONTENT_TYPE = kind("no_content_type", "no content type")
NOT_PROXMOX = kind("answer_not_proxmox", "answered {status}: this is not Proxmox VE's API")
POINTS_ELSEWHERE = kind("answer_elsewhere", "answered {status} and points to {address}: this is not Proxmox VE's API")
STATUS_UNKNOWN = kind("answer_status", "answered {status}, as Proxmox VE's API never does")
