"""Arguments become values of the types that a method declares, as PyTorch makes
them: an int a float, a tuple or an array a list, a tensor of one element a
number."""
import array
import operator
import re
import types

from . import _core
from ._errors import InputError

_EXACT = {"int": int, "float": float, "bool": bool, "complex": complex,
          "str": str}
# Lists of these are what pybind11 takes for a std::vector, others are made of
# whatever has items.
_VECTORS = ("int", "float", "bool", "Tensor")
_ITERABLES = (list, tuple, range, set, frozenset, map, zip,
              types.GeneratorType, type({}.keys()), type({}.values()),
              type({}.items()))
# What PyTorch's objects are as ints, as TorchScript has them.
_NUMBERS = {
    "torch.strided": 0, "torch.sparse_coo": 1, "torch.sparse_csr": 2,
    "torch._mkldnn": 3, "torch.sparse_csc": 4, "torch.sparse_bsr": 5,
    "torch.sparse_bsc": 6, "torch.contiguous_format": 0,
    "torch.preserve_format": 1, "torch.channels_last": 2,
    "torch.channels_last_3d": 3,
}


def _refuse(kind, value):
    raise InputError(f"expected {kind}, got a {type(value).__name__}")


def _has(value, *methods):
    """Whether the class of a value has one of the methods (and not only the
    class of that, as those of enums)."""
    return any(method in vars(each) for each in type(value).__mro__
               for method in methods)


def _to_int(value):
    if type(value) is not int:
        made = None
        if isinstance(value, int):
            made = int(value)
        elif not isinstance(value, float):
            if _has(value, "__index__"):
                try:
                    made = operator.index(value)
                except Exception:  # noqa: BLE001: whatever it raises
                    pass
            if made is None and _has(value, "__int__"):
                made = int(value)
        if made is None:
            _refuse("int", value)
        value = made
    if not -1 << 63 <= value < 1 << 63:
        raise InputError("expected int, got one that does not fit 64 bits")
    return value


def _to_index(value):
    """Also for what TorchScript has as ints: a torch.dtype, which stays one."""
    if type(value) is int and -1 << 63 <= value < 1 << 63:
        return value
    if type(value).__module__ == "torch":
        if _core.dtype_number(value) is not None:
            return value
        if type(value).__name__ in ("layout", "memory_format"):
            return _NUMBERS.get(str(value), value)
    return _to_int(value)


def _to_float(value):
    if type(value) is float:
        return value
    if not _has(value, "__float__", "__index__"):
        _refuse("float", value)
    return float(value)


def _to_bool(value):
    if value is True or value is False:
        return value
    if value is None:
        return False
    if not _has(value, "__bool__"):
        _refuse("bool", value)
    return bool(value)


def _to_complex(value):
    if type(value) is complex:
        return value
    if not _has(value, "__complex__", "__float__", "__index__"):
        _refuse("complex", value)
    return complex(value)


def _to_str(value):
    if type(value) is str:
        return value
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, (bytes, bytearray)):
        return value.decode()
    return _refuse("str", value)


def _to_device(value):
    if isinstance(value, (str, bytes)):
        import torch
        return torch.device(_to_str(value))
    if str(type(value)) != "<class 'torch.device'>":
        _refuse("Device", value)
    return value


def _guarded(kind, convert):
    """What else a value raises is that it is none of the type."""
    def guarded(value):
        try:
            return convert(value)
        except InputError:
            raise
        except Exception:  # noqa: BLE001: whatever its methods raise
            return _refuse(kind, value)

    return guarded


def _items_of(kind, value):
    """A list of the items of another value."""
    if kind in _VECTORS:
        is_array = type(value).__module__ == "numpy" and hasattr(value, "tolist")
        if is_array and kind == "Tensor":
            raise TypeError
        if is_array and value.ndim == 1 and (
                value.dtype.kind in "iub" or value.dtype == "float64"):
            return value.tolist()
        if not isinstance(value, _ITERABLES) and (
                isinstance(value, (str, bytes, dict))
                or hasattr(value, "data_ptr")
                or not _has(value, "__getitem__")):
            raise TypeError
    return list(value)


def _all_fit(kind, values):
    """Whether each is a value of just the type, which a walk need not tell."""
    if not set(map(type, values)) <= {_EXACT.get(kind)}:
        return False
    if kind == "int":
        try:
            array.array("q", values)
        except OverflowError:
            return False
    return True


def _convert_all(to, kind, values):
    """`values` itself where nothing is converted."""
    if to is None or _all_fit(kind, values):
        return values
    made = [to(value) for value in values]
    return values if all(map(operator.is_, made, values)) else made


# Types of tensors and arrays that came.
_tensor_types = set()


def _check_tensors(whole, values):
    for each in set(map(type, values)):
        if not hasattr(each, "shape"):
            raise InputError(f"expected {whole}, got a {each.__name__} in it")
        _tensor_types.add(each)


