"""What `bascule check` finds: everything a switch depends on, each fault with its fix. It reads, and changes nothing.

* `cluster` (versions), `nodes`, `rights`, `templates`, `storage` (who holds each lock, and what would shorten it), `directory`
  and `directory_people`, `entitlement` (who gets which profile, and why others get none);
* `findings`: the values they are made of: good, doubtful or bad, with a text and a fix.

To add a check: yield a Finding from the file of its subject, in words of `provisioner.reasons`, where its fix is (`act`). A
fault without a fix is not a finding.
"""
