"""MINITORCH_PERF_MAP: names of compiled code for profilers."""

import os
import subprocess
import sys

import pytest

PROGRAM = """
import os, torch, minitorch
model = torch.jit.script(torch.nn.Linear(32, 64))
x = torch.ones(4, 32)
minitorch.compile(model, [x])(x)
print(os.getpid())
"""


@pytest.mark.parametrize("wanted", ["1", ""])
def test_perf_map(wanted):
    run = subprocess.run([sys.executable, "-c", PROGRAM], check=True, text=True,
                         stdout=subprocess.PIPE,
                         env={**os.environ, "MINITORCH_PERF_MAP": wanted})
    path = f"/tmp/perf-{run.stdout.strip()}.map"
    assert os.path.exists(path) == bool(wanted)
    if not wanted:
        return
    with open(path) as file:
        lines = [line.split() for line in file]
    os.remove(path)
    assert all(int(address, 16) for address, _, _ in lines)
    assert any(name == "mt_invoke_forward" for *_, name in lines)
