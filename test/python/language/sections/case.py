"""How a program is written down with the calls that are compared."""

import sys


def case(*calls):
    """For a function, or a class of modules. A call is the tuple of arguments,
    or [method, arguments]; all go to one object, in this order."""

    def add(program):
        module = sys.modules[program.__module__]
        cases = module.__dict__.setdefault("CASES", {})
        assert program.__name__ not in cases, program.__name__
        cases[program.__name__] = (
            program,
            [
                (
                    (call[0], call[1])
                    if isinstance(call, list)
                    else ("forward", call)
                )
                for call in calls
            ],
        )
        return program

    return add
