"""What becomes of one entry and dtype, in a process of its own: by default it is
compiled without fallback (with it where that is refused), run and compared."""
import dataclasses
import json
import os
import re
import signal
import typing
import warnings

import torch
from torch.testing._comparison import default_tolerances

from . import calls as op_calls

FORMS = ("static", "dynamic")


@dataclasses.dataclass(frozen=True)
class Comparison:
    """What is done with every call."""
    # From best to worst: a cell is as bad as its worst sample.
    outcomes: tuple
    # The one that counts, and those that are left out of its share.
    good: str
    apart: tuple
    # (outcome, reason) of a call in a form, at a tolerance.
    check: typing.Callable


@dataclasses.dataclass
class Cell:
    """One entry and dtype. `outcome` is by form; "" where no sample counts."""
    entry: str
    dtype: str
    outcome: dict
    reason: dict
    samples: int = 0
    scripted: int = 0
    note: str = ""

    def to_json(self):
        return json.dumps(dataclasses.asdict(self))


NUMBERS = {bool: torch.bool, int: torch.int64, float: torch.float64,
           complex: torch.complex128}


def assert_close(actual, expected, rtol, atol):
    """As PyTorch's tests do: at the tolerances of the result's dtype, or wider
    where the entry says so."""
    if isinstance(actual, list) and isinstance(expected, list):
        for a, e in zip(actual, expected, strict=True):
            assert_close(a, e, rtol, atol)
        return
    default_rtol, default_atol = default_tolerances(
        *(x.dtype if isinstance(x, torch.Tensor) else NUMBERS[type(x)]
          for x in (actual, expected)))
    torch.testing.assert_close(
        actual, expected, rtol=max(default_rtol, rtol),
        atol=max(default_atol, atol), equal_nan=True, check_stride=False)


def is_no_less_exact(actual, expected, exact):
    """Whether every result is as near to the one in float64 as PyTorch's is:
    where PyTorch's rounding alone is more than the tolerance."""
    for a, e, x in zip(op_calls.leaves(actual), op_calls.leaves(expected),
                       op_calls.leaves(exact), strict=True):
        if not isinstance(e, torch.Tensor) or e.dtype not in op_calls.WIDE:
            if not op_calls.is_close(a, e):
                return False
            continue
        if a.shape != e.shape or a.dtype != e.dtype or x.shape != e.shape:
            return False
        finite = torch.isfinite(e)
        if not torch.equal(torch.isfinite(a), finite):
            return False
        a, e, x = (t[finite].to(op_calls.WIDE[e.dtype]) for t in (a, e, x))
        if a.numel() and (a - x).abs().max() > (e - x).abs().max():
            return False
    return True


def are_ties(actual, expected, source):
    """Whether indices (with or without the values that they name before them)
    name other elements of `source` that compare equal: an order that PyTorch
    leaves open."""
    actual, expected = (x if isinstance(x, list) else [x]
                        for x in (actual, expected))
    ours, theirs = actual[-1], expected[-1]
    if (theirs.dtype != torch.int64 or ours.shape != theirs.shape
            or not all(map(op_calls.is_close, actual[:-1], expected[:-1]))):
        return False
    for dim in range(source.dim()):
        for a, e in ((ours, theirs), (ours.unsqueeze(min(dim, ours.dim())),
                                      theirs.unsqueeze(min(dim, ours.dim())))):
            if a.dim() != source.dim() or min(e.min(), a.min()) < 0 or max(
                    e.max(), a.max()) >= source.size(dim) or any(
                        a.size(d) != source.size(d)
                        for d in range(a.dim()) if d != dim):
                continue
            named, others = (torch.take_along_dim(source, i, dim)
                             for i in (e, a))
            distinct = a.sort(dim).values.diff(dim=dim).ne(0).all()
            values = expected[0] if len(expected) > 1 else named.sort(
                dim, descending=bool((named.diff(dim=dim) < 0).any())).values
            if distinct and op_calls.is_close(named, others) and (
                    op_calls.is_close(named.reshape(values.shape), values)):
                return True
    return False


def is_excused(actual, call):
    """Whether a difference is PyTorch's own: of its rounding, or between
    results that it does not tell apart."""
    try:
        return (is_no_less_exact(call.process(actual),
                                 op_calls.normalized(call.process(
                                     call.expected)),
                                 op_calls.normalized(call.process(
                                     call.exact())))
                or are_ties(actual, call.expected, call.inputs[0]))
    except Exception:  # not that kind of call
        return False


def compare(actual, call, rtol, atol):
    """None, or how the result differs from PyTorch's."""
    actual = op_calls.normalized(actual)
    expected = call.expected
    if call.is_random:
        for a, e in zip(op_calls.leaves(actual), op_calls.leaves(expected),
                        strict=True):
            if isinstance(e, torch.Tensor) and (a.shape != e.shape
                                                or a.dtype != e.dtype):
                return f"{a.dtype} {tuple(a.shape)} for {e.dtype} {tuple(e.shape)}"
        return None
    try:
        assert_close(op_calls.normalized(call.process(actual)),
                     op_calls.normalized(call.process(expected)), rtol, atol)
    except (AssertionError, KeyError, TypeError, ValueError) as error:
        if is_excused(actual, call):
            return None
        return " ".join(str(error).split())[:200]
    return None


