"""The rows of the budget table: which steps are run, and what their figures mean."""
