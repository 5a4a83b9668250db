"""How far a server's changes were read, and which filter finds what came after. Pure.

Active Directory numbers its changes (uSNChanged), each server for itself; OpenLDAP dates them (entryCSN), each with the number
of the server where it was made, and keeps the latest of each (contextCSN) where its syncprov overlay runs.
"""

from collections.abc import Iterable

from provisioner.model.agents import Mark

_BETWEEN = " "
"""Of several CSNs in one mark; no CSN holds a blank."""


def numbered_mark(invocation_id: str, highest: str) -> Mark:
    """Of Active Directory. The invocation id changes when the server is restored from a backup."""
    return Mark(server=f"ad {invocation_id}", value=highest)


def dated_mark(url: str, suffix_id: str, csns: Iterable[str]) -> Mark:
    """Of OpenLDAP: the server's address, and the id of the tree that it holds."""
    return Mark(server=f"csn {url} {suffix_id}", value=_BETWEEN.join(sorted(csns)))


def changed_since(then: Mark, now: Mark) -> str | None:
    """A filter of everything changed after `then`; None when `then` means nothing to the server that `now` is from."""
    if then.server != now.server:
        return None
    if now.server.startswith("ad "):
        return f"(uSNChanged>={int(then.value) + 1})" if int(then.value) <= int(now.value) else None
    before, after = _by_origin(then), _by_origin(now)
    if before.keys() != after.keys() or any(csn > after[origin] for origin, csn in before.items()):
        return None
    # From the server that has made no change for longest: a change of it may have come after later ones of the others.
    return f"(entryCSN>={min(before.values())})"


def _by_origin(mark: Mark) -> dict[str, str]:
    """`20261124223015.123456Z#000000#001#000000`: time, count, the server where it was made, modification."""
    return {csn.split("#")[2]: csn for csn in mark.value.split(_BETWEEN)}
