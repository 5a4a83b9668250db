"""A cluster of `fakepve`, an independent fake of Proxmox VE, in a process of its own.

Reads its settings (certificate, key, token, secret) as one line of JSON, prints its port, then obeys one JSON object a line
until its input ends.
"""

import asyncio
import json
import sys

from fakepve import FakePve


def a_cluster(token: str, secret: str) -> FakePve:
    """Two nodes, a template on each with its disk on local storage, and nothing else."""
    pve = FakePve(host="127.0.0.1", port=0)
    pve.apitokens[token] = secret
    for vmid, node in ((9000, "pve1"), (9001, "pve2")):
        disk = f"base-{vmid}-disk-0"
        pve.storages["local-lvm"].setdefault("volumes", {})[disk] = {
            "content": "images", "format": "raw", "size": 32 * 2**30, "vmid": vmid, "ctime": 0,
        }  # fmt: skip
        config = {"scsi0": f"local-lvm:{disk},size=32G", "memory": 2048, "cores": 2, "tags": "golden", "template": 1}
        pve.add_vm(vmid, f"golden-{node}", node=node, template=True, config=config)
    return pve


def obey(pve: FakePve, order: dict) -> None:
    """Do what the guest of a real desktop would do, or what befalls a cluster."""
    if "report" in order:
        pve.vm(order["vmid"]).agent = {"files": {order["file"]: order["report"]}}
    if "quorum" in order:
        pve.quorate = order["quorum"]


async def serve(settings: dict) -> None:
    pve = a_cluster(settings["token"], settings["secret"])
    await pve.start(settings["certificate"], settings["key"])
    print(json.dumps({"port": pve.port}), flush=True)
    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        obey(pve, json.loads(line))
        print("{}", flush=True)
    await pve.stop()


if __name__ == "__main__":
    asyncio.run(serve(json.loads(sys.stdin.readline())))
