"""Whether the types that the compiler infers are those of PyTorch's meta device.

Ours are what the backend contract says of the results: no code is made and
nothing runs. PyTorch's are those of the same call on tensors without data.
"""
import re

import torch

from . import calls as op_calls
from . import measure, report

WORDS = {torch.float16: "f16", torch.bfloat16: "bf16", torch.float32: "f32",
         torch.float64: "f64", torch.int8: "i8", torch.int16: "i16",
         torch.int32: "i32", torch.int64: "i64", torch.uint8: "ui8",
         torch.bool: "i1", torch.complex32: "c32", torch.complex64: "c64",
         torch.complex128: "c128"}
COMPLEX = {"complex<f16>": "c32", "complex<f32>": "c64", "complex<f64>": "c128"}
DYNAMIC = -1


def closing(text, at):
    """Where the bracket that opens at `at` is closed."""
    depth = 0
    for i, c in enumerate(text[at:], at):
        depth += (c in "<[") - (c in ">]")
        if depth == 0:
            return i
    raise ValueError(f"a bracket stays open: {text[at:]}")


def split(text):
    """At the commas that are in no brackets."""
    parts, start, at = [], 0, 0
    while at < len(text):
        if text[at] in "<[":
            at = closing(text, at)
        elif text[at] == ",":
            parts.append(text[start:at].strip())
            start = at + 1
        at += 1
    return parts + [text[start:].strip()] if text.strip() else []


def slot(text):
    """A slot of #mt.signature: of a tensor its sizes and dtype, of a tuple or
    list its items, of anything else the kind."""
    kind, _, rest = text.partition("<")
    found = {"t": kind}
    parts = split(rest[:-1])
    if kind == "tensor":
        found["shape"] = [DYNAMIC if size == "?" else int(size)
                          for size in split(parts[0][1:-1])]
        found["dtype"] = COMPLEX.get(parts[1], parts[1])
    elif kind in ("tuple", "list"):
        found["v"] = [slot(part) for part in split(parts[0][1:-1])]
    return found


def inferred(call, form):
    """What the entry function's #mt.signature says of the result."""
    import minitorch
    text = minitorch.mlir(call.function, call.inputs, "contract",
                          dynamic_shapes="all" if form == "dynamic" else None)
    start = text.index("<", text.index("#mt.signature<"))
    fields = split(text[start + 1:closing(text, start)])
    return slot(next(field.partition("result = ")[2] for field in fields
                     if field.startswith("result = ")))


def pairs(ours, theirs):
    """(our type, tensor) of every tensor in a result; one side is None where
    the structures differ. Results that are no tensors have no meta device."""
    # An object of the runtime says itself what is in it.
    if ours["t"] == "boxed":
        return
    if isinstance(theirs, torch.Tensor):
        yield ours if ours["t"] == "tensor" else None, theirs
    elif isinstance(theirs, list):
        parts = ours.get("v", [])
        if len(parts) != len(theirs):
            yield ours, None
            return
        for part, other in zip(parts, theirs):
            yield from pairs(part, other)


def text(dtype, sizes):
    return f"{dtype} [{', '.join('?' if s == DYNAMIC else str(s) for s in sizes)}]"


def difference(ours, theirs):
    """How types differ from those of tensors, or None; a size that is not known
    is no difference."""
    for mine, other in pairs(ours, theirs):
        if mine is None or other is None:
            return f"{mine} for {other}"
        sizes, wanted = mine["shape"], list(other.shape)
        if (mine["dtype"] != WORDS.get(other.dtype)
                or len(sizes) != len(wanted)
                or any(s not in (DYNAMIC, w) for s, w in zip(sizes, wanted))):
            return (f"{text(mine['dtype'], sizes)} for "
                    f"{text(WORDS.get(other.dtype), wanted)}")
    return None


def check(call, form, tolerance):
    """(outcome, reason) of one call in one form."""
    import minitorch
    try:
        theirs = call.meta()
    except Exception as error:
        return "no meta", " ".join(str(error).split())[:200]
    try:
        ours = inferred(call, form)
    except minitorch.CompileError as error:
        return "refused", str(error).splitlines()[0][:240]
    reason = difference(ours, theirs)
    if reason:
        return "disagree", reason + ("" if difference(ours, call.expected)
                                     else ", but PyTorch's CPU gives ours")
    if form == "static" and any(DYNAMIC in mine["shape"]
                                for mine, _ in pairs(ours, theirs)):
        return "unknown", "a size"
    return "agree", ""


TYPES = measure.Comparison(
    ("no meta", "agree", "unknown", "timeout", "refused", "disagree", "crash"),
    "agree", ("no meta",), check)

HEADER = """\
# Inferred types

Made by `python -m op_db --types --report INFERENCE.md` (in `test/python`); not
edited by hand. The cells of COVERAGE.md, up to {samples} samples each: dtype,
rank and sizes of every result, as the compiler infers them before it makes any
code, compared with those of the same call on PyTorch's meta device. With dynamic
shapes a size may be unknown; with static ones that counts apart (`unknown`).
`refused`: the compiler says that it cannot compile the call. `no meta`: PyTorch's
meta device cannot run it (mostly because a size depends on data); such cells are
not in the share. A cell is as good as its worst sample.

"""


def write(path, cells, samples):
    """Writes the report on types."""
    without = sorted({c.entry for c in cells
                      if set(c.outcome.values()) <= {"no meta", ""}}
                     - {c.entry for c in cells
                        if not set(c.outcome.values()) <= {"no meta", ""}})
    report.replace(path, [
        HEADER.format(samples=samples), report.summary(cells, TYPES),
        "\n\n## Cells that do not agree\n\n", *report.reasons(cells, TYPES),
        "\n## Entries that PyTorch's meta device cannot run\n\n",
        ", ".join(f"`{entry}`" for entry in without), "\n"])
