"""The site that `make docs` makes of docs/, and what the pages are for."""
