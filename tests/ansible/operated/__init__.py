"""An installed daemon as it is operated: upgrades, backups, and the commands of the pages, on a guest that all share."""
