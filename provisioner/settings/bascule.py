"""bascule.yaml, with its profiles and its scenario, to Settings."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from provisioner.settings.building import settings_of
from provisioner.settings.cross_checks import check_together
from provisioner.settings.gathering import Gathered, gather
from provisioner.settings.problems import Problems
from provisioner.settings.values import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """The files and variables that settings were read from."""

    files: frozenset[Path]
    """Absolute: bascule.yaml, and every file named in it, in a profile or in the scenario, secrets included."""
    variables: frozenset[str]
    """Names of environment variables that hold a secret."""


def load_settings(path: Path, *, environment: Mapping[str, str]) -> Settings:
    """Read the whole configuration; secrets may come from `environment`.

    Raises SettingsError with every problem of every file, each on a line `file:line:column path: message`, sorted.
    """
    return load_with_origin(path, environment=environment)[0]


def load_with_origin(path: Path, *, environment: Mapping[str, str]) -> tuple[Settings, Origin]:
    """Like `load_settings`, with the files and variables that were read."""
    gathered, unusable = gather(path)
    problems = Problems(collected=unusable)
    settings = None
    if gathered is not None:
        check_together(gathered)
        settings = settings_of(gathered, environment)
        problems.add(gathered.problems())
    problems.raise_if_any()
    assert settings is not None, "without problems there are settings"
    assert gathered is not None, "settings are made from what was gathered"
    return settings, _origin_of(path, gathered)


def _origin_of(path: Path, gathered: Gathered) -> Origin:
    sources = tuple(gathered.sources())
    files = {path.absolute(), *(file.absolute() for source in sources for file in source.named_files)}
    return Origin(files=frozenset(files), variables=frozenset(name for source in sources for name in source.named_variables))
