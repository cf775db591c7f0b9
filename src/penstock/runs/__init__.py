"""Runs: delivering a plan batch by batch, the journal that survives a crash, and the report."""
