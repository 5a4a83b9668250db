"""Imports every file of endpoints, so that the routing table is full. Add yours here."""
