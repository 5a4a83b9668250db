"""Whole sites with real desktops: guests of the golden image, behind a served twin that stands for Proxmox VE alone.

* `image`: the golden image as a folder that containers boot, from the role's own list and script;
* `network`: the bridge that the desktops are on, and their cards;
* `machines`: which of the twin's VMs run, as guests of systemd-nspawn with their cloud-init data;
* `twin`: a served twin that asks the guests' own agents;
* `site`: directory, names, receiver and daemon around them;
* `people`: who logs on, disconnects, comes back and logs off;
* `planted`: what a person can leave behind, and the search for it.
"""
