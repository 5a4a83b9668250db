"""Bascule: a whole workforce on virtual desktops overnight. ARCHITECTURE.md is the map of this package."""
