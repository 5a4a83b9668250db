"""Finds English that has stayed in a French text."""

import re

_WORDS = frozenset({
    "about", "after", "all", "and", "any", "are", "at", "be", "been", "before", "but", "by", "can", "cannot", "does",
    "each", "every", "for", "from", "goes", "had", "has", "have", "how", "if", "in", "into", "is", "it", "its", "later",
    "made", "makes", "many", "may", "more", "must", "nobody", "none", "not", "nothing", "now", "of", "off", "once", "one",
    "only", "other", "others", "people", "says", "so", "somebody", "still", "than", "that", "the", "their", "them",
    "then", "there", "these", "they", "this", "those", "to", "too", "under", "until", "up", "was", "were", "what", "when",
    "where", "which", "while", "who", "whose", "will", "with", "without", "would", "yet", "you", "your",
})  # fmt: skip
"""Words that French does not have."""
_CODE = re.compile(r"`[^`]*`|\{\{.*?\}\}|\"[^\"]*\"|«[^»]*»|https?://\S+|\]\([^)]*\)|\b\w+(?:[._]\w+)+\b|--[\w-]+|\w+:(?=\s|$)")
"""Commands, keys, names and links: the same in every language."""


def english_in(text: str) -> list[str]:
    """The English words of this text that are not part of commands, keys or names."""
    return [word for word in re.findall(r"[\w'’-]+", _CODE.sub(" ", text)) if word.lower() in _WORDS]
