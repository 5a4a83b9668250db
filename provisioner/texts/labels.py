"""How people read the words of the model. It imports nothing: a command that prints no such word does not load the model."""

from collections.abc import Mapping

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


def label(word: str) -> str:
    """The English text of a word, for people."""
    return LABELS.get(word, word)
