"""Findings of the doctor about values of a profile that cannot work together."""

from provisioner.reasons.reason import kind

GATEWAY_IN_POOL = kind(
    "gateway_in_pool",
    "its gateway {gateway} is one of the addresses for desktops ({first} to {last}): the desktop that gets it cuts off "
    "the others",
    "leave it out: change addressing.first or addressing.last",
)
SERVER_IN_POOL = kind(
    "server_in_pool",
    "{what} {address} is one of the addresses for desktops ({first} to {last}): a desktop will take it",
    "leave it out: change addressing.first or addressing.last",
)
NAME_SERVER = kind("name_server", "the name server")
CLUSTER_ENDPOINT = kind("cluster_endpoint", "the node of cluster {cluster}")
DIRECTORY_SERVER = kind("directory_server", "the directory server")
READY_TOO_SOON = kind(
    "ready_too_soon",
    "ready_timeout ({timeout_s:.0f} s) is not longer than expected_ready ({expected_s:.0f} s): desktops are given up before "
    "they can be ready",
    "set ready_timeout to several times expected_ready",
)
UPGRADE_TOO_SOON = kind(
    "upgrade_too_soon",
    "upgrade_at_first_boot takes minutes, all desktops at once, and expected_ready is {expected_s:.0f} s",
    "leave it out and put the upgrades into the image; or raise expected_ready and ready_timeout to what one upgrade takes",
)
