"""`bascule config completion`: the script by which a shell completes commands; and what a shell has asked to complete."""

from collections.abc import Mapping
from contextlib import redirect_stdout
from io import StringIO
from typing import Annotated, Any, cast

import typer

from provisioner.errors import SettingsError
from provisioner.texts.languages import split_language
from provisioner.texts.translate import _

PROGRAM = "bascule"
ASKED = "_BASCULE_COMPLETE"
"""The environment variable by which the shell's script asks; click's own."""
SHELLS = ("bash", "zsh", "fish")
ShellArgument = Annotated[str, typer.Argument(metavar="bash|zsh|fish", help="Which shell.")]


def completion(shell: ShellArgument) -> None:
    """Print the script by which a shell completes commands and options: `eval "$(bascule config completion bash)"`."""
    if shell not in SHELLS:
        raise typer.BadParameter(_("{shell} is none of bash, zsh, fish", shell=shell), param_hint="SHELL")
    from typer.completion import shell_complete

    know_shells()
    with redirect_stdout(StringIO()) as script:
        shell_complete(cast("Any", None), {}, PROGRAM, ASKED, f"source_{shell}")  # the script names no command
    typer.echo(script.getvalue().strip())


def know_shells() -> None:
    """Have typer know the shells. It does when it makes the options of its own that install completion, and in no other
    public way; these options are dropped."""
    from typer.completion import get_completion_inspect_parameters

    get_completion_inspect_parameters()


def command_being_completed(environment: Mapping[str, str]) -> str:
    """The command whose arguments are completed; empty: the command itself is, or nothing."""
    if ASKED not in environment:
        return ""
    line = environment.get("COMP_WORDS") or environment.get("_TYPER_COMPLETE_ARGS", "")
    words = line.split()
    cursor = int(environment.get("COMP_CWORD") or len(words) - (not line.endswith(" ")))
    try:
        _language, before = split_language(words[1:cursor])
    except SettingsError:  # an unknown language: the command says so, not its completion
        return ""
    return next(iter(before), "")
