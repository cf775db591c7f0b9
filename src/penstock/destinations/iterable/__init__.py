"""Iterable: one account is one project in one data centre."""
