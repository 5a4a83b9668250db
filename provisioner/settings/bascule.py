"""bascule.yaml, with its profiles and its scenario, to Settings."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from provisioner.settings.building import build_settings
from provisioner.settings.config_files import ConfigFiles, read_files
from provisioner.settings.cross_checks import check_together
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
    files, unusable = read_files(path)
    problems = Problems(collected=unusable)
    settings = None
    if files is not None:
        check_together(files)
        settings = build_settings(files, environment)
        problems.add(files.problems())
    problems.raise_if_any()
    assert settings is not None, "without problems there are settings"
    assert files is not None, "settings are built from files"
    return settings, _origin_of(path, files)


def _origin_of(path: Path, files: ConfigFiles) -> Origin:
    sources = tuple(files.sources())
    paths = {path.absolute(), *(file.absolute() for source in sources for file in source.named_files)}
    return Origin(files=frozenset(paths), variables=frozenset(name for source in sources for name in source.named_variables))
