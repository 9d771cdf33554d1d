"""Boxed values of the runtime from Python: made, read, given to operators."""
import ctypes
import os
import re
import struct
from ctypes import (POINTER, Structure, c_char_p, c_double, c_int32, c_int64,
                    c_uint16, c_uint32, c_void_p)

import pytest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(__file__)))
TOOLS = os.environ.get("MINITORCH_TOOLS_DIR", os.path.join(ROOT, "build/bin"))
BUILD = os.path.dirname(TOOLS)
LIBRARY = os.path.join(BUILD, "lib/libMiniTorchRuntime.so")
CALLS = os.path.join(BUILD, "lib/libMiniTorchRuntimeCalls.so")
TABLE = os.path.join(BUILD, "include/MiniTorch/Conversion/RuntimeOps.cpp.inc")

NONE, BOOL, INT, FLOAT, OBJECT, DEVICE = range(6)
STR, LIST, DICT, TUPLE, INSTANCE, ENUM, TENSOR, STORAGE, COMPLEX = range(1, 10)
CLASSES = "ifbcov"
DTYPES = dict(uint8=0, int8=1, int16=2, int32=3, int64=4, float16=5, float32=6,
              float64=7, complex64=9, complex128=10, bool=11, bfloat16=15)


class Raised(Exception):
    def __init__(self, kind, message, location):
        super().__init__(message)
        self.kind, self.message, self.location = kind, message, location


class Object(Structure):
    _fields_ = [("count", c_int32), ("kind", c_uint16), ("flags", c_uint16),
                ("type", c_uint32), ("extra", c_uint32)]


class Value(Structure):
    _fields_ = [("tag", c_int64), ("bits", c_int64)]


class Call(Structure):
    _fields_ = [("function", c_void_p), ("ints", c_int64 * 16),
                ("floats", c_double * 4), ("result_is_float", c_int64),
                ("int_result", c_int64 * 2), ("float_result", c_double * 2),
                ("num_roots", c_int64), ("roots", c_int64 * 4)]


def float_bits(value):
    return struct.unpack("q", struct.pack("d", value))[0]


def class_of(values):
    """The storage class of a list of Python values, as the compiler picks it."""
    kinds = {type(v) for v in values}
    if len(kinds) == 1:
        letter = {int: "i", float: "f", bool: "b", complex: "c"}
        return letter.get(kinds.pop(), "o")
    numbers = {int, float, bool, complex}
    return "v" if not kinds or kinds & numbers else "o"


