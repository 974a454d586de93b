"""From a belief and its quotes to intents: the edge after fees, the size, the limits, and the policy that joins them.

Pure functions of a belief, a ladder of quotes and an account; how the belief was made is not known here. Whatever is
not traded is a refusal with its reason, and every intent is admitted against the worst case over all brackets.
"""
