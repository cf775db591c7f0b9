"""Operations: what a person can ask of Penstock, one module each. Every face calls these and nothing below."""
