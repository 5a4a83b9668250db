"""Probes: where the way to a desktop ends, and what failures have in common (`bascule desktop probe`)."""

from provisioner.reasons.reason import kind

# -- the name
NAME_UNKNOWN = kind(
    "probe_name_unknown",
    "no DNS server knows the name {name}",
    "`bascule status` says whether the zone is kept up; without `dns:` the names have to be entered by hand",
)
NAME_SILENT = kind("probe_name_silent", "DNS gives no answer about {name}: {said}", "look at the DNS servers that people use")
NAME_ELSEWHERE = kind(
    "probe_name_elsewhere",
    "the name {name} leads to {found}, and the desktop's address is {address}",
    "correct the record: people would reach another desktop, or none",
)
# -- the port
PORT_REFUSED = kind(
    "probe_port_refused",
    "{host} refuses connections to port {port}",
    "see whether xrdp, or what people log on with, runs there",
)
PORT_SILENT = kind(
    "probe_port_silent",
    "port {port} of {host} has not answered within {after_s:g} s",
    "look at firewalls, VLAN and bridge between here and the desktop",
)
NO_WAY = kind("probe_no_way", "there is no way to port {port} of {host}: {said}")
# -- the protocol
NOT_RDP = kind("probe_not_rdp", "what listens on port {port} of {host} does not answer as RDP does")
CLOSED = kind("probe_closed", "port {port} of {host} lets a connection in, and closes it before it has said anything")
GREETING_SILENT = kind(
    "probe_greeting_silent", "port {port} of {host} lets a connection in, and says nothing for {after_s:g} s"
)
RDP_REFUSES = kind("probe_rdp_refuses", "its RDP server takes none of the protections offered (code {number})")
TLS_FAILS = kind("probe_tls_fails", "its RDP server does not come to terms over TLS: {said}")
# -- the account
LOGON_REFUSED = kind(
    "probe_logon_refused",
    "the robot account {user} is not let in: {said}",
    "try its password by hand; if it is right, see whether the desktop reaches the directory",
)
LOGON_BREAKS_OFF = kind("probe_logon_breaks_off", "the log-on of the robot account {user} breaks off: {said}")
CLIENT_LATE = kind("probe_client_late", "no desktop has come within {after_s:g} s")
# -- what was not tried, which is not a failure
NO_NAME = kind("probe_no_name", "people connect to its address")
NO_ROBOT = kind("probe_no_robot", "no robot account is configured (`probes: robot:`)")
NO_PLAIN_PASSWORD = kind(
    "probe_no_plain_password",
    "its RDP server asks for the password on its own screen (it has no NLA): the robot's password is not sent there",
)
NO_CLIENT = kind("probe_no_client", "the command {command} cannot be run here: {said}", "install FreeRDP (freerdp3-x11)")
NOT_RDP_PROFILE = kind("probe_not_rdp_profile", "its profile says that people connect by something else than RDP")
BEHIND_GATEWAY = kind("probe_behind_gateway", "what is behind the gateway needs a robot account to be tried")
SOMEBODY_IN = kind("probe_somebody_in", "somebody is logged on there: the robot account keeps out")
SESSIONS_UNKNOWN = kind("probe_sessions_unknown", "whether somebody is logged on there is unknown: the robot account keeps out")
IS_NOT_READY = kind("probe_is_not_ready", "it is {phase}: no log-on is tried")
LAST_FREE = kind("probe_last_free", "it is the last free desktop of its pool: the robot account keeps out")
# -- of the command
NOTHING_TO_PROBE = kind("probe_nothing", "no desktop is ready: there is nothing to probe")
# -- what failures have in common
NONE_FAILED = kind("probes_none_failed", "none of {probed} desktops has failed")
IN_COMMON = kind("probes_in_common", "{failed} of {probed} desktops have failed; what they have in common: {what}")
IN_COMMON_AND_MORE = kind(
    "probes_in_common_and_more",
    "{failed} of {probed} desktops have failed; what they have in common: {what}; {more} have failed besides",
)
MOST_FAIL = kind("probes_most_fail", "{failed} of {probed} desktops have failed, on every node and image: {what}")
NOT_ENOUGH = kind("probes_not_enough", "{failed} of {probed} desktops have failed: not enough to say what they have in common")
NOT_ENOUGH_LIKELY = kind(
    "probes_not_enough_likely",
    "{failed} of {probed} desktops have failed: not enough to say what they have in common, perhaps {what}",
)
FACTORS = {
    "node": kind("probes_node", "node {name}"),
    "storage": kind("probes_storage", "storage {name}"),
    "image": kind("probes_image", "image {name}"),
    "profile": kind("probes_profile", "profile {name}"),
    "site": kind("probes_site", "site {name}"),
    "gateway": kind("probes_gateway", "gateway {name}"),
}
"""By the word of the factor's kind."""
NOT_REACHED = kind(
    "probes_not_reached", "people do not reach their desktops: {what} (`bascule desktop probe --sample 20` tries again)"
)
# -- the command
SAY_WHICH_OR_SAMPLE = kind("probe_say_which", "say which desktop, by its name or a login, or how many with --sample; not both")
