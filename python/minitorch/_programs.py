"""One program, and so one state, for each module of PyTorch."""
import threading
import weakref

_lock = threading.Lock()
# By the identity of a living module: the module, its C++ object, the program.
_programs = {}


def program_of(module, program):
    """The program that the scripted or traced `module` has already, or else
    `program`, which was made of it just now and is kept for as long as the
    module lives.

    Where the module is no longer what it was when its program was made, that
    program would have weights and state of then: it gets this one.
    """
    key = id(module)
    with _lock:
        known = _programs.get(key)
        if known and known[0]() is module and known[1] is module._c \
                and known[2].is_same(program):
            return known[2]

        def forget(reference):
            known = _programs.get(key)
            if known and known[0] is reference:
                _programs.pop(key, None)

        _programs[key] = weakref.ref(module, forget), module._c, program
        return program
