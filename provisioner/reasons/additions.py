"""What a site could have a little more of."""

from provisioner.reasons.reason import kind

ONE_NODE = kind("one_node_more", "one more node like {node}")
ONE_STORAGE = kind("one_storage_more", "one more storage like {storage}, with its templates")
SEATS_MORE = kind("seats_more", "{count} more of ceiling '{name}'")
ADDRESSES_MORE = kind("addresses_more", "{count} more addresses")
