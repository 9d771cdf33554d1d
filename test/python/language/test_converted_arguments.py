"""Numbers of another type than the parameter's become what PyTorch makes of
them, with the first call and later."""
import sys
from typing import Dict, List, Optional

import pytest
import torch
from agreement import check_calls
from sections.case import case


@case((3,), (2.5,), (True,))
def to_float(x: float):
    return str(x), torch.arange(x), torch.full([1], x)


@case((True,), (3,))
def to_int(n: int):
    return n, str(n)


@case((1,), (True,), (0,))
def to_bool(c: bool):
    return c, str(c)


@case((3,), (2j,), (0.5,))
def to_complex(z: complex):
    return z


@case((1,), (2.5,), (None,))
def to_optional(x: Optional[float]):
    return x


@case(([True, 2.5],), ([1, 2],), ([],))
def to_list(xs: List[float]):
    return xs


@case(({"a": 1},), ({"b": 2.5, "c": True},))
def to_dict(d: Dict[str, float]):
    return d


PROGRAMS = sys.modules[__name__].CASES


@pytest.mark.parametrize("boxed", [False, True], ids=["default", "boxed"])
@pytest.mark.parametrize("name", PROGRAMS)
def test_agrees(name, boxed):
    check_calls(*PROGRAMS[name], boxed)


def test_by_name():
    import minitorch
    compiled = minitorch.compile(torch.jit.script(to_float), fallback=False)
    assert compiled(x=3)[0] == "3."
