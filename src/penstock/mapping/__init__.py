"""From model fields to destination fields: which conversion a value takes, and the SQL that makes it."""
