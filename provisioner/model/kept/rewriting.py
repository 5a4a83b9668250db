"""Texts, reasons and documents of a store without one person's names. Pure, but for the list of what is unclear.

In words of people and of other systems every mention is replaced. Of a reason with a code only arguments are, but for those
that name a part of the site; its text is made anew. A field that holds a login or an id is replaced if it is one of the
person's as a whole.
"""

from collections.abc import Mapping
from typing import Any

from provisioner.model.people.mentions import UNCLEAR, Mentions, Sure
from provisioner.reasons.hiding import OF_THE_SITE
from provisioner.reasons.reason import BETWEEN, KINDS, Argument, Reason, as_reason, from_document, join_reasons, to_document

WORDS = frozenset({"reason", "text", "first_boot_error", "clash", "what", "doubts", "trials", "untried", "key", "error"})
"""Fields of documents in which somebody, or another system, may have written anything."""
PEOPLE = frozenset({"login", "logins", "agent", "agent_id"})
"""Fields that hold a login or an id."""
STRUCTURE = frozenset({
    "", "addresses", "attributes", "avoid", "base", "binds", "boot_id", "cards", "causes", "claim", "closed", "code", "counts",
    "day_1", "departments", "first", "first_boot", "first_boot_data", "groups", "host_keys", "hostname", "image", "in_use",
    "joiners", "last", "leavers", "machine", "name", "of", "peaks", "place", "places", "pool", "prepare", "profile", "profiles",
    "push_secret", "recent", "released", "scenario", "sites", "source", "state", "units", "wave", "word", "zone",
})  # fmt: skip
"""Fields that hold the site's own names, words of the model, what a desktop says of its machine, or ids that refuse an erasure
while they stand there."""
_AROUND = 60
"""Letters shown on both sides of an unclear mention."""


class Rewriting:
    """Of texts that are shown to it, one after another."""

    def __init__(self, mentions: Mentions, *, unclear_too: bool = False) -> None:
        """`unclear_too`: mentions that may be somebody else's are replaced as well."""
        self._mentions = mentions
        self._which = {Sure.OWN, *(UNCLEAR if unclear_too else ())}
        self.unclear: list[str] = []
        """What was left, each with the words around it. The reader empties it."""

    def is_own(self, name: str) -> bool:
        """Whether this is the person's name, and nobody else's."""
        return self._mentions.is_own(name)

    def prose(self, text: str) -> str:
        """Anybody's words."""
        is_name = not any(map(str.isspace, text))  # then a part of it is somebody else's login
        for mention in self._mentions.found(text):
            if mention.sure not in self._which and not (is_name and mention.sure is Sure.PART):
                before, after = max(0, mention.start - _AROUND), mention.end + _AROUND
                self.unclear.append(" ".join(text[before:after].split()))
        return self._mentions.replaced(text, self._which - ({Sure.PART} if is_name else set()))

    def name(self, text: str) -> str:
        """A login or an id."""
        whole = next(self._mentions.found(text), None)
        if whole is None or whole.sure is Sure.PART or (whole.start, whole.end) != (0, len(text)):
            return text
        return self.prose(text)

    def reason(self, text: str) -> Reason:
        """Its arguments, if it has a code."""
        reason = as_reason(text)
        if not reason.code:
            return Reason(self.prose(str(reason)))
        arguments = {name: self._argument(name, value) for name, value in reason.arguments.items()}
        if arguments == reason.arguments:
            return reason
        if reason.code in BETWEEN:
            return join_reasons(
                [str(value) if not isinstance(value, str) else value for value in arguments.values()], reason.code
            )
        return Reason(self._text(reason, arguments), reason.code, arguments)

    def document(self, value: Any, key: str = "") -> Any:
        """A document as JSON has it: fields by their names."""
        if isinstance(value, Mapping):
            if value.keys() == {"code", "arguments", "text"}:
                return to_document(self.reason(from_document(value)))
            return {name: self.document(inner, name) for name, inner in value.items()}
        if isinstance(value, list):
            return [self.document(inner, key) for inner in value]
        if not isinstance(value, str):
            return value
        return self.prose(value) if key in WORDS else self.name(value) if key in PEOPLE else value

    def _argument(self, name: str, value: Argument) -> Argument:
        if not isinstance(value, str):
            return value
        if isinstance(value, Reason) and value.code:
            return self.reason(value)
        return value if name in OF_THE_SITE else self.prose(value)

    def _text(self, reason: Reason, arguments: Mapping[str, Argument]) -> str:
        """By its kind, so that no word of the kind itself is taken for a name; of another version's kind all words."""
        kind = KINDS.get(reason.code)
        try:
            if kind is not None and kind.text.format_map(reason.arguments) == str(reason):
                return kind.text.format_map(arguments)
        except (LookupError, ValueError):
            pass
        return self._mentions.replaced(str(reason), self._which)


__all__ = ["PEOPLE", "STRUCTURE", "WORDS", "Rewriting"]
