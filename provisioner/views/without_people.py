"""Documents for those who may not know of people: their reasons without names, and without what somebody has written."""

from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar

from provisioner.reasons.hiding import HIDDEN, without_free_text
from provisioner.reasons.reason import Reason, from_document
from provisioner.views.reasons import ReasonDocument, reason_document

T = TypeVar("T")


def without_people(document: T) -> T:
    """The same document. Of each reason in it, at any depth, only its kind, numbers, and names of the site's parts are left."""
    shown: T = _shown(document)
    return shown


def _shown(value: Any) -> Any:
    if isinstance(value, ReasonDocument):
        return _reason(value)
    if isinstance(value, tuple):
        return tuple(map(_shown, value))
    if isinstance(value, dict):
        return {key: _shown(each) for key, each in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{field.name: _shown(getattr(value, field.name)) for field in fields(value)})
    return value


def _reason(document: ReasonDocument) -> ReasonDocument:
    if document.code is None:
        return reason_document(Reason(HIDDEN))
    kept = {"code": document.code, "arguments": document.arguments, "text": document.text}
    return reason_document(without_free_text(from_document(kept)))


__all__ = ["without_people"]
