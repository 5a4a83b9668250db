"""How calls to other systems ended, where these say nothing themselves: why a request to Proxmox VE was not sent or not
answered, what came of an action, and why a Prometheus server did not say how many are in use.
"""

from provisioner.reasons.reason import kind

DOING = kind("request", "{request}: {why}")
# -- the configuration of a cluster
OF_CLUSTER = kind("of_cluster", "cluster {cluster}: {why}")
NO_ENDPOINT = kind("no_endpoint", "no endpoint is given")
TOKEN_FORM = kind("token_form", "the token id {token!r} is not of the form user@realm!name")
TOKEN_SECRET = kind("token_secret", "the secret of token {token} is empty or holds a blank or a control character")
CA_UNREADABLE = kind("ca_unreadable", "{path} is not a readable file of CA certificates ({said})")
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
NOTE_PROVES = kind("note_proves", "its note proves it ours")
FOREIGN = kind("foreign", "VM {vmid} is in our VMID range without a note of ours: foreign, its VMID is never used")
MAYBE_OURS = kind(
    "maybe_ours",
    "{why}; it may be a clone of ours whose answer was lost: see `bascule report drift`, or give the token VM.Audit "
    "on /vms/{vmid}",
)
CLONE_HIDDEN = kind(
    "clone_hidden",
    "{why}: a clone for {name} on node {node} has failed in the middle, and no VM list shows what it left. Another desktop is "
    "cloned",
)
TAKEN_HIDDEN = kind(
    "taken_hidden",
    "{why}: no VM list shows what has this number, and as far as the store knows nothing of ours was ever sent under it",
)
NUMBER_FREE = kind("number_free", "what had this number and was in no VM list is gone: Proxmox VE says that it is free")
TASK_LOG = kind("task_log", "{why} (task log: {log})")
SUSPENDED = kind("suspended", "its agent no longer needs a desktop: suspended")
REKEYED = kind("rekeyed", "its agent {old} continues as {new}, by order of {by}")
REKEYED_WHY = kind("rekeyed_why", "its agent {old} continues as {new}, by order of {by}: {why}")
BY_ORDER = kind("by_order", "by order of {by}")
BY_ORDER_WHY = kind("by_order_why", "by order of {by}: {why}")
ANYBODY_LEFT = kind("anybody_left", "reading its sessions right before the shutdown")
BEFORE_REHEARSAL = kind("before_rehearsal", "existed before the rehearsal")
FIGURES_UNREACHABLE = kind(
    "figures_unreachable", "Prometheus cannot be reached ({said})", "check prometheus.url and the way to it"
)
FIGURES_SLOW = kind("figures_slow", "Prometheus did not answer within {limit_s:g} s")
FIGURES_LONG = kind("figures_long", "the answer has more than {limit} bytes: it is not one number")
FIGURES_STATUS = kind("figures_status", "answered {status}", "check prometheus.url, and the user and password, if it has some")
FIGURES_NOT_PROMETHEUS = kind(
    "figures_not_prometheus", "answered {status} with what is not Prometheus' JSON", "check prometheus.url"
)
FIGURES_REFUSED = kind("figures_refused", "Prometheus cannot evaluate the query: {said}", "correct `in_use` in the scenario")
FIGURES_KIND = kind("figures_kind", "the query gives a {kind}, not one number", "aggregate it, such as sum(…)")
FIGURES_NONE = kind("figures_none", "the query gives nothing: no such series", "correct `in_use`, or see why it is not scraped")
FIGURES_MANY = kind("figures_many", "the query gives {count} series, not one number", "aggregate it, such as sum(…)")
FIGURES_NO_NUMBER = kind("figures_no_number", "the query gives '{said}', which is not a number of seats")
