"""For groups of commands that are commands themselves: `check`."""

import typer

from provisioner.texts.translate import _


def refuse_options(context: typer.Context) -> None:
    """Refuse options placed before the inner command: typer gives them to the group, where they have no effect."""
    sources = {name: context.get_parameter_source(name) for name in context.params}
    options = [name for name, source in sources.items() if source is not None and source.name == "COMMANDLINE"]
    if options:
        text = _("--{option} goes behind `{command}`", option=options[0], command=context.invoked_subcommand)
        raise typer.BadParameter(text, ctx=context)
