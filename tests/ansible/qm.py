"""Proxmox VE's `qm` and `pvesh`, as far as the role of golden images needs them: VMs in a file, and what was asked of them.

python qm.py FILE qm|pvesh WORDS…
"""

import json
import sys
from pathlib import Path
from typing import Any


def main(file: str, program: str, *words: str) -> int:
    """One command; 255 and a refusal on standard error as the real ones do."""
    state = Path(file)
    vms: dict[str, dict[str, Any]] = json.loads(state.read_text())
    if program == "pvesh":
        assert words == ("get", "/cluster/resources", "--type", "vm", "--output-format", "json")
        print(json.dumps([{"vmid": int(vmid), "node": "pve01", **_listed(vm)} for vmid, vm in vms.items()]))
        return 0
    match words:
        case ("create", vmid, *options) if vmid not in vms:
            given = dict(zip(options[::2], options[1::2], strict=True))
            vms[vmid] = {name.removeprefix("--"): value for name, value in given.items()}
            _, _, image = vms[vmid]["scsi0"].partition("import-from=")
            vms[vmid]["imported"] = Path(image.split(",")[0]).read_text()
        case ("disk", "resize", vmid, "scsi0", size) if vmid in vms:
            vms[vmid]["size"] = size
        case ("template", vmid) if vmid in vms:
            vms[vmid]["template"] = 1
        case _:
            print(f"unable to do {words}", file=sys.stderr)
            return 255
    state.write_text(json.dumps(vms))
    return 0


def _listed(vm: dict[str, Any]) -> dict[str, Any]:
    """What a listing shows of it: a VM that is being made has no name."""
    return {name: vm[name] for name in ("name", "template") if name in vm}


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
