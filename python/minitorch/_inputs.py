"""Example inputs to the type specifications of mt-specialize."""
import enum
import json
import math

from . import _core
from ._enums import parts_of
from ._errors import InputError
from ._objects import is_object
from ._tensors import has_other_elements, resolved

_WORDS = {
    "float16": "f16", "bfloat16": "bf16", "float32": "f32", "float64": "f64",
    "int8": "i8", "int16": "i16", "int32": "i32", "int64": "i64",
    "uint8": "ui8", "bool": "i1", "complex32": "c32", "complex64": "c64",
    "complex128": "c128",
}


def _is_array(value):
    return hasattr(value, "shape") and hasattr(value, "dtype")


class Leaves:
    """The leaves (tensors, and numbers that are passed) that were described."""

    def __init__(self, gives_memory=False):
        self.count = 0
        self._gives_memory = gives_memory
        self._places = {}

    def add(self):
        self.count += 1

    def place(self, tensor):
        """How the tensor lies, where that is told: strides unless they are
        those of a new tensor, and the leaf that is the same tensor."""
        if not self._gives_memory:
            self.add()
            return "", ""
        address, dtype, shape, strides = _place(tensor)
        how = ("" if strides == _new_strides(shape)
               else "".join(f"/{stride}" for stride in strides))
        leaf = self._places.setdefault((address, dtype, shape, strides),
                                       self.count)
        if leaf != self.count:
            return how, f"@{leaf}"
        self.add()
        return how, ""


def _place(array):
    """What the same elements in the same order have in common: address, dtype,
    sizes, and strides in elements."""
    if has_other_elements(array):
        # The program gets a copy.
        address, strides = id(array), resolved(array).stride()
    elif hasattr(array, "data_ptr"):
        address, strides = array.data_ptr(), array.stride()
    else:
        address = array.ctypes.data
        strides = [stride // array.itemsize for stride in array.strides]
    return (address, str(array.dtype), tuple(array.shape), tuple(strides))


def _new_strides(shape):
    """The strides, in elements, of a new tensor of these sizes."""
    strides, stride = [], 1
    for size in reversed(shape):
        strides.append(stride)
        stride *= max(size, 1)
    return tuple(reversed(strides))


def _describe(value, dynamic, leaves, fixes_numbers=False):
    def items(values):
        return ", ".join(_describe(v, dynamic, leaves, fixes_numbers)
                         for v in values)

    if value is None:
        return "none"
    if isinstance(value, enum.Enum):
        *names, number, is_plain = parts_of(value)
        if isinstance(number, float):
            if not math.isfinite(number):
                raise InputError(f"the value of {value} is not finite")
            number = {"float": number}
        return "enum:" + json.dumps(json.dumps([*names, number, is_plain]))
    if isinstance(value, (bool, int, float)):
        kind = next(t.__name__ for t in (bool, int, float)
                    if isinstance(value, t))
        if fixes_numbers:
            return f"{kind}:{str(value).lower()}"
        leaves.add()
        return kind
    if isinstance(value, str):
        return "str:" + json.dumps(value)
    if isinstance(value, tuple):
        return "(" + items(value) + ")"
    if isinstance(value, list):
        return "[" + items(value) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{k}: {items([v])}"
                               for k, v in value.items()) + "}"
    number = _core.dtype_number(value)
    if number is not None:
        # Types of results follow from it.
        return f"int:{number}"
    if not _is_array(value):
        raise InputError(f"an example input is a {type(value).__name__}, which "
                         "is not a value of TorchScript")
    word = _WORDS.get(str(value.dtype).rpartition(".")[2])
    if word is None:
        raise InputError(f"tensors of {value.dtype} are not supported")
    rank = len(value.shape)
    if dynamic == "all":
        dims = set(range(rank))
    else:
        dims = {d + rank if d < 0 else d for d in dynamic or ()}
    strides, same = leaves.place(value)
    # What follows from strides, does so for these sizes.
    if strides:
        dims = ()
    # A size that may change, as it is in the example.
    sizes = [("?" if i in dims else "") + str(int(size))
             for i, size in enumerate(value.shape)]
    return "x".join(sizes + [word]) + strides + same


