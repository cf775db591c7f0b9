"""Faithful emulators of the destinations' APIs, to try, demo and test without an account.

They know nothing of the rest of Penstock and import nothing from it.
"""