class Runtime:
    def __init__(self):
        self.lib = ctypes.CDLL(LIBRARY, mode=ctypes.RTLD_GLOBAL)
        self.calls = ctypes.CDLL(CALLS)
        self.lib.mtrt_frame_create.restype = c_void_p
        self.lib.mtrt_frame_error.restype = c_void_p
        self.lib.mtrt_object_live_count.restype = c_int64
        for part in ("type", "message", "location"):
            getter = getattr(self.lib, f"mtrt_error_{part}")
            getter.restype, getter.argtypes = c_char_p, [c_void_p]
        row = re.compile(r'(?:RUNTIME|BOXED_TENSOR)_OP\("([^"]*)", "([^"]*)", "([^"]*)", '
                         r'"([^"]*)", (\w+), (\w+), "([^"]*)"\)')
        self.table = {}
        with open(TABLE, encoding="utf-8") as f:
            for line in f:
                if match := row.match(line):
                    self.table[match[1]] = match.groups()[1:]
        self.output = []

    def live(self):
        return self.lib.mtrt_object_live_count()

    def function(self, name):
        return ctypes.cast(getattr(self.lib, name), c_void_p).value

    def call(self, name, result, *arguments, roots=()):
        """Calls a C function within a frame; `result` is a letter or ''."""
        call = Call(function=self.function(name),
                    result_is_float=result in ("f", "c"))
        ints = [a for a in arguments if not isinstance(a, float)]
        floats = [a for a in arguments if isinstance(a, float)]
        call.ints[:len(ints)] = ints
        call.floats[:len(floats)] = floats
        call.num_roots = len(roots)
        call.roots[:len(roots)] = roots
        slots = (c_void_p * 1)(ctypes.addressof(call))
        frame = c_void_p(self.lib.mtrt_frame_create())
        writer = ctypes.CFUNCTYPE(None, c_void_p, c_void_p, ctypes.c_size_t)(
            lambda data, text, size: self.output.append(
                ctypes.string_at(text, size)))
        self.lib.mtrt_frame_set_writer(frame, writer, None)
        try:
            if self.lib.mtrt_frame_call(frame, self.calls.call_function, slots):
                error = self.lib.mtrt_frame_error(frame)
                raise Raised(*(
                    getattr(self.lib, f"mtrt_error_{part}")(error).decode(
                        errors="surrogateescape")
                    for part in ("type", "message", "location")))
        finally:
            self.lib.mtrt_frame_destroy(frame)
        return {"f": call.float_result[0], "c": tuple(call.float_result),
                "v": tuple(call.int_result)}.get(result, call.int_result[0])

    # Values

    def type(self, name):
        text = name.encode()
        return self.lib.mtrt_type_intern(text, c_int64(len(text)))

    def str(self, text):
        data = text if isinstance(text, bytes) else text.encode(
            errors="surrogateescape")
        return self.call("mtrt_str_make", "o", ctypes.cast(
            c_char_p(data), c_void_p).value or 0, len(data))

    def list(self, values, letter=None, type_number=0):
        letter = letter or class_of(values)
        made = self.call("mtrt_list_make", "o",
                         CLASSES.index(letter) << 32 | type_number, 0, 0)
        for value in values:
            self.with_value(value, lambda tag, bits: self.call(
                f"mtrt_list_append_{letter}", "", made,
                *self.argument(letter, value, tag, bits)))
        return made

    @staticmethod
    def argument(letter, value, tag, bits):
        """One argument, as a parameter of a class wants it."""
        if letter == "v":
            return [tag, bits]
        if letter == "c":
            return [float(value.real), float(value.imag)]
        return [float(value)] if letter == "f" else [bits]

    def dict(self, values):
        made = self.call("mtrt_dict_make", "o",
                         CLASSES.index(class_of(list(values))) << 32 |
                         CLASSES.index(class_of(list(values.values()))) << 35)
        for key, value in values.items():
            self.with_value(key, lambda *k: self.with_value(
                value, lambda *v: self.call("mtrt_dict_set", "", made, *k, *v)))
        return made

    def tuple(self, values, type_number=0):
        boxed = [self.value(v) for v in values]
        items = (Value * max(1, len(boxed)))(*(Value(*b) for b in boxed))
        made = self.call("mtrt_tuple_make", "o", type_number, len(boxed),
                         ctypes.addressof(items))
        for tag, bits in boxed:
            self.release(tag, bits)
        return made

    def tensor(self, tensor):
        """A tensor object over the memory of a torch.Tensor."""
        memory = tensor.untyped_storage()
        storage = self.call("mtrt_storage_make", "o", memory.data_ptr(),
                            memory.nbytes(), 0, 0)
        dims = (c_int64 * (2 * tensor.dim() or 1))(*tensor.shape,
                                                   *tensor.stride())
        made = self.call("mtrt_tensor_make", "o", storage,
                         DTYPES[str(tensor.dtype)[6:]], tensor.dim(),
                         tensor.storage_offset(), ctypes.addressof(dims),
                         ctypes.addressof(dims) + 8 * tensor.dim())
        self.release(OBJECT, storage)
        return made

    def value(self, value):
        """(tag, bits) of a Python value; the caller owns it."""
        if value is None:
            return NONE, 0
        if isinstance(value, bool):
            return BOOL, int(value)
        if isinstance(value, int):
            return INT, value
        if isinstance(value, float):
            return FLOAT, float_bits(value)
        if isinstance(value, Device):
            return DEVICE, value.bits
        if isinstance(value, Boxed):
            self.lib.mtrt_object_retain(c_void_p(value.address))
            return OBJECT, value.address
        if isinstance(value, complex):
            return OBJECT, self.call("mtrt_complex_make", "o", value.real,
                                     value.imag)
        make = {str: self.str, bytes: self.str, list: self.list,
                dict: self.dict, tuple: self.tuple}
        return OBJECT, make.get(type(value), self.tensor)(value)

    def with_value(self, value, use):
        tag, bits = self.value(value)
        try:
            return use(tag, bits)
        finally:
            self.release(tag, bits)

    def release(self, tag, bits):
        self.lib.mtrt_value_release(c_int64(tag), c_int64(bits))

    def read(self, tag, bits):
        """A value as a Python one; of the layouts that Objects.h describes."""
        if tag != OBJECT:
            return {NONE: None, BOOL: bool(bits), FLOAT: struct.unpack(
                "d", struct.pack("q", bits))[0]}.get(tag, bits)
        head = Object.from_address(bits)
        words = (c_int64 * 8).from_address(bits + 16)
        if head.kind == STR:
            return ctypes.string_at(words[1], words[0]).decode(
                errors="surrogateescape")
        if head.kind == LIST:
            return self.read_items(CLASSES[head.flags & 7], words[0], words[1])
        if head.kind == TUPLE:
            return tuple(self.read_items("v", bits + 24, words[0]))
        if head.kind == COMPLEX:
            return complex(*(c_double * 2).from_address(bits + 16))
        if head.kind == DICT:
            found, key, value = {}, Value(), Value()
            while self.lib.mtrt_dict_entry(
                    c_void_p(bits), c_int64(len(found)), ctypes.byref(key),
                    ctypes.byref(value)):
                found[self.read(key.tag, key.bits)] = self.read(value.tag,
                                                                value.bits)
            return found
        return Tensor(bits) if head.kind == TENSOR else Boxed(bits)

    def read_items(self, letter, address, size):
        kinds = {"i": c_int64, "f": c_double, "b": ctypes.c_bool,
                 "c": c_double * 2, "o": c_int64, "v": Value}
        if not size:
            return []
        items = (kinds[letter] * size).from_address(address)
        if letter == "c":
            return [complex(*i) for i in items]
        if letter == "o":
            return [self.read(OBJECT if i else NONE, i) for i in items]
        if letter == "v":
            return [self.read(i.tag, i.bits) for i in items]
        return list(items)

    # Operators

    def run(self, schema, *values, letter=None):
        """What an operator gives, and its first operand afterwards."""
        symbol, parameters, results, _, typed, _ = self.table[schema]
        owned, arguments = [], []
        variadic = None
        if parameters.endswith("."):
            fixed = len(parameters) - 1
            values, variadic = values[:fixed], values[fixed:]
        if "{T}" in symbol and letter is None:
            letter = class_of(list(values[0]) or list(values[1:]) or [0])
        for i, (of, value) in enumerate(zip(parameters, values)):
            if i == 0 and isinstance(value, list):
                boxed = OBJECT, self.list(value, letter)
            else:
                boxed = self.value(value)
            owned.append(boxed)
            arguments += self.argument(letter if of == "t" else of, value,
                                       *boxed)
        if variadic is not None:
            boxed = [self.value(v) for v in variadic]
            owned += boxed
            items = (Value * max(1, len(boxed)))(*(Value(*b) for b in boxed))
            arguments += [len(boxed), ctypes.addressof(items)]
        out = (Value * 4)()
        if len(results) > 1:
            arguments.append(ctypes.addressof(out))
        if typed == "true":
            arguments.append(self.result_type(schema, values))
        name = symbol.replace("{T}", letter or "")
        try:
            raw = self.call(name, letter if results == "t" else results,
                            *arguments)
            if len(results) > 1:
                pairs = [(v.tag, v.bits) for v in out[:len(results)]]
                found = tuple(self.read(*p) for p in pairs)
                for pair in pairs:
                    self.release(*pair)
            else:
                found = self.result(letter if results == "t" else results, raw)
            return found, self.read(*owned[0]) if owned else None
        finally:
            for pair in owned:
                self.release(*pair)

    def result(self, letter, raw):
        if letter in ("", "="):
            return None
        if letter in ("o", "v"):
            pair = raw if letter == "v" else (OBJECT if raw else NONE, raw)
            found = self.read(*pair)
            self.release(*pair)
            return found
        return {"b": bool, "c": lambda r: complex(*r)}.get(
            letter, lambda r: r)(raw)

    def result_type(self, schema, values):
        """The class of the container that an operator makes."""
        if schema.startswith("aten::keys"):
            return CLASSES.index(class_of(list(values[0]))) << 32
        if schema.startswith("aten::values"):
            return CLASSES.index(class_of(list(values[0].values()))) << 32
        if schema.startswith("aten::dict"):
            return (CLASSES.index(class_of([k for k, _ in values[0]])) << 32 |
                    CLASSES.index("v") << 35)
        if schema == "prim::rangelist":
            return 0
        return CLASSES.index("o") << 32


