"""`bascule config token`: a token for software that asks the API over TCP."""

from pathlib import Path
from typing import Annotated

import typer

from provisioner.cli.output import CONFIG, ConfigOption, JsonOption, complain, print_json, say
from provisioner.cli.site import settings_of
from provisioner.errors import ExpositionError
from provisioner.files import said_of
from provisioner.private_files import append_private
from provisioner.reasons.api import TOKENS_UNWRITABLE
from provisioner.texts.translate import _

NameArgument = Annotated[str, typer.Argument(metavar="NAME", help="Who will use it: a word, which the journal keeps.")]
RoleOption = Annotated[
    str, typer.Option("--role", metavar="ROLE", help="What it may ask and order: board, viewer, helpdesk or operator.")
]


def token(name: NameArgument, role: RoleOption, config: ConfigOption = CONFIG, json: JsonOption = False) -> None:
    """Make a token for the API over TCP. It is printed once; only its hash is kept, in the file of `api: {tokens: …}`."""
    from provisioner.api.callers import Role
    from provisioner.api.tokens import make_token

    known = {member.word: member for member in Role}
    if role not in known:
        roles = ", ".join(known)
        raise typer.BadParameter(_("{role} is not a role; the roles are {roles}", role=role, roles=roles), param_hint="--role")
    if len(name.split()) != 1 or "#" in name:
        raise typer.BadParameter(_("the name has to be one word"), param_hint="NAME")
    file = settings_of(config).api.tokens
    secret, kept = make_token(name, known[role])
    if file is None:
        complain(_("the configuration names no file of tokens; this is the line for it: {line}", line=kept.line))
    else:
        _append(file, kept.line)
        complain(_("{file} has its line; to withdraw the token, delete the line", file=file))
    if json:
        print_json({"name": name, "role": role, "token": secret, "line": kept.line, "file": file})
    else:
        say(secret)


def _append(file: Path, line: str) -> None:
    try:
        append_private(file, line, secret=False)
    except OSError as error:
        raise ExpositionError(TOKENS_UNWRITABLE(path=str(file), said=said_of(error))) from error
