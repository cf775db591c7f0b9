"""Warehouses: where models are read; the contract, and one small file per engine."""
