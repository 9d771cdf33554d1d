"""Results of which a branch or loop decides whose memory they are: the model's,
an argument's, another result's, or their own."""
import sys
import warnings
from typing import Optional, Tuple

import minitorch
import pytest
import torch
from agreement import check_calls
from sections.case import case
from torch import Tensor, nn

X = torch.ones(2)
ROWS = torch.ones(2, 2)


class Buffers(nn.Module):
    def __init__(self):
        super().__init__()
        self.register_buffer("b", torch.zeros(2))
        self.register_buffer("d", torch.zeros(2))
        self.k = torch.zeros(2)


@case((X, True), (X, False), (X, True))
class BufferOrNew(Buffers):
    def forward(self, x, c: bool):
        if c:
            o = self.b
        else:
            o = x * 2
        return o


@case((X, True), (X, False), (X, True))
class OneOfTwo(Buffers):
    def forward(self, x, c: bool):
        return self.b if c else self.d


@case((X, True), (X, False), (X, True))
class PartOfBuffer(Buffers):
    def forward(self, x, c: bool):
        return self.b[:1] if c else torch.cat([x, self.b])


@case((X, True), (X, False), (X, True))
class OfALoop(Buffers):
    def forward(self, x, c: bool):
        y = self.b
        for i in range(int(not c)):
            y = y + 1
        return y


@case((X, True), (X, False), (X, True))
class Perhaps(Buffers):
    def forward(self, x, c: bool):
        o: Optional[Tensor] = None
        if c:
            o = self.b
        return o


@case((X, True), (X, False), (X, True))
class BufferAndPart(Buffers):
    def forward(self, x, c: bool):
        o: Optional[Tensor] = None
        if c:
            o = self.b[:1]
        return self.b, o


@case((X, True), (X, False), (X, True))
class BecomesBuffer(Buffers):
    def forward(self, x, c: bool):
        self.k = self.b if c else x
        self.b.add_(1)
        return self.k, self.b * 1


@case((ROWS, True), (ROWS, False))
def part_of_result(x: Tensor, c: bool) -> Tuple[Tensor, Tensor]:
    y = x * 2
    if c:
        z = y[:1]
    else:
        z = x + 1
    return y, z


@case((ROWS, True), (ROWS, False))
def perhaps_result(x: Tensor, c: bool) -> Tuple[Tensor, Optional[Tensor]]:
    y = x * 2
    o: Optional[Tensor] = None
    if c:
        o = y
    return y, o


@case((ROWS, True), (ROWS, False))
def perhaps_part_of_argument(x: Tensor, c: bool
                             ) -> Tuple[Tensor, Optional[Tensor]]:
    o: Optional[Tensor] = None
    if c:
        o = x[0]
    return x + 1, o


PROGRAMS = sys.modules[__name__].CASES
MODULES = [name for name, (program, _) in PROGRAMS.items()
           if isinstance(program, type)]


@pytest.mark.parametrize("boxed", [False, True], ids=["default", "boxed"])
@pytest.mark.parametrize("name", PROGRAMS)
def test_agrees(name, boxed):
    check_calls(*PROGRAMS[name], boxed)


def tensors_in(value):
    if isinstance(value, Tensor):
        return [value]
    return [t for item in value or () for t in tensors_in(item)]


@pytest.mark.parametrize("name", MODULES)
def test_writes_of_the_caller_reach_the_model(name):
    program, calls = PROGRAMS[name]
    found = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        scripted = torch.jit.script(program())
        for model in (scripted, minitorch.compile(
                torch.jit.script(program()), fallback=False)):
            seen = []
            for _, (x, c) in calls:
                results = tensors_in(model(x.clone(), c))
                seen.append([t.clone() for t in results])
                for i, result in enumerate(results):
                    result.fill_(7 + i)
            found.append(seen)
    for expected, got in zip(*found):
        assert len(expected) == len(got)
        for a, b in zip(expected, got):
            torch.testing.assert_close(a, b)
