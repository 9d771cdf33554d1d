"""Random programs agree with TorchScript.

MINITORCH_FUZZ sets how many are tried.
"""
import importlib.util
import io
import os
import warnings

import minitorch
import pytest
import random_programs
import torch
from agreement import Disagreement, difference, outcome

COUNT = int(os.environ.get("MINITORCH_FUZZ", "40"))


def load(source, folder):
    """The scripted function, and the oracle: an archive of it, as saving drops
    operators whose results are not used. TorchScript wants the source in a
    file."""
    path = folder / "program.py"
    path.write_text(random_programs.HEADER + source)
    spec = importlib.util.spec_from_file_location("program", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    scripted = torch.jit.script(module.program)
    return scripted, torch.jit.load(io.BytesIO(scripted.save_to_buffer()))


@pytest.mark.parametrize("seed", range(COUNT))
def test_random(seed, tmp_path):
    source = random_programs.Program(seed).source
    try:
        scripted, oracle = load(source, tmp_path)
    except (RuntimeError, SyntaxError) as error:
        pytest.skip(f"not TorchScript: {str(error).splitlines()[0]}")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        compiled = minitorch.compile(scripted, random_programs.CALLS[0],
                                     fallback=False, dynamic_shapes="all")
        for args in random_programs.CALLS:
            expected = outcome(oracle, args)
            if "report a bug to PyTorch" in str(expected[0][1]):
                continue
            got = outcome(compiled, args)
            if found := difference(expected, got):
                raise Disagreement(found, source, args, expected, got)
