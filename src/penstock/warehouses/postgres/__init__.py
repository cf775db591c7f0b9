"""The source type `postgres`: a PostgreSQL database, which answers segments itself and hands over their members."""
