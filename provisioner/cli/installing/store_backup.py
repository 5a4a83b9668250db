"""`bascule store backup` and `bascule store restore`: the whole installation in one file, and back on another machine."""

import os
from pathlib import Path
from typing import Annotated

import typer

from provisioner.adapters.backups.archive import Unpacked
from provisioner.cli.clocks import clock_of_commands
from provisioner.cli.confirm import YesOption, confirm
from provisioner.cli.output import CONFIG, ByOption, ConfigOption, JsonOption, ReasonOption, complain, print_json, say
from provisioner.cli.times import clock, duration
from provisioner.daemon.backup import Backup, make_backup
from provisioner.daemon.operators import operator
from provisioner.daemon.restore_plan import RestorePlan, Restoring, plan_restore
from provisioner.daemon.restoring import Restored, open_backup
from provisioner.daemon.restoring import restore as restore_from
from provisioner.errors import BackupError
from provisioner.files import said_of
from provisioner.model.intents import Intent
from provisioner.private_files import read_given_secret
from provisioner.reasons.store import BACKUP_FILE_EMPTY, BACKUP_FILE_UNREADABLE
from provisioner.texts.translate import _, plural, translated, word
from provisioner.views.times import stamp

_MOST_SECRET = 1 << 20
"""Bytes of a passphrase, or of a file with many keys."""
RecipientOption = Annotated[
    list[str] | None, typer.Option("--recipient", help="Encrypt for this public key (age1…, ssh-ed25519 …); may be repeated.")
]
PassphraseOption = Annotated[
    Path | None, typer.Option("--passphrase-file", help="A file with the passphrase to encrypt or decrypt with.")
]
IdentityOption = Annotated[
    Path | None, typer.Option("--identity", help="The private key file (age's or SSH's) to decrypt with.")
]
KeyOption = Annotated[
    Path | None,
    typer.Option(
        "--key",
        metavar="FILE",
        help="The key that proves who has made a backup; by default backup.key beside the configuration.",
    ),
]
BelowOption = Annotated[
    list[str] | None,
    typer.Option(
        "--below", metavar="DIR", help="A folder that a backup of an unproven maker may write to, too; may be repeated."
    ),
]
UnprovenOption = Annotated[
    bool, typer.Option("--unproven", help="Also a backup of which nobody knows who has made it; asks first.")
]


def backup(
    file: Annotated[Path, typer.Argument(help="The file to write; it must not exist yet.")],
    config: ConfigOption = CONFIG,
    recipient: RecipientOption = None,
    passphrase_file: PassphraseOption = None,
    key: KeyOption = None,
    json: JsonOption = False,
) -> None:
    """Write configuration, secrets, note key and store into one file; the daemon may run meanwhile.

    A key that is not in the file proves who has made it: backup.key beside the configuration, made by the first backup.
    """
    if recipient and passphrase_file:
        raise typer.BadParameter(_("give --recipient or --passphrase-file, not both"))
    result = make_backup(
        config,
        file,
        environment=os.environ,
        clock=clock_of_commands(),
        recipients=tuple(recipient or ()),
        passphrase=_passphrase(passphrase_file),
        key=key,
    )
    sealed = bool(recipient or passphrase_file)
    if json:
        figures = {"bytes": result.size, "files": result.files, "store": result.with_store, "encrypted": sealed}
        figures |= {"proven": result.unproven is None, "key": result.key}
        print_json({"file": file, **figures})
    else:
        _show_backup(file, result)
    if result.unproven is not None:
        complain(_("nothing in {file} proves who has made it: {why}", file=str(file), why=translated(result.unproven)))
    elif result.key_made:
        key_file = str(result.key)
        complain(_("{key} was made: keep a copy of it elsewhere; it proves at a restore who has made a backup", key=key_file))
    if not sealed:
        complain(_("{file} holds every secret in clear: keep it as a secret, or encrypt it with --recipient", file=str(file)))


