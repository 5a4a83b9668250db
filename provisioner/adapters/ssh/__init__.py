"""Status documents of desktops over SSH, with paramiko: one connection, one read-only command (`guest_probe`).

Any other answer is *unknown*, never *no sessions*. `model/status_document` parses the document. May import `settings`, `ports`,
`model`, `reasons` and `errors`.
"""
