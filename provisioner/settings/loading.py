"""Load a YAML file as a document of a model, or raise a SettingsError with all its problems."""

from pathlib import Path as FilePath

from provisioner.settings.checking import CheckedDocument, D, check
from provisioner.settings.problems import Problems
from provisioner.settings.yaml_lines import read_source


def load(path: FilePath, model: type[D]) -> D:
    """Read and validate a file; raises SettingsError with a line `file:line:column path: message` for each problem."""
    problems = Problems()
    checked = inspect_file(path, model)
    problems.add(checked.source.problems)
    problems.raise_if_any()
    assert checked.document is not None, "without problems there is a document"
    return checked.document


def inspect_file(path: FilePath, model: type[D]) -> CheckedDocument[D]:
    """Read and validate a file without raising, for further checks: the problems are in `.source.problems`."""
    return check(read_source(path), model)
