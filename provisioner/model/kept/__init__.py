"""What the store keeps, and changes of it that concern one person.

* `records`, `identities` (what no two desktops may share), `known_people`; `absence`: what no listing shows;
* `rekeying`, `erasure`, `rewriting` (a name in kept texts); `set_aside`: orders that cannot be read or carried out;
  `store_fit`: whether this version can open it, where it was moved to, tables of capabilities.
"""
