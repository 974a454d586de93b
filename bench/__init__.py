"""Heavy checks and measurements, run by hand or by `make results`; never part of `make test`."""
