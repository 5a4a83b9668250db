"""What a desktop has in common with others."""

from collections.abc import Iterator

from provisioner.model.ids import ClusterId, NodeName
from provisioner.model.probes import Factor, FactorKind
from provisioner.model.profiles import Profile


def factors_of(cluster: ClusterId, node: NodeName, profile: Profile, *, site: str = "") -> frozenset[Factor]:
    """Everything that may break several desktops at once. `site`: of its agent; empty: unknown."""
    return frozenset(factor for factor in _factors(cluster, node, profile, site) if factor.value)


def _factors(cluster: ClusterId, node: NodeName, profile: Profile, site: str) -> Iterator[Factor]:
    yield Factor(FactorKind.NODE, f"{cluster}/{node}")
    storages = [template.storage for template in profile.templates if template.cluster == cluster and template.node == node]
    storages += [template.storage for template in profile.templates if template.cluster == cluster]
    if profile.storage or storages:
        yield Factor(FactorKind.STORAGE, f"{cluster}/{profile.storage or storages[0]}")
    yield Factor(FactorKind.IMAGE, profile.image)
    yield Factor(FactorKind.PROFILE, profile.name)
    yield Factor(FactorKind.SITE, site)
    yield Factor(FactorKind.GATEWAY, profile.connection.gateway)


__all__ = ["factors_of"]
