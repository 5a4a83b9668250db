"""The part of the configuration that some commands need; problems elsewhere do not stop them.

A freeze is most urgent when something has gone wrong, perhaps a scenario edited a minute ago, or a shell without the
environment file. But an operator's command must reach the daemon's store: any problem that may concern the store is refused.
The receiver may read neither the rest of what the configuration names, nor any secret.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from provisioner.model.ids import ClusterId, NodeKey, NodeName
from provisioner.reasons.files import KEY_MISSING
from provisioner.settings.building import build_settings, receiver_settings, store_settings
from provisioner.settings.checking import Document, check
from provisioner.settings.config_files import ConfigFiles, read_files
from provisioner.settings.cross_checks import check_together
from provisioner.settings.documents import BasculeKeys, ReceiverKeys
from provisioner.settings.problems import Problem, Problems
from provisioner.settings.reading import Section
from provisioner.settings.site_zone import SiteZone, site_zone
from provisioner.settings.values import ReceiverSettings, StoreSettings
from provisioner.settings.yaml_lines import read_source

_NEEDED = frozenset({"installation", "store", "freeze_file"})
_KEYS = frozenset(BasculeKeys.model_fields)
_NAME = "receiver"


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreAccess:
    """The settings that concern the store, whatever problems other settings have."""

    installation: str
    store: StoreSettings
    freeze_file: Path
    clusters: frozenset[ClusterId]
    nodes: frozenset[NodeKey]
    """The nodes that have templates in the readable profiles."""
    zone: SiteZone
    """The site's."""
    sound: bool
    """Whether the rest of the configuration has no problem."""


def load_store_access(path: Path, *, environment: Mapping[str, str]) -> StoreAccess:
    """Read what the store needs; raises SettingsError with every problem if a problem concerns, or may concern, the store."""
    files, unusable = read_files(path)
    problems = Problems(collected=unusable)
    if files is None:
        problems.raise_if_any()
    assert files is not None, "without problems there are files"
    check_together(files)
    build_settings(files, environment)  # reports its problems
    store = store_settings(files.root.part("store"), files.document, environment)
    problems.add(files.problems())
    if any(map(_may_be_about_the_store, files.root.checked.source.problems)):
        problems.raise_if_any()
    document = files.document
    return StoreAccess(
        installation=document.installation or "",
        store=store,
        freeze_file=files.root.path(document.freeze_file),
        clusters=frozenset(map(ClusterId, document.clusters)),
        nodes=frozenset(_nodes(files)),
        zone=site_zone(document.timezone, environment),
        sound=not problems,
    )


def _may_be_about_the_store(problem: Problem) -> bool:
    """Whether the problem is in a key that the store needs, in an unknown key (perhaps misspelt), or in the whole file."""
    key = problem.path.partition(".")[0].partition("[")[0]
    return key in _NEEDED or key not in _KEYS


def _nodes(files: ConfigFiles) -> list[NodeKey]:
    groups = [group for _, profile in files.profiles.values() for group in profile.templates]
    return [NodeKey(ClusterId(group.cluster), NodeName(node)) for group in groups for node in group.vmids]


class _Only(Document, extra="ignore"):
    receiver: ReceiverKeys | None = None


def load_receiver_section(path: Path) -> ReceiverSettings:
    """Raises SettingsError with the problems of this section, or if there is none."""
    source = read_source(path)
    checked = check(source, _Only)
    section = Section(checked=checked)
    document = None if checked.document is None else checked.document.receiver
    if document is None and not source.problems:
        section.complain(KEY_MISSING(), _NAME)
    problems = Problems(collected=source.problems)
    problems.raise_if_any()
    settings = receiver_settings(section.part(_NAME), document)
    assert settings is not None, "without problems there is a section"
    return settings
