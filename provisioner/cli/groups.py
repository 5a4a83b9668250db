"""Groups of commands that do something by themselves too, such as `check` and `agents`."""

import typer


def refuse_options(context: typer.Context) -> None:
    """Options before the inner command would be for the group itself, and have no effect."""
    sources = {name: context.get_parameter_source(name) for name in context.params}
    given = [name for name, source in sources.items() if source is not None and source.name == "COMMANDLINE"]
    if given:
        raise typer.BadParameter(f"--{given[0]} goes behind `{context.invoked_subcommand}`", ctx=context)
