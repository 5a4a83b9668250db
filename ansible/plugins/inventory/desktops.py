"""Ansible's inventory of the desktops, as the running daemon knows them: one question to its API."""

import json
from collections.abc import Mapping
from typing import Any

from ansible.errors import AnsibleParserError
from ansible.inventory.group import to_safe_group_name
from ansible.module_utils.urls import open_url
from ansible.utils.unsafe_proxy import wrap_var

from ansible.plugins.inventory import BaseInventoryPlugin

DOCUMENTATION = """
name: desktops
short_description: Bascule's desktops, by profile, site, wave and phase
description:
  - Asks the running daemon once. A desktop that the daemon does not know is no host.
  - Groups are C(profile_…), C(site_…), C(wave_…), C(phase_…). Where a cluster does not answer, the phase is C(unknown).
  - Who may ask is said by the API, docs/en/api.md. Here the role I(viewer) is enough.
options:
  plugin:
    description: The name of this plugin.
    required: true
    choices: [desktops]
  unix_socket:
    description: The socket of the daemon on this machine; empty if I(url) is asked over the network.
    type: str
    default: /run/bascule/api.sock
  url:
    description: Where the API answers.
    type: str
    default: http://bascule
  ca_path:
    description: The authority of its certificate.
    type: path
  token:
    description: A token with the role viewer.
    type: str
    default: ""
    env: [{name: BASCULE_TOKEN}]
"""

EXAMPLES = """
# desktops.yml, on the daemon's machine
plugin: desktops

# elsewhere
plugin: desktops
unix_socket: ""
url: https://bascule.dep.example:9443
ca_path: site-ca.pem
"""

_GROUPS = ("profile", "site", "wave", "phase")
_TIMEOUT_S = 30


class InventoryModule(BaseInventoryPlugin):
    """Each desktop is a host under its own name."""

    NAME = "desktops"

    def verify_file(self, path: str) -> bool:
        """Whether it is a file of this plugin by its name."""
        return bool(super().verify_file(path)) and path.endswith(("desktops.yml", "desktops.yaml"))

    def parse(self, inventory: Any, loader: Any, path: str, cache: bool = True) -> None:
        """Ask, and enter what is answered. Raises AnsibleParserError if nothing is."""
        super().parse(inventory, loader, path, cache)
        self._read_config_data(path)
        for desktop in self._asked()["desktops"]:
            self._enter(desktop)

    def _asked(self) -> Any:
        socket, token = self.get_option("unix_socket"), self.get_option("token")
        try:
            answer = open_url(
                f"{self.get_option('url')}/v1/desktops",
                unix_socket=socket or None,
                ca_path=self.get_option("ca_path"),
                headers={"Authorization": f"Bearer {token}"} if token else None,
                timeout=_TIMEOUT_S,
            )
            return json.loads(answer.read())
        except Exception as error:  # whatever the network brings: without an answer there is no inventory, not an empty one
            raise AnsibleParserError(f"Bascule's API does not answer: {error}") from error

    def _enter(self, desktop: Mapping[str, Any]) -> None:
        name = desktop["name"]
        self.inventory.add_host(name)
        phase = "unknown" if desktop["unseen_since"] else desktop["phase"]
        known = {key: {**desktop, "phase": phase}[key] for key in ("cluster", "vmid", "node", "login", *_GROUPS)}
        for key, value in known.items():
            self.inventory.set_variable(name, f"bascule_{key}", wrap_var(value))
        if desktop["address"]:
            self.inventory.set_variable(name, "ansible_host", wrap_var(desktop["address"]))
        for key in _GROUPS:
            if known[key]:
                group = to_safe_group_name(f"{key}_{known[key]}", force=True, silent=True)
                self.inventory.add_child(self.inventory.add_group(group), name)
