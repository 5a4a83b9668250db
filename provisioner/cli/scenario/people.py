"""Whom a wave or a rotation selects, in words."""

from collections.abc import Iterable, Iterator, Sequence

from provisioner.model.people.profiles import Selection
from provisioner.model.scenario.scenarios import Wave
from provisioner.texts.translate import _, decimal, plural

_NAMED = 5
"""As many values of one criterion are named."""


def selected(wave: Wave) -> str:
    """A sentence."""
    who = criteria(wave.who)
    if wave.percent is not None:
        who = _("{percent} % of {who}", percent=decimal(wave.percent), who=who)
    return _without(who, wave.excepted)


def people_selected(who: Selection, excepted: Sequence[Selection]) -> str:
    """A sentence."""
    return _without(criteria(who), excepted)


def _without(who: str, excepted: Sequence[Selection]) -> str:
    if excepted:
        others = _(" or ").join(criteria(selection) for selection in excepted)
        who = _("{who}, but not {others}", who=who, others=others)
    return f"{who}."


def criteria(selection: Selection) -> str:
    """A part of a sentence."""
    return _(" who are also ").join(_each(selection)) or _("everyone")


def _each(selection: Selection) -> Iterator[str]:
    for name in Selection.sets():
        if values := getattr(selection, name):
            yield _of_set(name, values)
    for name, values in selection.attributes:
        yield _("people whose {name} is {names}", name=name, names=_any(values))


def _of_set(name: str, values: frozenset[str]) -> str:
    match name:
        case "groups":
            return _("members of {names}", names=_any(values))
        case "departments":
            return _("people of department {names}", names=_any(values))
        case "sites":
            return _("people at {names}", names=_any(values))
        case "logins":
            return plural("{count} person named by login", "{count} people named by login", len(values))
        case "units":
            return _("people below {names}", names=_any(values))
        case _:
            return _("people whose {name} is {names}", name=name, names=_any(values))


def _any(values: Iterable[str]) -> str:
    names = sorted(values)
    shown = names[:_NAMED] if len(names) > _NAMED + 1 else names
    text = _(" or ").join(shown)
    return text if len(shown) == len(names) else _("{names} or {count} others", names=text, count=len(names) - len(shown))
