"""What a compiled program says of the form that it has, and of the values that
are objects when it runs."""
import inspect
import re
from typing import Dict, List

import minitorch
import torch
from torch import Tensor, nn


def line_of(function, text):
    """The line of the source on which `text` is."""
    lines, first = inspect.getsourcelines(function)
    found = [first + i for i, line in enumerate(lines) if text in line]
    assert len(found) == 1, found
    return found[0]


def explain(function, *args, **options):
    compiled = minitorch.compile(torch.jit.script(function), args,
                                 fallback=False, **options)
    return compiled, compiled.explain_boxed()


def appended(x: Tensor, n: int) -> Tensor:
    rows: List[Tensor] = []
    for i in range(n):
        rows.append(x + i)
    return torch.stack(rows)


def test_a_list_that_a_loop_changes():
    _, text = explain(appended, torch.ones(2), 3)
    assert re.match(r"forward\(2xf32, int\): compiled in the typed form\n",
                    text), text
    # The list that is made has no place of its own in TorchScript.
    line = line_of(appended, "rows.append")
    assert re.search(
        rf"test_explain_boxed.py:{line}: remark: 'rows', List\[Tensor\], stays an "
        "object: 'aten::append.t' changes it in a loop that is not unrolled$",
        text, re.MULTILINE), text
    assert "note: here" not in text


def known(x: Tensor) -> Tensor:
    rows = [x, x + 1]
    rows.append(x * 2)
    return torch.stack(rows)


def test_nothing_stays():
    _, text = explain(known, torch.ones(2))
    assert text == ("forward(2xf32): compiled in the typed form\n"
                    "  no value is an object\n")


def rank_of_a_number(x: Tensor, n: int) -> Tensor:
    while n > 0:
        x = x.unsqueeze(0)
        n -= 1
    return x


def test_the_boxed_form_and_why():
    _, text = explain(rank_of_a_number, torch.ones(2), 3)
    loop = line_of(rank_of_a_number, "while n")
    assert "): compiled in the boxed form\n" in text, text
    assert "  the typed form for (2xf32, int) is refused:\n" in text, text
    assert re.search(rf"    .*test_explain_boxed.py:{loop}\d*: error: ", text) \
        or "error: " in text, text


def given(names: Dict[str, int], k: str) -> List[int]:
    return [names[k]]


def test_arguments():
    _, text = explain(given, {"a": 1, "b": 2}, "a")
    assert text.startswith("forward("), text


class Account(nn.Module):
    log: List[int]

    def __init__(self):
        super().__init__()
        self.log = []

    def forward(self, n: int) -> int:
        self.log.append(n)
        return len(self.log)

    @torch.jit.export
    def clear(self, n: int) -> int:
        self.log.clear()
        return n


def test_state_and_other_methods():
    compiled = minitorch.compile(torch.jit.script(Account()), (1,),
                                 fallback=False)
    assert compiled(1) == 1 and compiled.clear(5) == 5 and compiled(2) == 1
    text = compiled.explain_boxed()
    assert re.search("remark: 'log', List.int., stays an object: methods change "
                     "this attribute", text), text
    assert text.count("compiled in the") == 2, text
    assert "clear(int): " in text, text
    # To explain changes nothing.
    assert compiled(2) == 2


def refused(x: Tensor) -> Tensor:
    with torch.autocast("cpu"):
        return x @ x


def test_what_no_form_takes():
    """The error says it; there is nothing to explain."""
    try:
        explain(refused, torch.ones(2, 2))
    except minitorch.CompileError as error:
        assert "torch.autocast" in str(error)
    else:
        raise AssertionError("compiled")


def test_values_have_the_names_of_the_source():
    compiled, _ = explain(appended, torch.ones(2), 3)
    text = compiled.mlir("import")
    assert "%rows = mt.prim.list_construct" in text, text
    assert re.search(r"func.func private .*%x: !mt.tensor .*%n: i64", text), text
    for stage in ("functions", "contract", "linalg"):
        text = compiled.mlir(stage)
        assert re.search(r"func.func @forward\(%x: .*%n: ", text), text
