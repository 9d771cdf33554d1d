"""Random programs on tensors of any rank and dtype agree with TorchScript: in
the boxed form in all that can be seen, and in the form that is chosen.

MINITORCH_FUZZ sets how many are tried.
"""
import copy
import io
import os
import warnings

import minitorch
import pytest
import random_tensor_programs
import torch
from agreement import boxed_form, differ, layout, outcome

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


def is_refused(outcome):
    (kind, value), *_ = outcome
    return kind == "error" and any(text in value for text in REFUSALS)


def simplify(outcome):
    """Without what is not compared: the sign of printed NaNs, and of operators'
    errors the text, of which the compiler has its own, and what they wrote
    before."""
    (kind, value), printed, args = outcome
    if kind == "error" and not ("raised" in value or "failed" in value):
        value, args = "an operator's", ()
    return (kind, value), printed.replace("-nan", "nan"), args


def compare(program, expected, got, exactly):
    for args, (wanted, lies), (found, found_lies) in zip(program.calls,
                                                         expected, got):
        if is_refused(found) or any(text in str(wanted[0][1]) for text in
                                    [*ACCEPTED, "report a bug to PyTorch"]):
            return
        wanted, found = simplify(wanted), simplify(found)
        assert not differ(wanted, found), (
            f"{program.source}\n{args}\n{wanted}\n{found}")
        if exactly and wanted[0][0] == "value":
            assert lies == found_lies, (
                f"{program.source}\n{args}\n{wanted}\n{found}\n"
                f"{lies}\n{found_lies}")


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
        compare(program, expected, got, exactly=True)
        # Another module: the first one's state has changed.
        scripted = random_tensor_programs.script(program.source)
        try:
            compiled = minitorch.compile(scripted, program.calls[0],
                                         fallback=False, dynamic_shapes="all")
        except minitorch.CompileError as error:
            pytest.skip(f"refused: {str(error).splitlines()[0]}")
        compare(program, expected, outcomes(compiled, program.calls),
                exactly=False)
