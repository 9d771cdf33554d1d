"""Lists under several names: what is written to one is in all. Equal to PyTorch
or refused.

MINITORCH_FUZZ sets how many random programs are tried.
"""
import importlib.util
import io
import os
from typing import Dict, List, Tuple

import list_programs
import minitorch
import pytest
import torch

COUNT = int(os.environ.get("MINITORCH_FUZZ", "40"))
CALLS = [(2, True), (1, False), (3, False), (0, True)]


def load(source, folder):
    """The function `program`; TorchScript wants the source in a file."""
    path = folder / "program.py"
    path.write_text(list_programs.HEADER + source)
    spec = importlib.util.spec_from_file_location("program", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return with_oracle(module.program)


def with_oracle(function):
    """The scripted function, and what an archive of it says: saving drops
    operators whose results are not used."""
    scripted = torch.jit.script(function)
    return scripted, torch.jit.load(io.BytesIO(scripted.save_to_buffer()))


def outcome(function, args):
    try:
        with torch.jit.optimized_execution(False):
            return function(*args)
    except (RuntimeError, minitorch.ProgramError):
        return "raises"


@pytest.mark.parametrize("seed", range(COUNT))
def test_random(seed, tmp_path):
    source = list_programs.Program(seed).source
    try:
        scripted, oracle = load(source, tmp_path)
    except RuntimeError as error:
        pytest.skip(f"not TorchScript: {str(error).splitlines()[0]}")
    try:
        compiled = minitorch.compile(scripted, CALLS[0], fallback=False)
        for args in CALLS:
            assert outcome(compiled, args) == outcome(oracle, args), source
    except minitorch.CompileError as error:
        pytest.skip(f"refused: {str(error).splitlines()[0]}")


def repeated(n: int) -> List[List[int]]:
    grid = [[0, 0]] * n
    grid[0].append(5)
    return grid


def repeated_and_set(n: int) -> List[List[int]]:
    grid = [[0, n]] * 3
    grid[1][0] = 5
    return grid


def several_lists(n: int) -> Tuple[List[List[int]], List[List[int]], List[int]]:
    row = [n]
    first, second = [row], [row, row]
    first[0].append(3)
    second[1][0] = 7
    return first, second, row


def changed_before(n: int) -> Tuple[List[int], List[List[int]]]:
    row = [n]
    row.append(2)
    grid = [row]
    grid[0].append(3)
    return row, grid


def in_a_tuple(n: int) -> Tuple[List[int], List[int]]:
    row = [n]
    row.append(1)
    pair = (row, row)
    pair[0].append(2)
    return pair


def in_a_dict(n: int) -> Tuple[List[int], Dict[str, List[int]]]:
    row = [n]
    rows = {"a": row}
    if n > 1:
        rows["a"].append(8)
    row.append(3)
    return row, rows


def copied(n: int) -> Tuple[List[List[int]], List[List[int]], List[List[int]]]:
    grid = [[1], [n]]
    same, part = list(grid), grid[:1]
    both = grid + grid
    same[0].append(5)
    both[3].append(6)
    part[0].append(7)
    return grid, same, both


def chosen(n: int) -> Tuple[List[int], List[int], List[List[int]]]:
    a, b = [1], [2]
    c = a if n > 1 else b
    grid = [c] * 2
    c.append(5)
    return a, b, grid


def rows_of(n: int) -> List[List[int]]:
    grid = [[1], [2]]
    for row in grid:
        row.append(n)
    return grid


NAMED = [repeated, repeated_and_set, several_lists, changed_before, in_a_tuple,
         in_a_dict, copied, chosen, rows_of]


@pytest.mark.parametrize("function", NAMED, ids=lambda f: f.__name__)
def test_named(function):
    scripted, oracle = with_oracle(function)
    compiled = minitorch.compile(scripted, (2,), fallback=False)
    for n in (2, 1, 3):
        assert compiled(n) == outcome(oracle, (n,))
