"""The language that a request asks for."""

from collections.abc import Iterator

from provisioner.texts.languages import ENGLISH, LANGUAGES

_MOST = 16
"""Languages in a header that are looked at."""


def language_wanted(header: str) -> str:
    """Of an `Accept-Language` header (RFC 9110, 12.5.4), one of `LANGUAGES`; English if it names none of them."""
    wanted = sorted(_weighed(header), key=lambda pair: -pair[0])
    return next((language for weight, language in wanted if weight > 0), ENGLISH)


def _weighed(header: str) -> Iterator[tuple[float, str]]:
    for part in header.split(",")[:_MOST]:
        name, _, parameters = part.strip().partition(";")
        language = name.strip().split("-")[0].lower()
        if language in LANGUAGES:
            yield _weight(parameters.strip()), language


def _weight(parameters: str) -> float:
    name, _, value = parameters.partition("=")
    try:
        return float(value) if name.strip().lower() == "q" else 1.0
    except ValueError:
        return 0.0
