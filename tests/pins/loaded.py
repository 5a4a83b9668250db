"""What a command has loaded when it ends: libraries of others, packages of our own, values of the model. People wait for it."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.builders.api import an_api_site, serving
from tests.builders.cli import a_lonely_site
from tests.builders.core import a_desktop
from tests.builders.views import a_publication

PROGRAM = """\
import sys
from provisioner.cli.app import main
try:
    main(sys.argv[1:])
except SystemExit:
    pass
print("loaded:", *sys.modules, sep="\\n", file=sys.stderr)
"""
OWN = ("provisioner", "monitors")
COMMANDS = {
    "--help": "--help",
    "GROUP --help": "check --help",
    "GROUP without a command": "surge",
    "GROUP COMMAND --help": "check storage --help",
    "COMMAND --help": "forecast --help",
    "COMMAND, mistyped": "forecats",
    "OPTION, mistyped": "forecast --jsn",
    "status": "status --socket {socket}",
    "why": "why login0001 --socket {socket}",
    "person": "person login0001 --socket {socket}",
    "freeze": "freeze --config {config}",
}


@contextmanager
def a_place(folder: Path) -> Iterator[dict[str, object]]:
    """A daemon that answers, and a configuration whose freeze file can be written."""
    config = a_lonely_site(folder).main
    with serving(folder, an_api_site(a_publication(a_desktop(1), wanted=1, agents=1))) as at:
        yield {"socket": at, "config": config}


def loaded(folder: Path) -> str:
    """One paragraph for each command."""
    with a_place(folder) as place:
        return "\n".join(f"{name}\n{_lines(text.format(**place).split())}" for name, text in COMMANDS.items())


def _lines(words: list[str]) -> str:
    ended = subprocess.run([sys.executable, "-c", PROGRAM, *words], capture_output=True, text=True, check=True, timeout=60)
    modules = [name.split(".") for name in ended.stderr.rpartition("loaded:\n")[2].splitlines()]
    own = {".".join(parts[:2]) for parts in modules if parts[0] in OWN}
    others = {parts[0] for parts in modules} - {*sys.stdlib_module_names, *OWN}
    libraries = [name for name in others if not name.startswith("_") and not name.endswith("__mypyc")]
    model = {parts[2] for parts in modules if parts[:2] == ["provisioner", "model"] and len(parts) > 2}
    lines = {"libraries": libraries, "packages": own, "model": model}
    return "".join(f"  {name}: {' '.join(sorted(loaded))}\n" for name, loaded in lines.items())