class Boxed:
    """An object that has no Python form; not owned."""

    def __init__(self, address):
        self.address = address


class Device:
    """Of type and index in its bits."""

    def __init__(self, bits):
        self.bits = bits


class Tensor(Boxed):
    """What a tensor object was when it was read."""

    class Layout(Structure):
        _fields_ = [("object", Object), ("storage", c_void_p),
                    ("offset", c_int64), ("dtype", c_int32), ("rank", c_int32),
                    ("dims", POINTER(c_int64)), ("capacity", c_int64)]

    class Storage(Structure):
        _fields_ = [("object", Object), ("data", c_void_p), ("bytes", c_int64)]

    def __init__(self, address):
        super().__init__(address)
        layout = self.Layout.from_address(address)
        self.rank, self.offset = layout.rank, layout.offset
        self.dtype = next(n for n, d in DTYPES.items() if d == layout.dtype)
        self.sizes = tuple(layout.dims[:self.rank])
        self.strides = tuple(layout.dims[self.rank:2 * self.rank])
        storage = self.Storage.from_address(layout.storage)
        self.data, self.bytes = storage.data, storage.bytes
        self.memory = ctypes.string_at(self.data, self.bytes)


needs_runtime = pytest.mark.skipif(
    not os.path.exists(CALLS) or not os.path.exists(LIBRARY),
    reason="the runtime was not built")


@pytest.fixture(scope="module")
def runtime():
    return Runtime()


@pytest.fixture
def rt(runtime):
    """Every test leaves as many objects as there were."""
    live = runtime.live()
    yield runtime
    assert runtime.live() == live
