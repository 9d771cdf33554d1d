"""Members of enums, as TorchScript knows them and as Python does."""
import re
import sys
import weakref

from ._errors import InputError

# The classes that were given, by their names.
_names = weakref.WeakKeyDictionary()


def _name_of(python_class):
    """The qualified name that TorchScript has for a class."""
    known = _names.get(python_class)
    if known:
        return known
    name = None
    if torch := sys.modules.get("torch"):
        try:
            member = next(iter(python_class))
            inferred = torch._C._jit_try_infer_type(member)
            if inferred.type().kind() == "EnumType":
                name = inferred.type().annotation_str
            else:
                name = torch._jit_internal._qualified_name(python_class)
        except Exception:  # noqa: BLE001
            # What PyTorch cannot script may still be named.
            pass
    if not name:
        module = python_class.__module__
        name = ".".join(["__torch__", *([] if module == "__main__" else [module]),
                         python_class.__name__])
    _names[python_class] = name
    return name


def parts_of(member):
    """The class's name, the member's, its value, and whether it is an int or
    a str, too."""
    value = member.value
    if type(value) not in (int, float, str):
        raise InputError(f"the value of {member} is a {type(value).__name__}; "
                         "TorchScript has enums of int, float and str")
    return (_name_of(type(member)), member.name, value,
            isinstance(member, (int, float, str)))


def _candidates(name):
    """The Python classes that a qualified name may be that of."""
    if state := sys.modules.get("torch.jit._state"):
        yield state._get_python_class(name)
    last = name.rpartition(".")[2]
    for python_class, known in list(_names.items()):
        if known == name:
            yield python_class
    # Two classes of one name have a word of their own in theirs.
    plain = re.sub(r"___torch_mangle_\d+\.", "", name)
    module = plain.removeprefix("__torch__.").rpartition(".")[0] or "__main__"
    yield getattr(sys.modules.get(module), last, None)
    # Loaded from elsewhere.
    for python_class in list(_names):
        if python_class.__name__ == last:
            yield python_class


def member_of(class_name, name, value):
    """The member of that name."""
    for python_class in _candidates(class_name):
        member = getattr(python_class, "__members__", {}).get(name)
        if member is not None and member.value == value:
            return member
    raise InputError(f"the result is {name} of the enum '{class_name}', of which "
                     "no class is known; import what defines it")
