"""Whether the types that the compiler infers are those of PyTorch's meta device.

Ours are what the backend contract says of the results: no code is made and
nothing runs. PyTorch's are those of the same call on tensors without data.
"""
import json
import re

import torch

from . import calls as op_calls
from . import measure, report

WORDS = {torch.float16: "f16", torch.bfloat16: "bf16", torch.float32: "f32",
         torch.float64: "f64", torch.int8: "i8", torch.int16: "i16",
         torch.int32: "i32", torch.int64: "i64", torch.uint8: "ui8",
         torch.bool: "i1", torch.complex32: "c32", torch.complex64: "c64",
         torch.complex128: "c128"}
DYNAMIC = -1


def inferred(call, form):
    """What the entry function's signature (Signature.h) says of the result."""
    import minitorch
    text = minitorch.mlir(call.function, call.inputs, "contract",
                          dynamic_shapes="all" if form == "dynamic" else None)
    quoted = re.search(r'mt\.signature = "([^"]*)"', text).group(1)
    return json.loads(quoted.replace(r"\22", '"'))["result"]


def pairs(ours, theirs):
    """(our type, tensor) of every tensor in a result; one side is None where
    the structures differ. Results that are no tensors have no meta device."""
    if isinstance(theirs, torch.Tensor):
        yield ours if ours["t"] == "tensor" else None, theirs
    elif isinstance(theirs, list):
        parts = ours.get("v", [ours["of"]] * len(theirs) if "of" in ours
                         else [])
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
