"""Destinations: the contract, the registry, and one folder for each type."""