def _list_converter(whole, kind, length):
    to = _item_converter(kind, in_vector=kind in _VECTORS)
    repeated = {"int": int, "float": float}.get(kind) if length else None

    def convert(value):
        if type(value) is not list:
            if repeated and isinstance(value, repeated):
                return [to(value)] * length
            try:
                value = _items_of(kind, value)
            except Exception:  # noqa: BLE001: whatever it raises
                _refuse(whole, value)
        if kind == "Tensor":
            if not _tensor_types.issuperset(map(type, value)):
                _check_tensors(whole, value)
            return value
        return _convert_all(to, kind, value)

    return convert


def _tuple_converter(whole, kinds):
    each = [_converter(kind) for kind in kinds]
    places = [(i, to) for i, to in enumerate(each) if to]

    def convert(value):
        if not isinstance(value, tuple):
            try:
                value = tuple(value)
            except Exception:  # noqa: BLE001: whatever it raises
                _refuse(whole, value)
        if len(value) != len(each):
            raise InputError(f"expected {whole}, got {len(value)} items")
        made = None
        for i, to in places:
            item = to(value[i])
            if item is not value[i]:
                made = list(value) if made is None else made
                made[i] = item
        return value if made is None else tuple(made)

    return convert


def _dict_converter(whole, key_kind, kind):
    to_key, to = _item_converter(key_kind), _item_converter(kind)

    def convert(value):
        if type(value) is not dict:
            try:
                value = dict(value)
            except Exception:  # noqa: BLE001: whatever it raises
                _refuse(whole, value)
        if to_key is None and to is None:
            return value
        keys, values = list(value), list(value.values())
        new_keys = _convert_all(to_key, key_kind, keys)
        new_values = _convert_all(to, kind, values)
        if new_keys is keys and new_values is values:
            return value
        return dict(zip(new_keys, new_values))

    return convert


def _item_converter(kind, in_vector=False):
    """For items of lists and dicts, which may be many: texts are no reason to
    look at each."""
    if kind == "str":
        return None
    if kind == "int" and in_vector:
        return _guarded(kind, _to_int)
    return _converter(kind)


_SINGLE = {"int": _to_index, "float": _to_float, "bool": _to_bool,
           "complex": _to_complex, "str": _to_str, "Device": _to_device}


def _parts(kind):
    """The name of a type, and those of the types in its brackets."""
    head, _, rest = kind.partition("[")
    parts, depth, text = [], 0, ""
    for character in rest[:-1]:
        depth += {"[": 1, "]": -1}.get(character, 0)
        if character == "," and depth == 0:
            parts.append(text.strip())
            text = ""
        else:
            text += character
    return head, [*parts, text.strip()] if text else parts


def _converter(kind, length=None):
    """What PyTorch makes of a value for a parameter of this type; None where it
    is always the value. One number is a list of `length`, if that is given."""
    if kind in _SINGLE:
        return _guarded(kind, _SINGLE[kind])
    head, parts = _parts(kind)
    if head == "Optional":
        inner = _converter(parts[0], length)
        return inner and (lambda value:
                          value if value is None else inner(value))
    if head == "List":
        return _list_converter(kind, parts[0], length)
    if head == "Dict":
        return _dict_converter(kind, *parts)
    if head == "Tuple":
        return _tuple_converter(kind, parts)
    if head == "NamedTuple":
        # Its name is first, and each type follows its field's.
        return _tuple_converter(kind, [re.sub(r"^\w+: ", "", part)
                                       for part in parts[1:]])
    return None


class Converters:
    """Of a method's parameters, by position and by name; false where all
    arguments are taken as they are."""

    def __init__(self, parameters, lengths):
        """`parameters`: names and types; `lengths`: by the names of those for
        which one number stands for a list, how long that is."""
        made = [(i, name, _converter(kind, lengths.get(name)))
                for i, (name, kind) in enumerate(parameters)]
        self._places = [place for place in made if place[2]]
        self._by_name = {name: to for _, name, to in self._places}

    def __bool__(self):
        return bool(self._places)

    def __call__(self, args, kwargs):
        """The arguments converted; raises InputError where PyTorch does."""
        made, name = None, None
        try:
            for i, name, to in self._places:
                if i >= len(args):
                    break
                value = to(args[i])
                if value is not args[i]:
                    made = list(args) if made is None else made
                    made[i] = value
            if kwargs:
                kwargs = dict(kwargs)
                for name, to in self._by_name.items():
                    if name in kwargs:
                        kwargs[name] = to(kwargs[name])
        except InputError as error:
            raise InputError(f"argument '{name}': {error}") from None
        return args if made is None else tuple(made), kwargs

    def of_examples(self, example):
        """The same for example inputs, in the forms that `compile` takes."""
        if isinstance(example, dict):
            return self((), example)[1]
        if not isinstance(example, (tuple, list)):
            example = (example,)
        return self(example, {})[0]
