"""Entries of PyTorch's operator database as TorchScript functions.

A call is one sample input of an entry: a function of its tensors, scripted from
generated source where the entry's signature allows, else traced; everything
that is not a tensor is a constant of it.
"""
import cmath
import dataclasses
import math
import typing

import torch
from torch.testing._internal.common_methods_invocations import op_db

DTYPES = (torch.float32, torch.float64, torch.float16, torch.bfloat16,
          torch.int64, torch.int32, torch.uint8, torch.bool, torch.complex64)


def full_name(op):
    return op.name + (f".{op.variant_test_name}" if op.variant_test_name else "")


class InPlace:
    """The in-place form of an entry: `add_` of `add`, on the same samples."""

    def __init__(self, op):
        self.name = op.name + "_"
        self.variant_test_name = op.variant_test_name
        self.op = op.get_inplace()
        self.decorators = op.decorators
        self.sample_inputs = op.sample_inputs
        self.supported_dtypes = op.supported_dtypes


OUT_OF_PLACE = {full_name(op): op for op in op_db}
IN_PLACE = {full_name(op): op for op in map(InPlace, [
    op for op in op_db if op.get_inplace() is not None])}
ENTRIES = OUT_OF_PLACE | IN_PLACE

# What is not the same from call to call: shape and dtype are compared.
UNINITIALIZED = ("empty", "empty_like", "empty_permuted", "empty_strided",
                 "new_empty", "new_empty_strided")


WIDE = {torch.float16: torch.float64, torch.bfloat16: torch.float64,
        torch.float32: torch.float64, torch.complex64: torch.complex128}


@dataclasses.dataclass
class Call:
    function: typing.Any  # torch.jit.ScriptFunction
    inputs: tuple
    expected: typing.Any
    # What the database says to compare instead of the result itself.
    process: typing.Callable
    # Whether values can be compared at all.
    is_random: bool
    how: str  # "script" or "trace"
    # The result in float64, for how much of a difference is rounding.
    exact: typing.Callable = None
    # The result on PyTorch's meta device: its type.
    meta: typing.Callable = None
    # The first input afterwards, where the call writes to it.
    written: typing.Any = None


class NotScriptable(Exception):
    """TorchScript itself does not take the call."""


#===------------------------------------------------------------------------===#
# Source of a call
#===------------------------------------------------------------------------===#


class Arguments:
    """Source text of arguments; tensors become parameters of the function."""

    def __init__(self):
        self.tensors = []

    def text(self, value):
        if isinstance(value, torch.Tensor):
            self.tensors.append(value)
            return f"t{len(self.tensors) - 1}"
        if value is None or isinstance(value, (bool, int, str)):
            return repr(value)
        if isinstance(value, float):
            return _float_text(value)
        if isinstance(value, complex):
            return (f"complex({_float_text(value.real)}, "
                    f"{_float_text(value.imag)})")
        if isinstance(value, (torch.dtype, torch.layout, torch.memory_format)):
            return str(value)
        if isinstance(value, torch.device):
            return f"torch.device('{value}')"
        if type(value) in (list, torch.Size):
            return "[" + ", ".join(self.text(item) for item in value) + "]"
        if type(value) is tuple:
            return "(" + "".join(self.text(item) + ", " for item in value) + ")"
        raise NotScriptable(f"no literal for a {type(value).__name__}")


class Parameters(Arguments):
    """The same with typed parameters for numbers, strings and lists of them,
    too: operators have to take them when the program runs."""

    def __init__(self):
        super().__init__()
        self.types = []

    def _parameter(self, value, kind):
        self.tensors.append(value)
        self.types.append(kind)
        return f"t{len(self.tensors) - 1}"

    def text(self, value):
        if isinstance(value, torch.Tensor):
            return self._parameter(value, "Tensor")
        for kind in (bool, int, float, str):
            if type(value) is kind:
                return self._parameter(value, kind.__name__)
        if type(value) in (list, tuple, torch.Size) and value:
            for kind, name in ((torch.Tensor, "Tensor"), (int, "int"),
                               (float, "float")):
                if all(isinstance(item, kind) and not isinstance(item, bool)
                       for item in value):
                    return self._parameter(list(value), f"List[{name}]")
        return super().text(value)


