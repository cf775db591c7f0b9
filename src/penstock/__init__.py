"""Penstock: people from your warehouse, kept up to date in the tools where teams work."""

__version__ = "0.1.0"
