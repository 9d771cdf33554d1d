"""Runs programs in TorchScript and compiled, and compares what can be seen:
results, printed text, exceptions, and arguments afterwards."""
import contextlib
import copy
import io
import os
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


def _same_class(a, b):
    """PyTorch makes a new class for every named tuple that comes out."""
    if hasattr(a, "_fields") or hasattr(b, "_fields"):
        return (a.__name__ == b.__name__
                and getattr(a, "_fields", 0) == getattr(b, "_fields", 1))
    return a is b


def _same(a, b):
    if isinstance(a, torch.Tensor):
        return (isinstance(b, torch.Tensor) and a.dtype == b.dtype
                and a.shape == b.shape
                and torch.allclose(a, b, equal_nan=True))
    if isinstance(a, (list, tuple)):
        return (_same_class(type(a), type(b)) and len(a) == len(b)
                and all(map(_same, a, b)))
    if isinstance(a, dict):
        return (isinstance(b, dict) and list(a) == list(b)
                and all(_same(a[key], b[key]) for key in a))
    if type(a) is type(b) and getattr(a, "__dict__", None):
        return _same(vars(a), vars(b))
    if isinstance(a, float) and isinstance(b, float):
        return a == b or a != a and b != b or abs(a - b) <= 1e-12 * abs(a)
    return type(a) is type(b) and a == b


def differ(expected, got):
    """Whether two outcomes are not the same."""
    (kind, value), *rest = expected
    if got[0][0] != kind or not _same(rest, list(got[1:])):
        return True
    if kind == "value":
        return not _same(value, got[0][1])
    # "Type: text" on one side, "text" on the other.
    return value.split("Error: ", 1)[-1] not in got[0][1]


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
