"""Who asks the API, from the settings. A file of its own: commands load `composition`, and no web framework."""

import os
from collections.abc import Callable, Iterator

from starlette.types import Scope

from provisioner.api.callers import Caller, Role, Roles
from provisioner.api.identity import identify_by
from provisioner.api.peers import groups_are_told
from provisioner.api.tokens import Tokens, why_none_counts
from provisioner.daemon.operators import peer_name
from provisioner.reasons.reason import Reason
from provisioner.reasons.wrong import GROUPS_UNTOLD, TOKENS_REFUSED
from provisioner.settings.values import ApiSettings


class Callers:
    """Who asks, and what they may; and whether all of them can be known."""

    def __init__(self, settings: ApiSettings, *, groups_told: Callable[[], bool] = groups_are_told) -> None:
        """`groups_told`: whether the kernel tells the groups of peers."""
        self._file, self._groups_told = settings.tokens, groups_told
        self._groups = {role: frozenset(getattr(settings, role.word)) for role in Role}
        tokens = None if settings.tokens is None else Tokens(settings.tokens)
        self._identify = identify_by(Roles(groups=self._groups, own_uid=os.getuid()), peer_name, tokens)

    def __call__(self, scope: Scope) -> Caller | None:
        """Who asks; None: nobody knows."""
        return self._identify(scope)

    def doubts(self) -> tuple[Reason, ...]:
        """Why some are not known, or not by all that they are. Reads a file; any thread may ask."""
        return tuple(self._doubts())

    def _doubts(self) -> Iterator[Reason]:
        if any(self._groups.values()) and not self._groups_told():
            yield GROUPS_UNTOLD()
        if self._file is not None and (why := why_none_counts(self._file)):
            yield TOKENS_REFUSED(why=why)