def _float_text(value):
    if math.isnan(value) or math.isinf(value):
        return f"float('{value}')"
    return repr(value)


def _sources(op, sample, arguments_class):
    """Candidate sources, the function form first, each with its inputs."""
    for form in ("function", "method"):
        arguments = arguments_class()
        try:
            texts = [arguments.text(value)
                     for value in (sample.input, *sample.args)]
            texts += [f"{key}={arguments.text(value)}"
                      for key, value in sample.kwargs.items()
                      if (key, value is False) != ("requires_grad", True)]
        except NotScriptable:
            return
        if form == "function":
            call = f"torch.{op.name}({', '.join(texts)})"
        elif not isinstance(sample.input, torch.Tensor):
            return
        else:
            call = f"{texts[0]}.{op.name}({', '.join(texts[1:])})"
        types = getattr(arguments, "types", ["Tensor"] * len(arguments.tensors))
        names = ", ".join(f"t{i}: {kind}" for i, kind in enumerate(types))
        yield f"def call({names}):\n    return {call}\n", arguments.tensors


#===------------------------------------------------------------------------===#
# Values
#===------------------------------------------------------------------------===#


def normalized(value):
    """Results as plain lists, tensors and numbers: TorchScript has tuples where
    PyTorch has named ones."""
    if isinstance(value, (list, tuple)):
        return [normalized(item) for item in value]
    return value


def leaves(value):
    if isinstance(value, (list, tuple)):
        return [leaf for item in value for leaf in leaves(item)]
    return [value]


def copies(values):
    """Copies that keep strides: a call may read them."""
    def copy(value):
        if isinstance(value, list):
            return [copy(item) for item in value]
        if not isinstance(value, torch.Tensor):
            return value
        return value.detach().clone(memory_format=torch.preserve_format)
    return tuple(map(copy, values))


def collect(value, tensors):
    """`value` with its tensors moved to `tensors`, as a function that puts
    others in their place."""
    if isinstance(value, torch.Tensor):
        index = len(tensors)
        tensors.append(value)
        return lambda given: given[index]
    if type(value) in (list, tuple):
        parts = [collect(item, tensors) for item in value]
        return lambda given: type(value)(part(given) for part in parts)
    if isinstance(value, dict):
        parts = {key: collect(item, tensors) for key, item in value.items()}
        return lambda given: {key: part(given) for key, part in parts.items()}
    return lambda given: value


#===------------------------------------------------------------------------===#
# Calls
#===------------------------------------------------------------------------===#


def is_close(actual, expected):
    try:
        torch.testing.assert_close(normalized(actual), normalized(expected),
                                   equal_nan=True, check_stride=False)
        return True
    except AssertionError:
        return False


def _is_drawn(run, first):
    """Whether a run draws random numbers and comes out otherwise than `first`;
    a choice among few comes out the same now and then."""
    torch.manual_seed(2)
    state = torch.get_rng_state()
    differs = not is_close(run(), first)
    if torch.equal(torch.get_rng_state(), state):
        return differs
    return differs or any(not is_close(run(), first) for _ in range(10))


