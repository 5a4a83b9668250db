"""Which agents: `who:` of entitlements and waves."""

from typing import Annotated, Self

from pydantic import Discriminator, Field, Tag, model_validator

from provisioner.model.people.distinguished_names import group_key
from provisioner.model.people.profiles import Selection
from provisioner.reasons.files import MUST_BE_SELECTION
from provisioner.reasons.settings import NO_CRITERION
from provisioner.settings.checking import Document
from provisioner.settings.fields import Matches, Text

Names = Annotated[list[Text], Field(min_length=1)]


class SelectionKeys(Document):
    """An agent is selected if every given criterion matches; a criterion matches if any of its values does."""

    groups: Names = Field(default=[])
    """Directory groups: by name (cn), or by DN where several groups have that name."""
    departments: Names = Field(default=[])
    """Values of the attribute `department` of bascule.yaml."""
    sites: Names = Field(default=[])
    """Values of the attribute `site` of bascule.yaml."""
    logins: Names = Field(default=[])
    """Individual agents, by login."""
    units: Names = Field(default=[])
    """DNs of organizational units: agents in such a unit, or anywhere below it."""
    attributes: dict[Text, Names] = Field(default={}, min_length=1)
    """Any attribute named in `directory.attributes.extra` of bascule.yaml, with the accepted values."""

    @model_validator(mode="after")
    def _something(self) -> Self:
        if not self.model_fields_set:
            raise ValueError(NO_CRITERION())
        return self


def form_of(value: object) -> str:
    """Which of both forms a value has."""
    return "everyone" if isinstance(value, str) else "criteria"


Everyone = Annotated[
    str,
    Matches("everyone", MUST_BE_SELECTION()),
    Field(json_schema_extra={"const": "everyone"}),
]
Who = Annotated[
    Annotated[Everyone, Tag("everyone")] | Annotated[SelectionKeys, Tag("criteria")],
    Discriminator(form_of),
]
"""`everyone`, or criteria. Everyone is always explicit, never the result of an empty list."""


def selection_of(who: str | SelectionKeys, listed: frozenset[str] = frozenset()) -> Selection:
    """Build the selection; `listed` logins count as those of the document."""
    if isinstance(who, str):
        return Selection()
    sets = {name: frozenset(getattr(who, name)) for name in Selection.sets()}
    normalised = {"groups": frozenset(map(group_key, who.groups)), "logins": listed.union(who.logins)}
    attributes = tuple((name.lower(), frozenset(values)) for name, values in sorted(who.attributes.items()))
    return Selection(**{**sets, **normalised}, attributes=attributes)


def catches_all(who: str | SelectionKeys) -> bool:
    """Whether it selects every agent, so that later entries select none."""
    return isinstance(who, str)
