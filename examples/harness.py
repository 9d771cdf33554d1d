"""What the examples share: three ways to run a model, compared in one process.

`compare` takes the scripted and traced forms of one model, saves each, compiles
the *file* once with every tensor dimension unknown, and runs the result at each
of several shapes beside PyTorch eager and `torch.jit`. It prints the largest
difference to eager and the three latencies, which are interleaved (one call of
each in turn), on one thread, and given as medians.
"""
import argparse
import os
import statistics
import sys
import tempfile
import time
import warnings

import torch

# The largest difference to PyTorch, relative to the largest value.
TOLERANCE = 1e-4


def leaves(value):
    """The tensors and numbers of a result, depth first, as tensors."""
    if isinstance(value, torch.Tensor):
        return [value]
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, (list, tuple)):
        return [leaf for item in value for leaf in leaves(item)]
    if value is None:
        return []
    return [torch.as_tensor(value)]


def difference(actual, expected):
    """(largest absolute difference, the same relative to the largest value)."""
    actual, expected = leaves(actual), leaves(expected)
    if len(actual) != len(expected):
        raise AssertionError(
            f"{len(actual)} results instead of {len(expected)}")
    absolute = relative = 0.0
    for a, e in zip(actual, expected):
        if a.shape != e.shape or a.dtype != e.dtype:
            raise AssertionError(
                f"result is {tuple(a.shape)} {a.dtype} instead of "
                f"{tuple(e.shape)} {e.dtype}")
        if e.numel() == 0:
            continue
        a, e = a.double(), e.double()
        # NaN compares false with everything: let it count as infinitely far.
        error = torch.nan_to_num((a - e).abs(), nan=float("inf")).max().item()
        absolute = max(absolute, error)
        relative = max(relative, error / max(e.abs().max().item(), 1e-30))
    return absolute, relative


def interleave(calls, repetitions, seconds=20.0):
    """Median latency of each call; one of each in turn, so that a disturbance
    of the machine hits all of them. Stops early once `seconds` have passed."""
    for call in calls:
        call()
        call()
    times = [[] for _ in calls]
    start = time.perf_counter()
    for repetition in range(repetitions):
        for call, taken in zip(calls, times):
            begin = time.perf_counter()
            call()
            taken.append(time.perf_counter() - begin)
        if repetition >= 2 and time.perf_counter() - start > seconds:
            break
    return [statistics.median(taken) for taken in times]


def compile_file(form, inputs, dynamic_shapes="all"):
    """Saves a scripted or traced module and compiles the file, by default with
    every dimension unknown; returns (callable, seconds)."""
    import minitorch

    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "model.pt")
        form.save(path)
        begin = time.perf_counter()
        compiled = minitorch.compile(path, inputs, dynamic_shapes=dynamic_shapes,
                                     fallback=False)
        return compiled, time.perf_counter() - begin


def compare(name, model, forms, shapes, repetitions=10):
    """Compares each form of a model with eager at each shape and prints a
    table. `forms` maps "script" and "trace" to modules, `shapes` a label to a
    tuple of inputs. True if every difference is within TOLERANCE."""
    print(f"{name}: {sum(p.numel() for p in model.parameters()):,} parameters, "
          f"{torch.get_num_threads()} thread(s), medians of {repetitions}")
    header = (f"{'form':<14}{'inputs':<20}{'max abs':>10}{'max rel':>10}"
              f"{'eager ms':>11}{'jit ms':>11}{'minitorch ms':>14}"
              f"{'vs eager':>10}{'vs jit':>8}")
    print(header)
    print("-" * len(header))
    good = True
    for form_name, form in forms.items():
        compiled, seconds = compile_file(form, next(iter(shapes.values())))
        for label, inputs in shapes.items():
            expected = model(*inputs)
            absolute, relative = difference(compiled(*inputs), expected)
            eager, jit, ours = interleave(
                [lambda: model(*inputs), lambda: form(*inputs),
                 lambda: compiled(*inputs)], repetitions)
            good = good and relative <= TOLERANCE
            print(f"{form_name:<14}{label:<20}{absolute:>10.1e}"
                  f"{relative:>10.1e}{eager * 1e3:>11.2f}{jit * 1e3:>11.2f}"
                  f"{ours * 1e3:>14.2f}{eager / ours:>9.2f}x"
                  f"{jit / ours:>7.2f}x", flush=True)
        print(f"{form_name:<14}compiled once, in {seconds:.1f} s")
    if not good:
        print(f"A difference is larger than {TOLERANCE:g}.", file=sys.stderr)
    return good


def arguments(description, **sizes):
    """The command line of an example: one flag for each size, and those every
    example has. A list as default makes a flag that takes several values."""
    parser = argparse.ArgumentParser(description=description)
    for flag, default in sizes.items():
        kind = default[0] if isinstance(default, list) else default
        parser.add_argument(f"--{flag.replace('_', '-')}", type=type(kind),
                            default=default,
                            nargs="+" if isinstance(default, list) else None)
    parser.add_argument("--repetitions", type=int, default=10)
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    return options


def main(name, model, make_forms, shapes, repetitions):
    """Runs an example: exit status 1 if a difference is too large."""
    # PyTorch's own modules convert sizes to Python numbers while traced, and
    # torch.jit is deprecated; neither is news here.
    warnings.filterwarnings("ignore", "Converting a tensor to a Python")
    warnings.filterwarnings("ignore", "`torch.jit", DeprecationWarning)
    with torch.inference_mode():
        forms = make_forms(model, next(iter(shapes.values())))
        sys.exit(0 if compare(name, model, forms, shapes, repetitions) else 1)
