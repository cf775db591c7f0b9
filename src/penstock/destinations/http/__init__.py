"""HTTP for destinations: one session per account, with rate limit, retries, redaction and counting."""
