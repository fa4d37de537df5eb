"""Drivers: whatever performs the upgrade that a run watches."""
