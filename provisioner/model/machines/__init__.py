"""Clusters, VMs and what runs in them.

* `cluster`: what is observed; `ownership`: the signed note; `owner_text`: whose a thing in another system is; `drift`;
* `desktops`, `seats` (what a desktop is for), `first_boot`, `guest_bounds` (how much desktops may say), `image_root`;
* `twin_spec`: a cluster that is simulated.
"""
