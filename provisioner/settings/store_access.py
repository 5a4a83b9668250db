"""What an order or a look into the journal needs of the configuration: where the store is. Whatever else is wrong may stay so.

A freeze is wanted most when something has gone wrong, and that may be the scenario that was edited this minute, or a shell that
lacks the environment file. But an order must not go to another store than the daemon's: what may be about that is refused.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from provisioner.model.ids import ClusterId, NodeKey, NodeName
from provisioner.settings.building import settings_of, store_settings
from provisioner.settings.cross_checks import check_together
from provisioner.settings.documents import BasculeDocument
from provisioner.settings.gathering import Gathered, gather
from provisioner.settings.problems import Problem, Problems
from provisioner.settings.values import StoreSettings

_NEEDED = frozenset({"installation", "store", "freeze_file"})
_KEYS = frozenset(BasculeDocument.model_fields)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreAccess:
    """A part of the settings, read with what is wrong elsewhere."""

    installation: str
    store: StoreSettings
    freeze_file: Path
    clusters: frozenset[ClusterId]
    nodes: frozenset[NodeKey]
    """Those that have templates by the profiles that can be read."""
    sound: bool
    """Whether nothing else is wrong either."""


def load_store_access(path: Path, *, environment: Mapping[str, str]) -> StoreAccess:
    """Raises SettingsError with every problem of the configuration when one of them is about the store, or may be."""
    gathered, lost = gather(path)
    problems = Problems(found=lost)
    if gathered is None:
        problems.raise_if_any()
    assert gathered is not None, "without problems something was gathered"
    check_together(gathered)
    settings_of(gathered, environment)  # for its complaints
    store = store_settings(gathered.root.part("store"), gathered.document, environment)
    problems.add(gathered.problems())
    if any(map(_may_be_about_the_store, gathered.root.checked.source.problems)):
        problems.raise_if_any()
    document = gathered.document
    return StoreAccess(
        installation=document.installation or "",
        store=store,
        freeze_file=gathered.root.path(document.freeze_file),
        clusters=frozenset(map(ClusterId, document.clusters)),
        nodes=frozenset(_nodes(gathered)),
        sound=not problems,
    )


def _may_be_about_the_store(problem: Problem) -> bool:
    """A part of it, a key that nobody knows and that may have been meant, or the file as a whole."""
    key = problem.path.partition(".")[0].partition("[")[0]
    return key in _NEEDED or key not in _KEYS


def _nodes(gathered: Gathered) -> list[NodeKey]:
    groups = [group for _, profile in gathered.profiles.values() for group in profile.templates]
    return [NodeKey(ClusterId(group.cluster), NodeName(node)) for group in groups for node in group.vmids]
