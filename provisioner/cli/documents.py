"""The daemon's documents as types: mypy refuses a key that the daemon never sends.

The types are in `documents.pyi`, which `python -m provisioner.api.answers` writes. Here is what of them there is at run time:
making a hundred classes would cost each command 10 ms.
"""

from collections.abc import Mapping
from typing import Any, Generic, TypeVar

Document = TypeVar("Document")


class Resource(str, Generic[Document]):
    """What can be asked, by its path after `/v1/`, with the type of the answer."""

    __slots__ = ()


def __getattr__(name: str) -> Any:
    """`REPORTS_SURGE` is a resource; `DesktopDocument` is a type, and at run time any mapping. Raises AttributeError."""
    if name.startswith("_"):
        raise AttributeError(name)
    return Resource(name.lower().replace("_", "/")) if name.isupper() else Mapping[str, Any]