def check(call, form, tolerance):
    """(outcome, reason) of one call in one form."""
    import minitorch

    def compile_call(fallback):
        return minitorch.compile(
            call.function, call.inputs, fallback=fallback,
            dynamic_shapes="all" if form == "dynamic" else None)

    outcome, reason = "native", ""
    try:
        compiled = compile_call(fallback=False)
    except minitorch.CompileError as error:
        reason = " | ".join(str(error).splitlines()[:2])[:240]
        try:
            compiled = compile_call(fallback=True)
            outcome = "fallback"
        except minitorch.CompileError:
            return "unsupported", reason
    inputs = op_calls.copies(call.inputs)
    try:
        torch.manual_seed(1)
        actual = compiled(*inputs)
    except minitorch.Error as error:
        if outcome == "fallback":
            # PyTorch's result was not what the program was compiled for.
            return "unsupported", reason
        return "wrong", "raised: " + " ".join(str(error).split())[:200]
    difference = compare(actual, call, *tolerance)
    if not difference and call.written is not None:
        written = dataclasses.replace(call, expected=call.written)
        difference = compare(inputs[0], written, *tolerance)
    return ("wrong", difference) if difference else (outcome, reason)


RESULTS = Comparison(
    ("native", "fallback", "unsupported", "timeout", "wrong", "crash"),
    "native", (), check)


def _measure(entry, dtype, limit, parameters, comparison, report):
    """Reports every sample as it ends."""
    tolerance = op_calls.tolerances(entry, dtype)
    for index, call in op_calls.calls(entry, dtype, limit, parameters):
        if isinstance(call, op_calls.NotScriptable):
            report({"skipped": str(call)[:200]})
            continue
        report({"how": call.how})
        for form in FORMS:
            report({"start": form, "sample": index})
            outcome, reason = comparison.check(call, form, tolerance)
            report({"form": form, "outcome": outcome, "sample": index,
                    "reason": reason})


def measure(entry, dtype, limit, seconds, parameters=False,
            comparison=RESULTS):
    """The cell of an entry and dtype, from a process of its own: a sample that
    kills it is a crash, one that takes longer than `seconds` a timeout.
    `parameters`: see calls."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        with os.fdopen(writer, "w") as out:
            def report(line):
                signal.alarm(seconds)
                out.write(json.dumps(line) + "\n")
                out.flush()
            try:
                null = os.open(os.devnull, os.O_WRONLY)
                os.dup2(null, 2)
                warnings.simplefilter("ignore")
                torch.set_num_threads(1)
                signal.alarm(seconds)
                _measure(entry, dtype, limit, parameters, comparison, report)
                report({"end": True})
            except BaseException as error:
                report({"failed": f"{type(error).__name__}: {error}"[:300]})
            os._exit(0)
    os.close(writer)
    with os.fdopen(reader, encoding="utf-8", errors="replace") as result:
        lines = [json.loads(line) for line in result if line.endswith("\n")]
    _, status = os.waitpid(child, 0)
    return _cell(entry, dtype, lines, status, comparison.outcomes)


def without_folders(text):
    """Paths from their package on, or their last name: where a package lies says
    nothing."""
    text = re.sub(r"(?<![\w.])/\S*/(?:site|dist)-packages/", "", text)
    return re.sub(r"(?<![\w.])/(?:[^\s/:]+/)+", "", text)


def _cell(entry, dtype, lines, status, outcomes):
    cell = Cell(entry, str(dtype).rpartition(".")[2],
                {form: "" for form in FORMS}, {form: "" for form in FORMS})

    def add(form, outcome, reason, sample):
        worst = cell.outcome[form]
        if not worst or outcomes.index(outcome) > outcomes.index(worst):
            cell.outcome[form] = outcome
            reason = without_folders(reason)
            cell.reason[form] = f"sample {sample}: {reason}" if reason else ""

    started = None
    for line in lines:
        if "how" in line:
            cell.samples += 1
            cell.scripted += line["how"] == "script"
        elif "skipped" in line:
            cell.note = line["skipped"]
        elif "failed" in line:
            if started:
                add(started["start"], "crash", line["failed"],
                    started["sample"])
            else:
                cell.note = line["failed"]
        elif "start" in line:
            started = line
        elif "form" in line:
            add(line["form"], line["outcome"], line["reason"], line["sample"])
            started = None
    if started and os.WIFSIGNALED(status):
        name = signal.Signals(os.WTERMSIG(status)).name
        timed_out = name == "SIGALRM"
        add(started["start"], "timeout" if timed_out else "crash",
            "" if timed_out else name, started["sample"])
    return cell
