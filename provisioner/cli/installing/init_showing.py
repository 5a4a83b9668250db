"""What `bascule init` has found, and what is still to be done."""

import shlex
from pathlib import Path

from provisioner.cli.installing.init_receiver import show_receiver
from provisioner.cli.output import print_table, say
from provisioner.setup.cluster_look import ClusterLook
from provisioner.setup.directory_look import DirectoryLook
from provisioner.setup.site_files import NewSite
from provisioner.texts.translate import N_, _, headings, plural

GROUPS_SHOWN = 10


def show_cluster(look: ClusterLook) -> None:
    """Its nodes, and the images that desktops can be cloned from."""
    nodes = plural("{count} node", "{count} nodes", look.nodes)
    say(
        _(
            "cluster {name}: Proxmox VE {release}, {nodes}, {online} online",
            name=look.name,
            release=look.release,
            nodes=nodes,
            online=look.online,
        )
    )
    rows = [
        (image.name, image.count, ", ".join(sorted(image.places)), image.vcpus, image.memory_mib, image.disk_gib, image.bridge)
        for image in look.images
    ]
    columns = headings("image", "templates", "storage", "vCPUs", "MiB", "GiB", "bridge")
    print_table(N_("templates found"), columns, rows, numbers=("templates", "vCPUs", "MiB", "GiB"))
    if not look.sees_all:
        say(_("the token does not see every VM: make sure that the VMIDs chosen below are free"))


def show_directory(look: DirectoryLook) -> None:
    """How many people there are, and the largest groups."""
    people = plural("{count} person with a usable account", "{count} people with a usable account", look.people)
    say(
        _(
            "directory: {server}, {people}, {rejected} unusable entries",
            server=look.server,
            people=people,
            rejected=look.rejected,
        )
    )
    rows = list(look.groups.items())[:GROUPS_SHOWN]
    print_table(N_("the largest groups"), headings("group", "people"), rows, numbers=("people",))


def show_next(folder: Path, site: NewSite, *, installed: bool) -> None:
    """Where the site is, and the commands that come next. `installed`: by the Ansible role, on another machine."""
    who = ", ".join(site.groups) or _("everyone")
    say(_("{folder} is written: image {image}, VMIDs {first} to {last}, desktops for {who}",
          folder=str(folder), image=site.image.name, first=site.vmids[0], last=site.vmids[1], who=who))  # fmt: skip
    say(
        _(
            "copy {file} to a second place now: without it, no desktop can be recognised again",
            file=str(folder / "secrets" / "note-key"),
        )
    )
    if installed:
        _show_playbook(folder, site)
        return
    config = str(folder / "bascule.yaml")
    say(_("next:"))
    say(f"  {shlex.join(['bascule', 'check', '--config', config])}")
    if site.receiver is not None:
        show_receiver(site.receiver, config)


def _show_playbook(folder: Path, site: NewSite) -> None:
    secret = str(folder / "secrets")
    names = ", ".join(sorted(site.secrets))
    say(_("next: move {folder} out of there, and give bascule_secrets in the inventory the files {names}; then",
          folder=secret, names=names))  # fmt: skip
    say("  ansible-playbook playbooks/daemon.yml")
