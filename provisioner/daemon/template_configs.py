"""The templates' configurations: one call for each template."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from provisioner.actions.client import PveClient
from provisioner.errors import HypervisorError
from provisioner.model.ids import ClusterId, Vmid
from provisioner.model.people.profiles import Profile, Template
from provisioner.reasons.reason import Reason

Config = Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateConfigs:
    """The configurations of one cluster's templates, as far as they could be read."""

    read: Mapping[Vmid, Config] = field(default_factory=dict)
    failed: Mapping[Vmid, Reason] = field(default_factory=dict)


def templates_on(cluster: ClusterId, profiles: Iterable[Profile]) -> tuple[Template, ...]:
    """The templates of the profiles on one cluster, each once."""
    found = {template.vmid: template for profile in profiles for template in profile.templates if template.cluster == cluster}
    return tuple(found.values())


def read_configs(client: PveClient, templates: Iterable[Template]) -> TemplateConfigs:
    """Read them all, one after the other."""
    found: dict[Vmid, Config] = {}
    failed: dict[Vmid, Reason] = {}
    for template in templates:
        try:
            found[template.vmid] = client.guest_config(template.node_key, template.vmid)
        except HypervisorError as error:
            failed[template.vmid] = error.reason
    return TemplateConfigs(read=found, failed=failed)
