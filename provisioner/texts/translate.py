"""Translates texts into the language of the context: a command's, later a request's.

People read some words of the model by another name (`LABELS`). The model is not imported for that: a command that prints no
such word does not load it. English has a single text for each reason's code, and a program may compare it; a translation has
the forms of its language, by the argument that is the number (`COUNTED`).
"""

import enum
from collections.abc import Mapping
from contextvars import ContextVar

from provisioner.errors import BasculeError
from provisioner.reasons.reason import BETWEEN, SEVERAL, Reason
from provisioner.texts.languages import DECIMAL_SIGNS, ENGLISH, LANGUAGES, Catalogue, catalogue_of

_ENGLISH = catalogue_of(ENGLISH)
_current: ContextVar[Catalogue] = ContextVar("catalogue")


def use_catalogue(catalogue: Catalogue) -> None:
    """Use it for all texts of this context from now on."""
    _current.set(catalogue)


def language() -> str:
    """The language of this context: one of `LANGUAGES`."""
    current = _catalogue()
    return next((name for name in LANGUAGES if catalogue_of(name) is current), ENGLISH)


def _(message: str, /, **arguments: object) -> str:
    """A text with a `{name}` for each argument; an argument that is a reason is translated too. Extracted by `make texts`."""
    return _filled(_catalogue().gettext(message), arguments)


def plural(singular: str, plural: str, count: int, /, **arguments: object) -> str:
    """As gettext's ngettext; `{count}` is the number."""
    return _filled(_catalogue().ngettext(singular, plural, count), {"count": count, **arguments})


def decimal(number: float, form: str = "g") -> str:
    """A number in the cell of a table, or beside its unit. In a text with a place for it (`{factor:.1f}`) it is so anyway."""
    return format(_Decimal(number), form)


def N_(message: str) -> str:  # noqa: N802 (gettext's name for it)
    """Marks a text that is translated where it is printed, with `_`."""
    return message


def headings(*messages: str) -> tuple[str, ...]:
    """Marks the headings of a table: `print_table` translates them."""
    return messages


def word(value: enum.StrEnum) -> str:
    """A word of the model for people: a phase, an action. Its type is the context of the translation: `ready` has several."""
    return _catalogue().pgettext(type(value).__name__, label(value.value))


def term(name: str, value: str) -> str:
    """A word of the model that is kept as plain text; `name` is a key of `words.ARGUMENTS`. Any other text is unchanged."""
    if name in ARGUMENT_NAMES and not (isinstance(value, Reason) and value.code):
        if value in LABELS:
            return _labelled(name, value)
        if (text := _catalogue().pgettext(name, value)) != value:
            return text
    return translated(value)


def _labelled(name: str, value: str) -> str:
    from provisioner.texts.words import ARGUMENTS  # loads the model, which takes longer than most commands

    return _catalogue().pgettext(name, label(value)) if value in ARGUMENTS[name] else value


def kept_word(text: str, *kinds: type[enum.StrEnum]) -> str:
    """A word that a store keeps as plain text: of the first of these kinds that has it, or else an action."""
    return next((word(kind(text)) for kind in kinds if text in kind.__members__.values()), term("order", text))


def translated(text: str) -> str:
    """A reason in the language of the context; words of other systems unchanged."""
    if not isinstance(text, Reason) or not text.code or _catalogue() is _ENGLISH:
        return str(text)
    try:
        return _of_list(text) if text.code in BETWEEN else _of_table(text)
    except (LookupError, ValueError):  # of another version of Bascule: a code or an argument that is not known here
        return str(text)


def listed(*texts: str) -> str:
    """Several texts in one line: `…; …; …`."""
    return _catalogue().pgettext(SEVERAL, BETWEEN[SEVERAL]).join(texts)


def titled(title: str, text: str) -> str:
    """A text that begins with what it is about: `…: …`."""
    return _("{subject}: {text}", subject=title, text=text)


def translated_error(error: Exception) -> str:
    """The text of an error of Bascule; errors of other systems unchanged."""
    return translated(error.reason if isinstance(error, BasculeError) else str(error))


def _catalogue() -> Catalogue:
    return _current.get(_ENGLISH)


def _of_list(reason: Reason) -> str:
    members = (reason.arguments[str(number)] for number in range(len(reason.arguments)))
    return (
        _catalogue()
        .pgettext(reason.code, BETWEEN[reason.code])
        .join(translated(member) if isinstance(member, str) else str(member) for member in members)
    )


def _of_table(reason: Reason) -> str:
    from provisioner.reasons.table import table  # every reason there is

    template = table()[reason.code]
    number = reason.arguments.get(COUNTED.get(reason.code, ""))
    if isinstance(number, int):
        return _filled(_catalogue().npgettext(reason.code, template, template, number), reason.arguments)
    return _filled(_catalogue().pgettext(reason.code, template), reason.arguments)


def _filled(template: str, arguments: Mapping[str, object]) -> str:
    return template.format_map({name: _shown(name, value) for name, value in arguments.items()}) if arguments else template


def _shown(name: str, value: object) -> object:
    if isinstance(value, str):
        return term(name, value)
    return _Decimal(value) if isinstance(value, float) else value


class _Decimal(float):
    """With the decimal sign of the language, whatever it is formatted to."""

    def __format__(self, form: str, /) -> str:
        return super().__format__(form).replace(".", DECIMAL_SIGNS[language()])


def label(word: str) -> str:
    """The English text of a word, for people."""
    return LABELS.get(word, word)


_COUNT = (
    "agents", "agents_read", "and_more", "and_others", "attribute_some", "broker_dry", "broker_foreign", "broker_good",
    "broker_refused", "broker_unknown", "deletes_day", "deletes_plan", "desktops_kept", "disabled_count", "earlier_life",
    "entitled", "entries_unusable", "expired_count", "failed_alike", "groups_flat", "groups_listed", "groups_nested", "ha_ours",
    "ids_carried", "joiners_after_loss", "leavers_disabled", "leavers_expired", "leavers_gone", "listing_lacks", "locked_count",
    "no_desktop", "other_clones", "ownerless", "pair_incomplete", "profile_failed_alike", "reading_limited",
    "reading_values_cut", "rejected", "would_join",
)  # fmt: skip


COUNTED: Mapping[str, str] = {
    **dict.fromkeys(_COUNT, "count"),
    "absent_many": "absent",
    "api_busy": "waiting",
    "api_busy_each": "waiting",
    "besides": "named",
    "boots": "limit",
    "config_rejected_more": "more",
    "few_entries": "limit",
    "gave_up": "tries",
    "in_use_now": "sessions",
    "lock_busy": "limit",
    "measured_few": "clones",
    "measured_partly": "missing",
    "newer_in_use": "sessions",
    "outage": "away",
    "room_less": "nodes",
    "room_more": "nodes",
    "rotation_earlier": "days",
    "rotation_later": "days",
    "sessions_open": "sessions",
    "upper_bound": "clones",
}


LABELS: Mapping[str, str] = {
    "checkguest": "ask guest",
    "expected_late": "expected late",
    "in_time": "in time",
    "no_agent": "no guest agent",
    "no_answer": "no answer",
    "no_file": "no file",
    "not_asked": "not asked",
    "unproven": "being identified",
    "verify": "identify",
}
"""What people read instead of a word that explains too little."""


ARGUMENT_NAMES = frozenset({"binds", "by", "level", "next_step", "order", "phase", "standing", "state", "step", "what"})
"""The keys of `words.ARGUMENTS`."""
