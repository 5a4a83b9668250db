"""The findings of `bascule check`: everything that a switch depends on, each fault with its fix. Nothing is changed.

* `store` (and the freeze file), `places` (sockets, their groups, ports: what would keep the daemon from starting here);
* `cluster` (versions), `endpoints`, `nodes`, `rights`, `templates` and `template_config` (where they are, and what is in them),
  `reach` (the nodes that desktops can be made on), `storage` (who holds each lock, and what
  would shorten it);
* `network` (bridges and VLANs), `notes` (the key that signed them), `cluster_parts` (clocks, ranges
  of VMIDs, SSH's files, the publisher of connection files, what pools leave on a disk), `expiry` (tokens and
  certificates), `receiver_authority` (the receiver's own), `rivals` (backups, HA, balancers;
  `night` says when the switch is): with `asking`, which turns a refusal into a finding;
* `clone_trials` (what a trial has shown of the storages), `trial_desktops` (how many are tried where, and what a probe has
  shown of each);
* what capabilities have checked: `findings.CHECKS`;
* `image` (`bascule check image`: what all clones of a golden image would share, and what they would lack);
* `profiles` (values that cannot work together);
* `directory` and `directory_people`, `entitlement` (planning's own demand, with what others use of a ceiling: who gets which
  profile, and why others get none), `waves` (whom these and waves select, and when);
* `room` (whether all of them fit, also after the loss of a node); `prospect` (whether the daemon would make anybody ready);
* `findings`: a finding is good, doubtful or bad, with a text and a fix;
* `question`: what is rehearsed of a site, as it is now, with all of these findings.

May import `daemon` and everything below it. To add a check: yield a Finding from the file of its subject, with
a text of `provisioner.reasons`, which also has its fix (`act`); a row in tests/doctor/test_mistakes.py; its code in
tests/doctor/check_page.py, which writes docs/en/check.md. Every fault needs a fix, and no sound site may have it.
"""
