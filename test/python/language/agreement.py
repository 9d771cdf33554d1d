"""Runs programs in TorchScript and compiled, and compares what can be seen:
results, printed text, exceptions, and arguments afterwards."""
import contextlib
import copy
import inspect
import io
import os
import re
import sys
import tempfile
import warnings

import minitorch
import torch
from minitorch._compile import CompiledFunction


@contextlib.contextmanager
def boxed_form():
    """What is compiled meanwhile takes the boxed form, also where it need
    not."""
    def compile_boxed(self, choices, given=None):
        inputs = self._specify({} if given is None else given, boxes_all=True)
        return self._program.compile(self._method, [], inputs, raising=False)

    kept = CompiledFunction._compile
    CompiledFunction._compile = compile_boxed
    try:
        yield
    finally:
        CompiledFunction._compile = kept


@contextlib.contextmanager
def _captured(texts):
    """What is written to the process's standard output: TorchScript's print
    does not go through Python's."""
    sys.stdout.flush()
    with tempfile.TemporaryFile() as file:
        kept = os.dup(1)
        os.dup2(file.fileno(), 1)
        python = io.StringIO()
        try:
            with contextlib.redirect_stdout(python):
                yield
        finally:
            os.dup2(kept, 1)
            os.close(kept)
            file.seek(0)
            texts.append(file.read().decode() + python.getvalue())


def outcome(function, args):
    """(result or exception, printed text, arguments afterwards)."""
    args, texts = copy.deepcopy(args), []
    with _captured(texts):
        try:
            # Its optimizer drops writes.
            with torch.jit.optimized_execution(False):
                result = ("value", function(*args))
        except minitorch.ProgramError as error:
            result = ("error", str(error).splitlines()[0])
        except Exception as error:  # noqa: BLE001
            # torch.jit's message is the last line, behind the traceback.
            result = ("error", str(error).strip().splitlines()[-1])
    return result, texts[0], args


class Disagreement(AssertionError):
    """Of two runs. `kind` says what of them differs, without the values."""

    def __init__(self, kind, *details):
        super().__init__("\n".join([kind, *map(str, details)]))
        self.kind = kind


def _same_class(a, b):
    """PyTorch makes a new class for every named tuple that comes out."""
    if hasattr(a, "_fields") or hasattr(b, "_fields"):
        return (a.__name__ == b.__name__
                and getattr(a, "_fields", 0) == getattr(b, "_fields", 1))
    return a is b


def _first(differences):
    return next(filter(None, differences), "")


def _of_values(a, b):
    """What differs between two values; empty where nothing does."""
    if isinstance(a, torch.Tensor) and isinstance(b, torch.Tensor):
        if a.dtype != b.dtype:
            return f"dtype {a.dtype}, not {b.dtype}"
        if a.dim() != b.dim():
            return "rank"
        if a.shape != b.shape:
            return "sizes"
        return "" if torch.allclose(a, b, equal_nan=True) else "elements"
    if isinstance(a, (list, tuple)):
        if not _same_class(type(a), type(b)):
            return f"{type(a).__name__}, not {type(b).__name__}"
        return "length" if len(a) != len(b) else _first(map(_of_values, a, b))
    if isinstance(a, dict) and isinstance(b, dict):
        return ("keys" if list(a) != list(b)
                else _first(_of_values(a[key], b[key]) for key in a))
    if type(a) is not type(b):
        return f"{type(a).__name__}, not {type(b).__name__}"
    if getattr(a, "__dict__", None):
        return _of_values(vars(a), vars(b))
    if isinstance(a, float):
        same = a == b or a != a and b != b or abs(a - b) <= 1e-12 * abs(a)
    else:
        same = a == b
    return "" if same else type(a).__name__


def difference(expected, got):
    """What differs between two outcomes; empty where nothing does."""
    (kind, value), printed, args = expected
    (got_kind, got_value), got_printed, got_args = got
    if kind != got_kind:
        text = value if kind == "error" else got_value
        return (f"{kind} expected, {got_kind} found: "
                f"{text if 'error' in (kind, got_kind) else ''}")
    if printed != got_printed:
        return "printed text"
    if kind == "error":
        # "Type: text" on one side, "text" on the other.
        if re.split("Error: ?", value, maxsplit=1)[-1] not in got_value:
            return f"error expected: {value}, found: {got_value}"
    elif found := _of_values(value, got_value):
        return f"result: {found}"
    found = _of_values(args, got_args)
    return found and f"arguments afterwards: {found}"


def differ(expected, got):
    """Whether two outcomes are not the same."""
    return bool(difference(expected, got))


def tensors_in(value):
    if isinstance(value, torch.Tensor):
        yield value
    elif isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, (list, tuple)):
        for item in value:
            yield from tensors_in(item)


def _end(tensor):
    """The address behind the last element."""
    last = sum((size - 1) * stride
               for size, stride in zip(tensor.shape, tensor.stride()))
    return tensor.data_ptr() + (last + 1) * tensor.itemsize


def layout(outcome):
    """What can be told of the tensors in an outcome besides their elements:
    strides, which are the same object, and which lie where in one memory."""
    (_, value), _, args = outcome
    tensors = list(tensors_in([value, args]))
    objects, result = {}, []
    for i, tensor in enumerate(tensors):
        # Where there are no elements, nothing tells the memory.
        places = [(j, tensor.data_ptr() - other.data_ptr())
                  for j, other in enumerate(tensors[:i])
                  if tensor.numel() and other.numel()
                  and tensor.data_ptr() < _end(other)
                  and other.data_ptr() < _end(tensor)]
        result.append((tensor.stride(), objects.setdefault(id(tensor), i),
                       places))
    return result


def layout_difference(expected, got):
    """What differs between two layouts of as many tensors."""
    return _first(what for wanted, found in zip(expected, got)
                  for what, a, b in zip(("strides", "identity", "memory"),
                                        wanted, found) if a != b)


def check(function, *calls):
    """Compiled with the first call's arguments, all calls agree."""
    scripted = torch.jit.script(function)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        compiled = minitorch.compile(scripted, calls[0], fallback=False,
                                     dynamic_shapes="all")
        for args in calls:
            expected, got = outcome(scripted, args), outcome(compiled, args)
            assert not differ(expected, got), (
                f"{function.__name__}{args}: {expected} != {got}")


def check_calls(program, calls, boxed=False):
    """All calls of a scripted function, or of an object of a class of modules,
    agree: (method, arguments) each."""
    def script():
        return torch.jit.script(
            program() if inspect.isclass(program) else program)

    oracle, (first, example) = script(), calls[0]
    with warnings.catch_warnings(), boxed_form() if boxed else \
            contextlib.nullcontext():
        warnings.simplefilter("ignore")
        compiled = minitorch.compile(script(), example, fallback=False,
                                     method=first, dynamic_shapes="all")
        for method, args in calls:
            expected = outcome(
                oracle if method == "forward" else getattr(oracle, method),
                args)
            got = outcome(compiled.method(method), args)
            if found := difference(expected, got):
                raise Disagreement(found, method, args, expected, got)
