"""What the words mean: cities, climate days, brackets and ladders, distributions and beliefs, money, fees, accounts.

Everything here is a frozen value or a pure function of values, built on the standard library alone, so that every
other room can rely on it and nothing in it can drift with a dependency. Prices, counts, fees and cash are integers
([centicents], [1/100 contract], [microdollars]); instants are aware and UTC; a day is a :class:`ClimateDay`. A value
that breaks its meaning cannot be made: the constructor raises and names the value and the fix.
"""
