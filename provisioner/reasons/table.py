"""The whole table: every kind of reason, of every subject."""

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from provisioner import reasons
from provisioner.extensions import modules_of
from provisioner.reasons.reason import ACT, KINDS


@cache
def table() -> Mapping[str, str]:
    """The English text of each code, and of each advice (`code.act`)."""
    for module in iter_modules(reasons.__path__, f"{reasons.__name__}."):
        import_module(module.name)
    modules_of("reasons")
    acts = {code + ACT: kind.act for code, kind in KINDS.items() if kind.act}
    return {code: kind.text for code, kind in KINDS.items()} | acts
