"""bascule.yaml, with its profiles and its scenario, to Settings."""

from collections.abc import Mapping
from pathlib import Path

from provisioner.settings.building import settings_of
from provisioner.settings.cross_checks import check_together
from provisioner.settings.gathering import gather
from provisioner.settings.problems import Problems
from provisioner.settings.values import Settings


def load_settings(path: Path, *, environment: Mapping[str, str]) -> Settings:
    """Read everything that is configured; `environment` is where secrets may come from.

    Raises SettingsError with every problem of every file as `file:line:column path: message`, one a line, sorted.
    """
    gathered, lost = gather(path)
    problems = Problems(found=lost)
    settings = None
    if gathered is not None:
        check_together(gathered)
        settings = settings_of(gathered, environment)
        problems.add(gathered.problems())
    problems.raise_if_any()
    assert settings is not None, "without problems there are settings"
    return settings
