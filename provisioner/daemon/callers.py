"""Who asks the API, from the settings. A file of its own: commands load `composition`, and no web framework."""

import os

from provisioner.api.callers import Role, Roles
from provisioner.api.identity import Identify, identify_by
from provisioner.api.tokens import Tokens
from provisioner.daemon.operators import peer_name
from provisioner.settings.values import ApiSettings


def identify_of(settings: ApiSettings) -> Identify:
    """Who asks the API, and what they may."""
    groups = {role: frozenset(getattr(settings, role.word)) for role in Role}
    tokens = Tokens(settings.tokens) if settings.tokens is not None else None
    return identify_by(Roles(groups=groups, own_uid=os.getuid()), peer_name, tokens)
