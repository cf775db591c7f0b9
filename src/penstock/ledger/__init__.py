"""The ledger: per activation, the values that the destination has confirmed. The only speaker of its SQL."""
