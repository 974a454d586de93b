"""What a person can ask for at the command line: each verb calls one function of the app room and prints its result.

Where do I go to...

- bring data in and see what is there? :mod:`~drybulb.verbs.data`
- train models, ask them, and see how good they are? :mod:`~drybulb.verbs.models`
- weigh a belief against the market? :mod:`~drybulb.verbs.anchor`
- look for better settings of them? :mod:`~drybulb.verbs.tuning`
- hold beliefs against the market, event by event? :mod:`~drybulb.verbs.watching`
- trade the past and read about it? :mod:`~drybulb.verbs.trading`
- see what there is to trade at an instant, or whether anything there knows the future? :mod:`~drybulb.verbs.probing`
- look for what to trade by, and walk forward with it? :mod:`~drybulb.verbs.research`
- write the page of a recorded archive? :mod:`~drybulb.verbs.results`
- see the settings in force? :mod:`~drybulb.verbs.settings`
- change an option that several verbs share, or how a result is printed? :mod:`~drybulb.verbs.options`

A verb imports what is heavy when it is called, so that ``--help`` is quick.
"""
