"""Syntax errors of the YAML parser in the words of somebody who edits the file."""

import re

from ruamel.yaml.error import MarkedYAMLError

from provisioner.reasons.files import (
    YAML_BRACKET,
    YAML_COLON,
    YAML_DOCUMENTS,
    YAML_INDENTATION,
    YAML_NO_COLON,
    YAML_OTHER,
    YAML_QUOTE,
    YAML_SIGN,
    YAML_TAB,
    YAML_UNDEFINED,
    YAML_WRONG,
)
from provisioner.reasons.reason import Reason

_QUOTED = re.compile(r"""(['"])(?!<)[^'"]{2,}\1""")
_SYNTAX = (
    ("but found another document", YAML_DOCUMENTS),
    ("undefined alias", YAML_UNDEFINED),
    ("character '\\t'", YAML_TAB),
    ("mapping values are not allowed", YAML_COLON),
    ("could not find expected ':'", YAML_NO_COLON),
    ("found unexpected end of stream", YAML_QUOTE),
    ("expected <block end>", YAML_INDENTATION),
    ("expected the node content", YAML_BRACKET),
    ("expected ',' or", YAML_BRACKET),
    ("cannot start any token", YAML_SIGN),
)
"""Words of the parser, and the message instead; the first match counts."""


def syntax_problem(error: MarkedYAMLError) -> Reason:
    """The message of a syntax error: ours if there is one, otherwise the parser's, without what it quotes from the file."""
    text = str(error.problem or "")
    for words, message in _SYNTAX:
        if words in text:
            return message()
    return YAML_OTHER(said=_QUOTED.sub("…", text)) if text else YAML_WRONG()
