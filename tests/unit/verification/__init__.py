"""The verification room on its own."""