def restore(
    file: Annotated[Path, typer.Argument(help="The backup.")],
    config: ConfigOption = CONFIG,
    identity: IdentityOption = None,
    passphrase_file: PassphraseOption = None,
    key: KeyOption = None,
    below: BelowOption = None,
    unproven: UnprovenOption = False,
    by: ByOption = "",
    reason: ReasonOption = "",
    yes: YesOption = False,
    json: JsonOption = False,
) -> None:
    """Restore a backup on a machine that has no configuration and no store yet. The old daemon must have ended.

    Shows every place that it would write to, and asks.
    """
    clock = clock_of_commands()
    request = Restoring(
        config=config,
        environment=os.environ,
        clock=clock,
        by=operator(by),
        reason=reason,
        below=tuple(map(Path, below or ())),
        unproven=unproven,
    )
    identities = _read(identity) if identity else b""
    with open_backup(file, config=config, identities=identities, passphrase=_passphrase(passphrase_file), key=key) as opened:
        planned = plan_restore(opened, request)
        confirm(_question(opened, planned), yes=yes, first=_places(opened, planned, now=clock.now()))
        restored = restore_from(opened, planned, request)
    if json:
        print_json(_document(restored))
    else:
        _show_restored(restored, now=clock.now())


def _places(backup: Unpacked, planned: RestorePlan, *, now: float) -> list[str]:
    """Each with its mode and owner, as they will be."""
    made_at, installation = backup.manifest.made_at, backup.manifest.installation
    lines = [_("backup of {installation}, made {at}", installation=installation, at=clock(made_at, now=now))]
    for place in planned.places():
        kept = place.kept
        shown = {"path": str(place.path), "mode": f"{kept.mode:04o}", "owner": f"{kept.owner or '?'}:{kept.group or '?'}"}
        if place.same:
            lines.append(_("  {path}: is there already, the same", path=shown["path"]))
        elif place.path in planned.outside:
            lines.append(_("  {path} ({mode} {owner}), outside the folder of the configuration", **shown))
        else:
            lines.append(_("  {path} ({mode} {owner})", **shown))
    return lines


def _question(backup: Unpacked, planned: RestorePlan) -> str:
    new = sum(not place.same for place in planned.places())
    if planned.unproven is None:
        return plural("Write this file?", "Write these {count} files?", new)
    return _(
        "Nobody knows who has made this backup ({why}). Whoever did chooses the secrets, the people, the clusters and the"
        " standing orders of {installation}. Did you make it, and has nobody else had it since?",
        why=translated(planned.unproven),
        installation=backup.manifest.installation,
    )


def _document(restored: Restored) -> dict[str, object]:
    return {
        "installation": restored.installation,
        "made_at": stamp(restored.made_at),
        "written": restored.written,
        "variables": restored.variables,
        "store": restored.with_store,
        "in_force_again": [
            {"kind": intent.kind, "target": intent.target, "by": intent.by, "reason": intent.reason}
            for intent in restored.orders
        ],
    }


def _show_backup(file: Path, backup: Backup) -> None:
    for path in backup.files:
        say(f"  {path}")
    for name in backup.variables:
        say(_("  the environment variable {name}", name=name))
    say(_("  the store, as it is now") if backup.with_store else _("  no store: there is none yet"))
    say(plural("{file}: {count} byte", "{file}: {count} bytes", backup.size, file=str(file)))


def _show_restored(restored: Restored, *, now: float) -> None:
    at = clock(restored.made_at, now=now)
    age = duration(max(0.0, now - restored.made_at))
    say(_("backup of {installation}, made {at} ({age} ago)", installation=restored.installation, at=at, age=age))
    for path in restored.written:
        say(_("  written: {path}", path=str(path)))
    if restored.variables:
        file = str(restored.variables)
        say(_("  secrets of environment variables: {file}; give it to the daemon as EnvironmentFile", file=file))
    if restored.with_store:
        say(_("  the store is as it was then"))
    else:
        say(_("  it holds no store: the daemon rebuilds one from the notes"))
    for intent in restored.orders:
        say(_in_force_again(intent))
    say(_("next: `bascule check`, then start the daemon. It reads every desktop's note before it makes anything new"))


def _in_force_again(intent: Intent) -> str:
    what = " ".join(filter(None, (word(intent.kind), intent.target)))
    if intent.reason:
        return _("  in force again: {what}, by {by}: {reason}", what=what, by=intent.by, reason=intent.reason)
    return _("  in force again: {what}, by {by}", what=what, by=intent.by)


def _passphrase(file: Path | None) -> str:
    if file is None:
        return ""
    text = _read(file).decode(errors="replace").rstrip("\r\n")
    if not text:
        raise BackupError(BACKUP_FILE_EMPTY(path=str(file)))
    return text


def _read(file: Path) -> bytes:
    try:
        return read_given_secret(file, most=_MOST_SECRET)
    except OSError as exc:
        raise BackupError(BACKUP_FILE_UNREADABLE(path=str(file), said=said_of(exc))) from exc
