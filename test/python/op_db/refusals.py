"""What PyTorch refuses, we refuse: dtypes that an operator's kernels do not
take, and the invalid arguments that the operator database lists.

    cd test/python && ../../.venv/bin/python -m op_db.refusals [NAME...]

Prints every call of which an answer came, or another error. A call that PyTorch
refuses is one of a sample input, with its tensors in another dtype, or one of
`error_inputs`.
"""
import argparse
import contextlib
import dataclasses
import fnmatch
import json
import os
import re
import signal
import sys
import typing
import warnings

import torch

from . import calls

DTYPES = (torch.bool, torch.uint8, torch.int8, torch.int16, torch.int32,
          torch.int64, torch.float16, torch.bfloat16, torch.float32,
          torch.float64, torch.complex64)
FORMS = ("static", "dynamic", "boxed")
# From best to worst. `text` is another message, `refused` an error when it is
# compiled.
OUTCOMES = ("raises", "text", "type", "refused", "answers")


@dataclasses.dataclass
class Refusal:
    """A call that TorchScript refuses when it runs."""
    source: str
    function: typing.Any
    inputs: list
    type: str
    message: str


def error_of(function, inputs):
    """(type, message) of what a TorchScript function raises, or None."""
    try:
        with torch.jit.optimized_execution(False):
            function(*calls.copies(inputs))
        return None
    except Exception as error:
        text = str(error).strip()
        at = text.find("RuntimeError: ", max(0, text.rfind("<--- HERE")))
        if at >= 0:
            text = text[at + len("RuntimeError: "):]
        return type(error).__name__, text.strip()


def _refusal(entry, sample, change=lambda tensor: tensor):
    for source, tensors in calls._sources(entry, sample, calls.Arguments):
        inputs = [change(t.detach()) for t in tensors]
        with contextlib.suppress(Exception):
            function = torch.jit.CompilationUnit(source).call
            error = error_of(function, inputs)
            if error:
                return Refusal(source, function, inputs, *error)
            return None
    return None


def refused_dtypes(name, limit=2):
    """(dtype, Refusal) of up to `limit` samples a dtype that an entry's kernels
    do not take."""
    entry = calls.ENTRIES[name]
    supported = entry.supported_dtypes("cpu")
    base = next((d for d in (torch.float32, torch.int64, torch.bool,
                             torch.complex64) if d in supported), None)
    if base is None:
        return
    torch.manual_seed(0)
    samples = [s for s in entry.sample_inputs("cpu", base, requires_grad=False)
               if not any(t.numel() == 0 for t in calls.leaves([s.input])
                          if isinstance(t, torch.Tensor))]
    for dtype in DTYPES:
        found = 0
        for sample in calls.spread(samples, 2 * limit):
            refusal = _refusal(entry, sample, lambda t: t.to(dtype)
                               if t.dtype == base else t.clone())
            if refusal and found < limit:
                found += 1
                yield str(dtype)[6:], refusal


def invalid_arguments(name):
    """(None, Refusal) of the arguments that the database says are invalid."""
    entry = calls.ENTRIES[name]
    errors = getattr(entry, "error_inputs", None)
    if not errors or not getattr(entry, "error_inputs_func", None):
        return
    for error in errors("cpu"):
        refusal = _refusal(entry, error.sample_input)
        if refusal:
            yield None, refusal


def _compiled(refusal, form):
    import minitorch
    from language import agreement
    with (agreement.boxed_form() if form == "boxed"
          else contextlib.nullcontext()):
        return minitorch.compile(
            refusal.function, tuple(refusal.inputs), fallback=False,
            dynamic_shapes=None if form == "static" else "all")


def check(refusal, form):
    """(outcome, what came instead)."""
    import minitorch
    try:
        function = _compiled(refusal, form)
        result = function(*calls.copies(refusal.inputs))
        return "answers", str(result)[:80]
    except minitorch.ProgramError as error:
        kind, _, text = str(error).partition(": ")
        # The place stands in the last line.
        text = re.sub(r"\n\S+:\d+:\d+$", "", text.rstrip()).strip()
        if kind == "CompileError":
            return "refused", text[:200]
        if refusal.type == "NotImplementedError" and kind != refusal.type:
            return "type", f"{kind}: {text}"[:200]
        return "raises" if text == refusal.message else "text", text[:200]
    except minitorch.Error as error:
        return "refused", " ".join(str(error).split())[:200]


def _measure(name, seconds, forms, report):
    for generator in (refused_dtypes, invalid_arguments):
        for dtype, refusal in generator(name):
            for form in forms:
                signal.alarm(seconds)
                report({"entry": name, "dtype": dtype, "form": form,
                        "source": refusal.source.splitlines()[1].strip(),
                        "shapes": str([(str(t.dtype)[6:], list(t.shape))
                                       for t in refusal.inputs]),
                        "want": f"{refusal.type}: {refusal.message}"[:200]})
                outcome, got = check(refusal, form)
                report({"outcome": outcome, "got": got})


def measure(name, seconds=60, forms=FORMS):
    """What becomes of an entry's refused calls, in a process of its own."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        with os.fdopen(writer, "w") as out:
            def report(line):
                out.write(json.dumps(line) + "\n")
                out.flush()
            with contextlib.suppress(BaseException):
                os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
                warnings.simplefilter("ignore")
                torch.set_num_threads(1)
                _measure(name, seconds, forms, report)
            os._exit(0)
    os.close(writer)
    with os.fdopen(reader, encoding="utf-8", errors="replace") as result:
        lines = [json.loads(line) for line in result if line.endswith("\n")]
    os.waitpid(child, 0)
    found = []
    for line in lines:
        if "outcome" in line:
            found[-1].update(line)
        else:
            found.append(line | {"outcome": "crash", "got": ""})
    return found


def main():
    parser = argparse.ArgumentParser(
        prog="op_db.refusals", description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--forms", default=",".join(FORMS))
    parser.add_argument("--json", metavar="FILE", help="every call, a line each")
    options = parser.parse_args()
    patterns = options.names or ["*"]
    counts = {}
    for name in sorted(calls.ENTRIES):
        if not any(fnmatch.fnmatchcase(name, p) for p in patterns):
            continue
        for line in measure(name, forms=options.forms.split(",")):
            key = line["form"], line["outcome"]
            counts[key] = counts.get(key, 0) + 1
            if options.json:
                with open(options.json, "a", encoding="utf-8") as out:
                    out.write(json.dumps(line) + "\n")
            elif line["outcome"] not in ("raises", "text"):
                print(f"{line['entry']} {line['dtype'] or ''} {line['form']}: "
                      f"{line['outcome']}: {line['got']}\n    {line['source']} "
                      f"{line['shapes']}\n    {line['want']}", flush=True)
    for key, count in sorted(counts.items()):
        print(*key, count, file=sys.stderr)


if __name__ == "__main__":
    main()
