#!/usr/bin/env python3
"""PyTorch's operators with sample inputs, as traced functions to compile.

    python test/python/op_db.py [--samples 8] [NAME...]

surveys every operator of PyTorch's own table, each in a process of its own, and
prints how many compile and agree, then each that does not with its reason.
"""
import argparse
import collections
import os
import signal
import sys
import tempfile
import traceback
import warnings

import torch
from torch.testing._internal.common_methods_invocations import op_db

Call = collections.namedtuple("Call", "traced inputs expected")


def full_name(op):
    return op.name + (f".{op.variant_test_name}" if op.variant_test_name else "")


OPERATORS = {full_name(op): op for op in op_db}


def take_tensors(value, tensors):
    """`value` with its tensors moved to `tensors`, as a function that puts
    others in their place."""
    if isinstance(value, torch.Tensor):
        index = len(tensors)
        tensors.append(value.detach().clone())
        return lambda given: given[index]
    if isinstance(value, (list, tuple)) and type(value) in (list, tuple):
        parts = [take_tensors(item, tensors) for item in value]
        return lambda given: type(value)(part(given) for part in parts)
    if isinstance(value, dict):
        parts = {key: take_tensors(item, tensors)
                 for key, item in value.items()}
        return lambda given: {key: part(given) for key, part in parts.items()}
    return lambda given: value


def flat(value):
    if isinstance(value, torch.Tensor):
        return (value,)
    if isinstance(value, (list, tuple)):
        return tuple(leaf for item in value for leaf in flat(item))
    return ()


def calls(op, dtype, limit):
    """Up to `limit` calls of an operator that PyTorch itself traces to a
    function of tensors with the same result."""
    found = 0
    for sample in op.sample_inputs("cpu", dtype, requires_grad=False):
        if found == limit:
            return
        tensors = []
        arguments = take_tensors((sample.input, *sample.args), tensors)
        keywords = take_tensors(dict(sample.kwargs), tensors)

        def run(*given):
            return flat(op.op(*arguments(given), **keywords(given)))

        if not tensors:
            continue
        try:
            expected = run(*[t.clone() for t in tensors])
            traced = torch.jit.trace(run, tuple(t.clone() for t in tensors),
                                     check_trace=False, strict=False)
            again = flat(traced(*[t.clone() for t in tensors]))
            torch.testing.assert_close(again, expected, equal_nan=True)
        except Exception:  # PyTorch cannot trace it, or it is random.
            continue
        if expected:
            found += 1
            yield Call(traced, tuple(tensors), expected)


def check(call):
    """Compiles a call from a file and compares it with PyTorch."""
    import minitorch

    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "call.pt")
        torch.jit.save(call.traced, path)
        compiled = minitorch.compile(path, call.inputs)
    actual = flat(compiled(*[t.clone() for t in call.inputs]))
    torch.testing.assert_close(actual, call.expected, rtol=1e-4, atol=1e-5,
                               equal_nan=True)


def survey_one(name, limit):
    """None, or why an operator does not count as covered."""
    number = 0
    for number, call in enumerate(calls(OPERATORS[name], torch.float32, limit),
                                  1):
        try:
            check(call)
        except Exception as error:
            first = str(error).strip().splitlines() or [""]
            kind = type(error).__name__
            return f"call {number}: {kind}: {' | '.join(first[:4])[:300]}"
    return None if number else "no sample that PyTorch traces"


def in_process_of_its_own(name, limit, seconds):
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        signal.alarm(seconds)
        try:
            reason = survey_one(name, limit)
        except BaseException:
            reason = traceback.format_exc(limit=1)[-300:]
        os.write(writer, b"ok" if reason is None else reason.encode()[:4000])
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as result:
        text = result.read().decode(errors="replace")
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        return "died: " + signal.Signals(os.WTERMSIG(status)).name
    return None if text == "ok" else text


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--samples", type=int, default=8)
    parser.add_argument("--seconds", type=int, default=60,
                        help="for one operator")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    torch.set_num_threads(1)
    names = options.names or [
        name for name, op in sorted(OPERATORS.items())
        if torch.float32 in op.supported_dtypes("cpu")]
    good, bad = [], {}
    for name in names:
        reason = in_process_of_its_own(name, options.samples, options.seconds)
        if reason is None:
            good.append(name)
        else:
            bad[name] = reason
        print(".F"[reason is not None], end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    for name, reason in bad.items():
        print(f"{name}: {reason}")
    print(f"\n{len(good)} of {len(names)} operators compile and agree:")
    print("\n".join(good))


if __name__ == "__main__":
    main()
