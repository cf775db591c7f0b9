"""Benchmarks: the budget table, measured on the machine at hand. They report; they never assert a time."""
