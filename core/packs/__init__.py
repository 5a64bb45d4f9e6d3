"""Enabling packs: the dated rows, the contract a pack must pass, and what enabling one would change (decision 15)."""
