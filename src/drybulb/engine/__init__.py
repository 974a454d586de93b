"""The one loop: ``step(state, event) -> commands``, the same object for every mode, and the brokers it can talk to.

Events are totally ordered by the instant they are known, their rank and their sequence. A mode chooses the ports
(feed, broker, clock, journal) and nothing else. The simulated broker grants only the fills that the record supports;
it is kept here, away from the forecast, so that no belief can leak into a fill.
"""
