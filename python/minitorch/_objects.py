"""Objects of script classes, as TorchScript knows them and as Python does."""
import inspect
import re
import sys

from ._errors import InputError


def _state():
    """What PyTorch knows of classes, if anybody uses it."""
    return sys.modules.get("torch.jit._state")


def is_object(value):
    """Whether a value may be an object of a script class: PyTorch takes any
    that has the attributes."""
    return (hasattr(value, "__dict__") and not hasattr(value, "dtype")
            and not inspect.isroutine(value) and not inspect.isclass(value))


def parts_of(value):
    """The class's name and the attributes of an object; None for what is no
    object of a class."""
    if not is_object(value):
        return None
    python_class, state = type(value), _state()
    known = state and state._get_script_class(python_class)
    attributes = {
        name: attribute for name, attribute in vars(python_class).items()
        if not (name.startswith("__") or inspect.isroutine(attribute)
                or inspect.isdatadescriptor(attribute))}
    attributes.update(vars(value))
    return (known.qualified_name() if known else python_class.__name__,
            attributes)


def object_of(class_name, attributes):
    """A new object of Python's class, as torch.jit makes them: its __init__
    does not run."""
    state = _state()
    python_class = state and (
        state._get_python_class(class_name) or state._get_python_class(
            re.sub(r"___torch_mangle_\d+\.", "", class_name)))
    if not python_class:
        raise InputError(f"the result is an object of the class '{class_name}', "
                         "which is not known; import what defines it")
    made = python_class.__new__(python_class)
    for name, value in attributes.items():
        setattr(made, name, value)
    return made
