"""What people were told last, and how far that is. No text and no address."""

from provisioner.capabilities.notices.model import KeptNotice
from provisioner.capabilities.notices.reasons import KEEP_NOTICES, READ_NOTICES
from provisioner.model.kept.store_fit import PeopleTable

TABLE = PeopleTable(
    name="notices",
    of=KeptNotice,
    key=("agent_id", "kind", "channel"),
    order=("at", "agent_id"),
    reading=READ_NOTICES(),
    keeping=KEEP_NOTICES(),
)
