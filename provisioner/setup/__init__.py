"""A first configuration: look at a cluster and a directory, and write what a site begins with. `bascule init` asks and prints.

* `cluster_look`: nodes, templates by image, free VMIDs; `certificates`: what a server shows before it is trusted, and which of
  the other nodes answer under the same authority;
* `receiver_files`: where desktops report, with a private `authority`, its first certificate and its next ones;
* `directory_look`: which kind of server, and which of its attributes are used;
* `site_files`: the files, from the shipped examples with this site's values, by `yaml_text`, pure; `writing`: all or nothing.

Changes nothing on a cluster or in a directory. May import the adapters, `settings`, `ports` and what is below them; not the
daemon. To add a value that `init` finds: a field of what a look returns, and its line in `site_files`.
"""
