"""Random programs on objects agree with TorchScript, call after call.

MINITORCH_FUZZ sets how many are tried.
"""
import importlib.util
import io
import os
import sys
import warnings

import minitorch
import pytest
import random_object_programs
import torch
from agreement import Disagreement, difference, outcome

COUNT = int(os.environ.get("MINITORCH_FUZZ", "40"))


def load(seed, source, folder):
    """The scripted module, and the oracle: an archive of it, as saving drops
    operators whose results are not used. TorchScript wants the source in a file,
    and knows classes by the name of their module."""
    name = f"object_program_{seed}"
    path = folder / f"{name}.py"
    path.write_text(random_object_programs.HEADER + source)
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
        scripted = torch.jit.script(module.Program())
    finally:
        del sys.modules[name]
    return scripted, torch.jit.load(io.BytesIO(scripted.save_to_buffer()))


@pytest.mark.parametrize("seed", range(COUNT))
def test_random(seed, tmp_path):
    source = random_object_programs.Program(seed).source
    try:
        scripted, oracle = load(seed, source, tmp_path)
    except (RuntimeError, SyntaxError) as error:
        pytest.skip(f"not TorchScript: {str(error).splitlines()[0]}")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        turns = random_object_programs.TURNS
        compiled = minitorch.compile(scripted, turns[0][1], fallback=False,
                                     dynamic_shapes="all")
        for method, args in turns:
            expected = outcome(getattr(oracle, method), args)
            if "report a bug to PyTorch" in str(expected[0][1]):
                break
            got = outcome(compiled.method(method), args)
            if found := difference(expected, got):
                raise Disagreement(found, source, method, args, expected, got)
