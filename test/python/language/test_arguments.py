"""Arguments of other types than the example's."""
from typing import Dict, List, Optional, Tuple, Union

import pytest
import torch
from agreement import check


def dtype(x: torch.Tensor, dtype: torch.dtype) -> torch.Tensor:
    return x.to(dtype) + torch.ones(2, dtype=dtype)


def optional(n: Optional[int], s: Optional[str]) -> str:
    if n is None:
        return "none"
    if s is not None:
        return s + str(n)
    return str(n)


def union(x: Union[int, str]) -> str:
    if isinstance(x, int):
        return "int " + str(x)
    else:
        return "str " + x


def ranks(x: torch.Tensor) -> torch.Tensor:
    return x.sum(-1) * 2


def list_of_tensors(xs: List[torch.Tensor]) -> torch.Tensor:
    return torch.cat(xs)


def nested(d: Dict[str, List[int]], t: Tuple[int, str]) -> List[int]:
    out: List[int] = []
    for k, v in d.items():
        if k == t[1]:
            out.extend(v)
    return out + [t[0]]


def defaults(n: int, s: str = "d", k: int = 4) -> str:
    return s + str(n + k)


CASES = {
    dtype: [(torch.ones(2), torch.float64), (torch.ones(2), torch.int32),
            (torch.ones(2), torch.bfloat16)],
    optional: [(1, "a"), (None, "a"), (2, None), (None, None)],
    union: [(3,), ("three",), (4,)],
    ranks: [(torch.ones(2, 3),), (torch.ones(2, 3, 4),),
            (torch.ones(4, dtype=torch.float64),)],
    list_of_tensors: [([torch.ones(2), torch.zeros(1)],), ([torch.ones(3)],),
                      ([torch.ones(1, 2), torch.ones(2, 2)],)],
    nested: [({"a": [1, 2], "b": []}, (3, "a")), ({}, (1, "")),
             ({"x": [5]}, (0, "x"))],
    defaults: [(1,), (2, "x"), (3, "", 5), (4, "q", 0)],
}


@pytest.mark.parametrize("function", CASES, ids=lambda f: f.__name__)
def test_arguments(function):
    check(function, *CASES[function])
