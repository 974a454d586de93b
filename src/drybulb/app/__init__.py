"""Use cases and wiring: the settings, and one module for each thing a person can ask drybulb to do.

A use case reads the settings, opens adapters, calls the pure rooms and hands back a result that the command line
prints. Only the wiring may branch on the mode. Settings are validated here, unknown keys refused, and handed inwards
as plain frozen values.
"""
