"""Zendesk: one account is one subdomain, with its users and user fields."""
