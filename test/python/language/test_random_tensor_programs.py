"""Random programs on tensors of any rank and dtype agree with TorchScript: in
the boxed form in all that can be seen, and in the form that is chosen.

MINITORCH_FUZZ sets how many are tried.
"""
import copy
import io
import os
import re
import warnings

import minitorch
import pytest
import random_tensor_programs
import torch
from agreement import (Disagreement, boxed_form, difference, layout,
                       layout_difference, outcome)

COUNT = int(os.environ.get("MINITORCH_FUZZ", "25"))


def load(program):
    """The scripted function or module, and an archive of it: saving drops
    operators whose results are not used."""
    scripted = random_tensor_programs.script(program.source)
    archive = io.BytesIO()
    torch.jit.save(scripted, archive)
    return scripted, archive.getvalue()


def outcomes(function, calls):
    """Of every call, with the layout of its tensors."""
    found = []
    for args in calls:
        result = outcome(function, args)
        # Copied: later calls change state that earlier ones returned.
        found.append((copy.deepcopy(result), layout(result)))
    return found


#: Of what a program does that the compiler has no code for.
REFUSALS = ["cannot be compiled", "cannot functionalize",
            "is a constant of the model", "has no lowering"]


#: What PyTorch refuses, and the compiler does not.
ACCEPTED = ["too many indices for tensor of dimension 0"]


def refusal(outcome):
    (kind, value), *_ = outcome
    return value if kind == "error" and any(
        text in value for text in REFUSALS) else ""


def simplify(outcome):
    """Without what is not compared: the sign of printed NaNs, and of operators'
    errors the text, of which the compiler has its own, and what they wrote
    before."""
    (kind, value), printed, args = outcome
    if kind == "error" and not ("raised" in value or "failed" in value):
        value, args = "an operator's", ()
    return (kind, value), re.sub(" *-?nan", " nan", printed), args


def compare(program, expected, got, form):
    """Returns why a call was refused, if one was."""
    for args, (wanted, lies), (found, found_lies) in zip(program.calls,
                                                         expected, got):
        if reason := refusal(found):
            return reason
        if any(text in str(wanted[0][1])
               for text in [*ACCEPTED, "report a bug to PyTorch"]):
            return ""
        kind = difference(simplify(wanted), simplify(found))
        if kind:
            # In the programs' own words.
            kind = difference(wanted, found)
        elif form == "boxed" and wanted[0][0] == "value":
            kind = layout_difference(lies, found_lies)
        if kind:
            raise Disagreement(f"{form} form: {kind}", program.source, args,
                               wanted, found, lies, found_lies)
    return ""


@pytest.mark.parametrize("seed", range(COUNT))
def test_random(seed):
    program = random_tensor_programs.Program(seed)
    scripted, archive = load(program)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        oracle = torch.jit.load(io.BytesIO(archive))
        expected = outcomes(oracle, program.calls)
        try:
            with boxed_form():
                compiled = minitorch.compile(scripted, program.calls[0],
                                             fallback=False)
        except minitorch.CompileError as error:
            pytest.skip(f"refused: {str(error).splitlines()[0]}")
        got = outcomes(compiled, program.calls)
        refused = compare(program, expected, got, "boxed")
        # Another module: the first one's state has changed.
        scripted = random_tensor_programs.script(program.source)
        try:
            compiled = minitorch.compile(scripted, program.calls[0],
                                         fallback=False, dynamic_shapes="all")
        except minitorch.CompileError as error:
            pytest.skip(f"refused: {str(error).splitlines()[0]}")
        got = outcomes(compiled, program.calls)
        refused = compare(program, expected, got, "typed") or refused
    if refused:
        pytest.skip(f"refused: {refused}")
