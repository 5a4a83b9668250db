"""bascule.yaml, with its profiles and its scenario, to Settings."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from provisioner.errors import SettingsError
from provisioner.model.kept.set_aside import words_of
from provisioner.reasons.files import FILES_FAIL
from provisioner.settings.building import build_settings
from provisioner.settings.config_files import ConfigFiles, read_files
from provisioner.settings.cross_checks import check_together
from provisioner.settings.problems import Problem, Problems
from provisioner.settings.values import Settings

_LOG = logging.getLogger(__name__)


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
    """Like `load_settings`, with the files and variables that were read.

    Whatever exception arises from them is a SettingsError too, of the file that names all others: the log says where.
    """
    try:
        return _loaded(path, environment)
    except SettingsError:
        raise
    except Exception as error:
        _LOG.exception("the configuration cannot be taken up")
        problem = Problem(file=str(path), line=1, column=1, path="", message=FILES_FAIL(why=words_of(error)))
        raise SettingsError(problem.reason) from error


def _loaded(path: Path, environment: Mapping[str, str]) -> tuple[Settings, Origin]:
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
