"""`bascule backup` and `bascule restore`."""

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from provisioner.cli.clocks import clock_of_commands
from provisioner.cli.intents import ByOption, ReasonOption
from provisioner.cli.output import CONFIG, ConfigOption, JsonOption, complain, counted, duration, print_json, say
from provisioner.daemon.backup import Backup, make_backup
from provisioner.daemon.operators import operator
from provisioner.daemon.restoring import Restored, Restoring, open_backup
from provisioner.daemon.restoring import restore as restore_from
from provisioner.errors import BackupError

RecipientOption = Annotated[
    list[str] | None, typer.Option("--recipient", help="Encrypt for this public key (age1…, ssh-ed25519 …); again for more.")
]
PassphraseOption = Annotated[
    Path | None, typer.Option("--passphrase-file", help="A file that holds the passphrase to encrypt or decrypt with.")
]
IdentityOption = Annotated[
    Path | None, typer.Option("--identity", help="The private key file (age's or SSH's) to decrypt with.")
]


def backup(
    file: Annotated[Path, typer.Argument(help="The file to make; it must not be there yet.")],
    config: ConfigOption = CONFIG,
    recipient: RecipientOption = None,
    passphrase_file: PassphraseOption = None,
    json: JsonOption = False,
) -> None:
    """Put configuration, secrets, note key and store into one file, while the daemon goes on."""
    if recipient and passphrase_file:
        raise typer.BadParameter("give --recipient or --passphrase-file, not both")
    made = make_backup(
        config,
        file,
        environment=os.environ,
        clock=clock_of_commands(),
        recipients=tuple(recipient or ()),
        passphrase=_passphrase(passphrase_file),
    )
    sealed = bool(recipient or passphrase_file)
    if json:
        print_json({"file": file, "bytes": made.size, "files": made.files, "store": made.with_store, "encrypted": sealed})
    else:
        _show_backup(file, made)
    if not sealed:
        complain(f"{file} holds every secret in clear: keep it as a secret, or encrypt it with --recipient")


def restore(
    file: Annotated[Path, typer.Argument(help="The backup.")],
    config: ConfigOption = CONFIG,
    identity: IdentityOption = None,
    passphrase_file: PassphraseOption = None,
    by: ByOption = "",
    reason: ReasonOption = "",
) -> None:
    """Put a backup in place on a machine that has no configuration and no store yet. The old daemon must have ended."""
    opened = open_backup(file, identities=_read(identity) if identity else b"", passphrase=_passphrase(passphrase_file))
    clock = clock_of_commands()
    order = Restoring(config=config, environment=os.environ, clock=clock, by=operator(by), reason=reason)
    _show_restored(restore_from(opened, order), now=clock.now())


def _show_backup(file: Path, made: Backup) -> None:
    for path in made.files:
        say(f"  {path}")
    for name in made.variables:
        say(f"  the environment variable {name}")
    say("  the store, as it is now" if made.with_store else "  no store: there is none yet")
    say(f"{file}: {counted(made.size, 'byte')}")


def _show_restored(done: Restored, *, now: float) -> None:
    when = datetime.fromtimestamp(done.made_at, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    say(f"backup of {done.installation}, made {when} ({duration(max(0.0, now - done.made_at))} ago)")
    for path in done.written:
        say(f"  written: {path}")
    if done.variables:
        say(f"  secrets of environment variables: {done.variables}; give it to the daemon as EnvironmentFile")
    say("  the store is as it was then" if done.with_store else "  it holds no store: the daemon rebuilds one from the notes")
    for order in done.orders:
        target = f" {order.target}" if order.target else ""
        say(f"  in force again: {order.kind.value}{target}, by {order.by}{f': {order.reason}' if order.reason else ''}")
    say("next: `bascule check`, then start the daemon. It reads every desktop's note before it makes anything new")


def _passphrase(file: Path | None) -> str:
    if file is None:
        return ""
    text = _read(file).decode(errors="replace").rstrip("\r\n")
    if not text:
        raise BackupError(f"{file} is empty")
    return text


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as exc:
        raise BackupError(f"{file} cannot be read: {exc.strerror}") from exc