def _call_of(op, sample, arguments_class):
    tensors = []
    positional = collect((sample.input, *sample.args), tensors)
    keywords = collect(dict(sample.kwargs), tensors)

    def run(*given):
        return op.op(*positional(given), **keywords(given))

    def exact():
        return normalized(run(*(t.to(WIDE.get(t.dtype, t.dtype))
                                for t in copies(tensors))))

    def meta():
        return normalized(run(*(t.to("meta") for t in copies(tensors))))

    torch.manual_seed(1)
    given = copies(tensors)
    expected = run(*given)
    written = given[0] if isinstance(op, InPlace) else None
    torch.manual_seed(2)
    is_random = (op.name in UNINITIALIZED
                 or not is_close(run(*copies(tensors)), expected))
    process = sample.output_process_fn_grad or (lambda value: value)
    if not leaves(expected) or any(
            not isinstance(leaf, (torch.Tensor, bool, int, float, complex))
            for leaf in leaves(expected)):
        raise NotScriptable("a result that is no tensor or number")

    def accept(function, inputs, how):
        torch.manual_seed(1)
        again = function(*copies(inputs))
        # Entries of random operators set a seed of their own.
        varies = is_random or _is_drawn(lambda: function(*copies(inputs)),
                                        again)
        if varies and op.name not in UNINITIALIZED:
            # Compiled functions draw the same from the same seed.
            return Call(function, tuple(inputs), normalized(again), process,
                        False, how, exact, meta, None)
        if not varies and not is_close(process(normalized(again)),
                                       process(normalized(expected))):
            raise NotScriptable("TorchScript's result differs from eager's")
        return Call(function, tuple(inputs), normalized(expected), process,
                    varies, how, exact, meta, written)

    for source, inputs in _sources(op, sample, arguments_class):
        try:
            function = torch.jit.CompilationUnit(source).call
            return accept(function, copies(inputs), "script")
        except Exception:
            continue
    if not tensors or arguments_class is not Arguments:
        raise NotScriptable("no tensor to trace")
    try:
        traced = torch.jit.trace(
            lambda *given: normalized_trace(run(*given)), copies(tensors),
            check_trace=False, strict=False)
        return accept(traced, copies(tensors), "trace")
    except NotScriptable:
        raise
    except Exception as error:
        raise NotScriptable(str(error).strip().splitlines()[0]) from error


def normalized_trace(value):
    """A traced function returns tensors and tuples or lists of them."""
    if isinstance(value, (list, tuple)):
        return [normalized_trace(item) for item in value]
    if not isinstance(value, torch.Tensor):
        raise NotScriptable("a traced result that is no tensor")
    return value


def spread(items, limit):
    """At most `limit` of `items`, evenly spaced, the first and last included."""
    if len(items) <= limit or limit < 2:
        return items[:limit]
    return [items[round(i * (len(items) - 1) / (limit - 1))]
            for i in range(limit)]


def calls(name, dtype, limit, parameters=False):
    """(index, Call or NotScriptable) of up to `limit` samples of an entry. Only
    tensors are parameters of the function, or with `parameters` all that can
    be."""
    arguments_class = Parameters if parameters else Arguments
    op = ENTRIES[name]
    torch.manual_seed(0)
    samples = list(op.sample_inputs("cpu", dtype, requires_grad=False))
    for index, sample in spread(list(enumerate(samples)), limit):
        try:
            yield index, _call_of(op, sample, arguments_class)
        except NotScriptable as reason:
            yield index, reason
        except Exception as error:  # eager itself refuses the sample
            yield index, NotScriptable(f"eager: {error}"[:200])


def tolerances(name, dtype):
    """What the entry allows in PyTorch's own tests of values, (0, 0) where it
    says nothing."""
    from torch.testing._internal.common_device_type import (
        precisionOverride, toleranceOverride)
    rtol = atol = 0.0
    for decorator in ENTRIES[name].decorators:
        for inner in getattr(decorator, "decorators", [decorator]):
            if isinstance(inner, toleranceOverride) and dtype in inner.d:
                atol = max(atol, inner.d[dtype].atol)
                rtol = max(rtol, inner.d[dtype].rtol)
            elif isinstance(inner, precisionOverride):
                atol = max(atol, inner.d.get(dtype, 0.0))
    return rtol, atol
