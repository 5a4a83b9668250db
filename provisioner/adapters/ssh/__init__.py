"""A desktop asked over SSH, with paramiko: one connection, one read-only command, one status document (`guest_probe`).

Any other answer is *unknown*, which is never *no sessions*. The document itself is parsed in `model/status_document`.
"""
