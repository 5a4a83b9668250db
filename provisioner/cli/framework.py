"""Adapts typer. It translates what typer itself prints: help pages, and complaints about a wrong call.

Typer has no gettext and no hook for this. So help texts are replaced in the commands, headings in typer's module, and a
complaint is translated if its sentence is in `_COMPLAINTS`.
"""

import re
import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from importlib.abc import Loader
from importlib.machinery import ModuleSpec
from importlib.util import LazyLoader, find_spec, module_from_spec
from pathlib import Path
from types import ModuleType
from typing import Any

import typer
from typer.main import get_command

from provisioner.texts.translate import N_, _

HELP = ["-h", "--help"]
"""The options that print a help page."""
_PAGES = "typer.rich_utils"
_HEADINGS = {
    "DEFAULT_STRING": N_("[default: {}]"),
    "ENVVAR_STRING": N_("[env var: {}]"),
    "REQUIRED_LONG_STRING": N_("[required]"),
    "ARGUMENTS_PANEL_TITLE": N_("Arguments"),
    "OPTIONS_PANEL_TITLE": N_("Options"),
    "COMMANDS_PANEL_TITLE": N_("Commands"),
    "ERRORS_PANEL_TITLE": N_("Error"),
    "ABORTED_TEXT": N_("Aborted."),
    "RICH_HELP": N_("Try [blue]'{command_path} {help_option}'[/] for help."),
}
_WORD = re.compile(r"[^\S\u00a0]*[\S\u00a0]+[^\S\u00a0]*")
"""A word and the blanks around it. A no-break space is none: French has one before `:` and inside « »."""
_TEXTS = ("help", "short_help", "epilog", "rich_help_panel")
"""What a command's help page shows of its own."""
_COMPLAINTS = (
    N_("Invalid value for {what}: {why}"),
    N_("Invalid value: {why}"),
    N_("Missing command."),
    N_("Missing argument {what}."),
    N_("Missing option {what}."),
    N_("No such command {what}. {why}"),
    N_("No such command {what}."),
    N_("No such option: {what} (Possible options: {known})"),
    N_("No such option: {what}"),
    N_("Did you mean {known}?"),
    N_("Option {what} does not take a value."),
    N_("Option {what} requires an argument."),
    N_("Got unexpected extra argument(s) ({what})"),
    N_("Input should be a valid integer, unable to parse string as an integer"),
    N_("Input should be a valid number, unable to parse string as a number"),
    N_("Input should be greater than or equal to {known}"),
    N_("Input should be less than or equal to {known}"),
    N_("Input should be {known}"),
)
"""The first match counts. `{why}` is a complaint itself and is translated too."""


def command_of(app: typer.Typer) -> Any:
    """The command line as typer runs it, with its texts translated."""
    command = get_command(app)
    context = typer.Context(command, help_option_names=HELP)
    for option in options_of(command, context):
        kind = getattr(getattr(option, "type_descriptor", None), "annotation", None)
        if kind in (str, Path, bool) and not option.multiple and option.nargs == 1:
            option._runtime_param = _AsWritten(kind)
        elif kind == list[str] and option.nargs == -1:
            option._runtime_param = _AsWritten(list)
        elif kind in (int, float) and option.nargs == 1:
            option._runtime_param = _Number(option)
    for owner, attribute in help_texts(command, context):
        setattr(owner, attribute, _(getattr(owner, attribute)))
    _translate_pages()
    return command


def _translate_pages() -> None:
    """Typer's module for help and complaints takes longer to load than most commands: it is loaded when it prints something."""
    pages = sys.modules.get(_PAGES)
    if type(pages) is ModuleType:
        _translate(pages)
    elif pages is None:
        spec = find_spec(_PAGES)
        assert spec is not None, "it is a part of typer"
        assert spec.loader is not None
        spec.loader = LazyLoader(_ThenTranslated(spec.loader))
        sys.modules[_PAGES] = lazy = module_from_spec(spec)
        spec.loader.exec_module(lazy)


class _ThenTranslated(Loader):
    """Loads the module, and translates it into the language of the command that loads it."""

    def __init__(self, loader: Loader) -> None:
        self._loader = loader

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        """As the module's own loader."""
        return self._loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        """As the module's own loader, and then translated."""
        self._loader.exec_module(module)
        _translate(module)


def _translate(pages: Any) -> None:
    for name, text in _HEADINGS.items():
        setattr(pages, name, _(text))
    # A help page is no text of ours, which `folding` would fold: rich itself is told where a word ends.
    import_module("rich._wrap").re_word = _WORD  # type: ignore[attr-defined]
    if not isinstance(pages.rich_format_error, _Complaint):
        pages.rich_format_error = _Complaint(pages.rich_format_error)


def options_of(command: Any, context: typer.Context) -> Iterator[Any]:
    """All options and arguments, of commands inside too."""
    yield from command.get_params(context)
    for inner in getattr(command, "commands", {}).values():
        yield from options_of(inner, context)


class _AsWritten:
    """Takes texts, a path or a flag as written. Typer's own way loads pydantic, and `bascule freeze` must not wait."""

    def __init__(self, kind: type) -> None:
        self._kind = kind

    def coerce(self, value: Any, **_: Any) -> Any:
        """The value for the command; None: the option was not given."""
        return None if value is None else self._kind(value)


class _Number:
    """Takes a default as it is: only a number that was written has to be checked, which loads pydantic."""

    def __init__(self, option: Any) -> None:
        self._option = option

    def coerce(self, value: Any, **context: Any) -> Any:
        """The value for the command."""
        if value is None or isinstance(value, int | float):
            return value
        from typer._coercion import build_runtime_param

        return build_runtime_param(self._option.type_descriptor).coerce(value, **context)


def help_texts(command: Any, context: typer.Context) -> Iterator[tuple[Any, str]]:
    """The texts of the help pages: objects, and the attribute that holds the text."""
    yield from ((command, name) for name in _TEXTS if getattr(command, name, None))
    yield from ((option, "help") for option in command.get_params(context) if getattr(option, "help", None))
    for inner in getattr(command, "commands", {}).values():
        yield from help_texts(inner, context)


def complaint(text: str) -> str:
    """A sentence of typer's, translated if it is in the list."""
    for sentence in _COMPLAINTS:
        pattern = re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>.+?)", re.escape(sentence))
        if match := re.fullmatch(pattern, text, re.DOTALL):
            parts = match.groupdict()
            return _(sentence, **parts | ({"why": complaint(parts["why"])} if "why" in parts else {}))
    return text


class _Complaint:
    """Shows a wrong call in the language."""

    def __init__(self, show: Callable[[Any], None]) -> None:
        self._show = show

    def __call__(self, error: Any) -> None:
        text = complaint(error.format_message())
        error.format_message = lambda: text
        self._show(error)
