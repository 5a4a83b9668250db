"""What desktops share that no two may share."""

from provisioner.reasons.reason import kind

MACHINE_ID = kind("mark_machine_id", "machine-id")
HOST_KEY = kind("mark_host_key", "SSH host key")
CARD = kind("mark_card", "network card address")
HOSTNAME = kind("mark_hostname", "host name")
ADDRESS = kind("mark_address", "IP address")
CLAIMED = kind(
    "identity_claimed",
    "it says that it has the {what} that Bascule has given to {others}",
    "look at this desktop alone, the others are not concerned: an image with a fixed name or address, a copy, or somebody who "
    "is root in it",
)
SHARED = kind(
    "identity_shared",
    "it has the same {what} as {others}",
    "the template is not generalised: `bascule check image` names what its clones share. Mend the template, then delete these "
    "VMs in Proxmox VE: Bascule makes them again",
)
