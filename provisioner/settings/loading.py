"""Any YAML file to a document of any model, or one SettingsError with everything that is wrong with it."""

from pathlib import Path as FilePath

from provisioner.settings.checking import Checked, D, check
from provisioner.settings.problems import Problems
from provisioner.settings.yaml_lines import read_source


def load(path: FilePath, model: type[D]) -> D:
    """Read and validate a file on its own; raises SettingsError with one `file:line:column path: message` a line."""
    problems = Problems()
    checked = inspect(path, model)
    problems.add(checked.source.problems)
    problems.raise_if_any()
    assert checked.document is not None, "without problems there is a document"
    return checked.document


def inspect(path: FilePath, model: type[D]) -> Checked[D]:
    """The same without raising, for who wants to check more before telling: the problems are in `.source.problems`."""
    return check(read_source(path), model)
