"""Each port, and the sentences that every implementation of it must keep."""
