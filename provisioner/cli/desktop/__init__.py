"""`desktop`: desktops are listed, looked at, and ordered about, one at a time.

* `listing`, `show`; `named`: which desktop a help desk means;
* `orders`: what all orders about a desktop have in common; `power`, `session`, `rebuild`, `reassign`, `quarantine`,
  `restore`, `reconfigure`, `retry`;
* `guest`: what a golden image needs of Bascule; `guest_receiver`: where its desktops push to.
"""