def with_defaults(parameters, arguments):
    """`parameters` (see describe_inputs) with the defaults of the arguments of
    a schema of torch.jit."""
    defaults = {a.name: _describe(a.default_value, None, Leaves(),
                                  fixes_numbers=True)
                for a in arguments if a.has_default_value()}
    return [(name, defaults.get(name, kind)) for name, kind in parameters]


def _by_position(example_inputs, names):
    """(whether it is given, value) of every argument in the method's order."""
    if not isinstance(example_inputs, dict):
        given = (example_inputs if isinstance(example_inputs, (list, tuple))
                 else (example_inputs,))
        missing = len(names) - len(given)
        return [(True, value) for value in given] + [(False, None)] * missing
    unknown = [name for name in example_inputs if name not in names]
    if unknown:
        raise InputError(f"the method has no argument '{unknown[0]}'; "
                         f"it has: {', '.join(names)}")
    return [(name in example_inputs, example_inputs.get(name))
            for name in names]


def numbers_in(value):
    """All numbers in arguments, in order, with their types."""
    if isinstance(value, enum.Enum):
        return ()
    if isinstance(value, (bool, int, float)):
        return ((type(value), value),)
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, (list, tuple)):
        return sum(map(numbers_in, value), ())
    return ()


def _holds_any(value, types):
    """Whether a value is of one of the types, or holds one that is."""
    if isinstance(value, types):
        return True
    return isinstance(value, tuple) and any(
        _holds_any(item, types) for item in value)


# What an argument may hold so that each part is a leaf of its own, or the text a
# constant; the time to compile grows with both.
_MAX_LEAVES = 64
_MAX_TEXT = 256


def _size(value):
    """How many leaves a value has, of which it may be that only so many are
    counted as show that there are too many."""
    if isinstance(value, str) and len(value) > _MAX_TEXT:
        return _MAX_LEAVES + 1
    if isinstance(value, dict):
        value = [*value, *value.values()]
    if not isinstance(value, (list, tuple)):
        return 1
    count = len(value)
    if count <= _MAX_LEAVES:
        count = 0
        for item in value:
            count += _size(item)
            if count > _MAX_LEAVES:
                break
    return count


def _needs_box(value):
    """Whether a value is, or holds, what a specification has no word for: a
    complex number, a device, an object of a class."""
    if isinstance(value, dict):
        return any(map(_needs_box, [*value, *value.values()]))
    if isinstance(value, (list, tuple)):
        return any(map(_needs_box, value))
    if isinstance(value, (str, int, float, enum.Enum)):
        return False
    return (isinstance(value, complex) or is_object(value)
            or str(type(value)) == "<class 'torch.device'>")


def describe_inputs(example_inputs, dynamic_shapes, parameters,
                    fixes_numbers=False, gives_memory=False, boxes=False,
                    boxes_all=False):
    """The specification of all arguments, one text. `parameters` are pairs: a
    name, and the type of the argument when it is not given. `fixes_numbers`:
    numbers are constants; `gives_memory`: tensors that are the same are one,
    and those that are not contiguous have strides; `boxes`: strings, lists and
    dicts may be any of the parameter's type, as long ones always may; `boxes_all`:
    everything may be."""
    names = [name for name, _ in parameters]
    parts = []
    leaves = Leaves(gives_memory)
    for i, (is_given, value) in enumerate(_by_position(example_inputs, names)):
        if not is_given:
            parts.append(parameters[i][1])
            continue
        if boxes_all or _size(value) > _MAX_LEAVES or _needs_box(value) or (
                boxes and _holds_any(value, (str, list, dict, enum.Enum))):
            parts.append("boxed")
            continue
        dynamic = dynamic_shapes
        if isinstance(dynamic_shapes, dict):
            name = names[i] if i < len(names) else None
            dynamic = dynamic_shapes.get(name)
        elif isinstance(dynamic_shapes, (list, tuple)):
            dynamic = dynamic_shapes[i] if i < len(dynamic_shapes) else None
        parts.append(_describe(value, dynamic, leaves, fixes_numbers))
    return ", ".join(parts)
