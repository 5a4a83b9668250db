"""Reasons without the names of people and desktops, and without what somebody has written in free words."""

import re
from collections.abc import Callable, Collection, Set

from provisioner.reasons.reason import BETWEEN, KINDS, NONE, Argument, Reason, as_reason, join_reasons, kind, rename_in_reason

_TOKEN = re.compile(r"[\w.@+-]+")
HIDDEN = "…"
WORDS_HIDDEN = kind("words_hidden", "in words that are not Bascule's: `--names` shows them")
OF_THE_SITE = frozenset({
    "cluster", "clusters", "node", "nodes", "storage", "storages", "wave", "waves", "profile", "profiles", "pool", "pools",
    "scenario", "gate", "ceiling", "template", "templates", "keys", "binds", "level", "next_step", "order", "phase",
    "standing", "state", "step", "what", "resource", "at", "since", "until", "zone", "broker", "realm",
})  # fmt: skip
"""Arguments that are names of the site's parts, words of the model, or times."""


def without_names(reason: Reason, names: Set[str]) -> Reason:
    """The reason with each of these names replaced by an ellipsis. A name is found as a whole word only."""
    return rename_in_reason(reason, lambda text: _TOKEN.sub(lambda found: _hidden(found[0], names), text))


def without_arguments(reason: Reason, names: Collection[str]) -> Reason:
    """The reason with an ellipsis for each of these arguments that is a text, at any depth."""
    return _with(reason, lambda name: name not in names, free=True)


def without_free_text(text: str) -> Reason:
    """The reason without all that somebody, or another system, may have written: only kinds, numbers, and the site's own names
    are left."""
    reason = as_reason(text)
    if not reason:
        return NONE
    return _with(reason, OF_THE_SITE.__contains__, free=False) if reason.code else WORDS_HIDDEN()


def _with(reason: Reason, is_shown: Callable[[str], bool], *, free: bool) -> Reason:
    """`is_shown`: of an argument's name; `free`: whether texts without a code may stand where a reason is expected."""
    if reason.code in BETWEEN:
        return join_reasons([_member(each, is_shown, free) for each in reason.arguments.values()], reason.code)
    arguments = {name: _argument(name, value, is_shown, free) for name, value in reason.arguments.items()}
    known = KINDS.get(reason.code)
    try:
        return reason if known is None and free else known(**arguments) if known is not None else Reason(HIDDEN)
    except (LookupError, ValueError):  # an argument of another version of Bascule
        return Reason(HIDDEN)


def _member(value: Argument, is_shown: Callable[[str], bool], free: bool) -> str:
    """Of a list of reasons."""
    if isinstance(value, Reason) and value.code:
        return _with(value, is_shown, free=free)
    return str(value) if free else HIDDEN


def _argument(name: str, value: Argument, is_shown: Callable[[str], bool], free: bool) -> Argument:
    """A list of plain names stands or falls with the name of its argument."""
    if not isinstance(value, str) or not value or (is_shown(name) and not _has_code(value)):
        return value
    return _with(value, is_shown, free=free) if isinstance(value, Reason) and _has_code(value) else HIDDEN


def _has_code(value: str) -> bool:
    """Whether it is a reason that says more than names, or a list of such."""
    if not isinstance(value, Reason) or not value.code:
        return False
    return value.code not in BETWEEN or any(isinstance(each, str) and _has_code(each) for each in value.arguments.values())


def _hidden(token: str, names: Set[str]) -> str:
    bare = token.rstrip(".")
    return HIDDEN + token[len(bare) :] if bare in names else token


__all__ = ["HIDDEN", "OF_THE_SITE", "without_arguments", "without_free_text", "without_names"]
