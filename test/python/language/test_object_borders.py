"""Instances that cross a border: callbacks, arguments and results."""
from typing import Any, Dict, List, Optional, Tuple

import minitorch
import pytest
import torch
from agreement import check
from object_classes import T, Account, Box, Counter, Holder
from torch import Tensor


@torch.jit.script
class Ordered:
    def __init__(self, n: int, name: str):
        self.n = n
        self.name = name

    def __lt__(self, other: "Ordered") -> bool:
        if other.n == 13:
            raise ValueError("unlucky " + self.name)
        return self.n < other.n


def make_ordered(ns: List[int]) -> List[Ordered]:
    return [Ordered(n, str(i)) for i, n in enumerate(ns)]


def sorted_by_lt(ns: List[int], reverse: bool) -> Tuple[str, str, str]:
    rows = make_ordered(ns)
    other = sorted(rows)
    before = ",".join([row.name for row in rows])
    rows.sort(reverse=reverse)
    return (before, ",".join([row.name for row in rows]),
            ",".join([row.name for row in other]))


def handed_out(n: int) -> List[Counter]:
    c = Counter(n)
    c.add(n)
    return [c, c, Counter(n)]


def handed_out_in_all_forms(n: int) -> Tuple[
        Account, Dict[str, Counter], Optional[Counter], Any, Box]:
    c = Counter(n)
    return (Account("a", 1.0), {"k": c}, c if n > 0 else None, Holder(
        Account("b", 2.0), c), Box(torch.ones(2), n))


def given(c: Counter, others: List[Account], maybe: Optional[Counter]) -> int:
    c.add(1)
    total = c.n
    for other in others:
        total += int(other.balance)
    if maybe is not None:
        total += maybe.add(100)
    return total


def given_and_returned(c: Counter, t: Tuple[Counter, int]) -> Tuple[
        Counter, Tuple[Counter, int], bool]:
    c.note("seen")
    return c, t, c is t[0]


def given_as_any(x: Any) -> int:
    if isinstance(x, Counter):
        return x.add(1)
    if isinstance(x, Account):
        return len(x)
    return -1


def tensor_in_an_argument(box: Box, n: int) -> Tensor:
    box.x = box.scaled() + n
    return box.x


BORDERS = {
    sorted_by_lt: [([3, 1, 2], False), ([3, 1, 2, 1], True), ([], False),
                   ([(i * 7) % 20 + 20 for i in range(40)], False),
                   ([(i * 3) % 20 + 20 for i in range(40)], True),
                   ([1, 13, 2], False)],
    handed_out: [(3,), (0,)],
    handed_out_in_all_forms: [(3,), (0,)],
    given: [(Counter(1), [], None),
            (Counter(2), [Account("a", 5.0)], Counter(3))],
    given_and_returned: [(Counter(1), (Counter(2), 3))],
    given_as_any: [(Counter(1),), (Account("abc", 1.0),), (5,)],
    tensor_in_an_argument: [(Box(T, 2), 1), (Box(T[0], 3), 0)],
}


@pytest.mark.parametrize("function", BORDERS, ids=lambda f: f.__name__)
def test_borders(function):
    """Sorting, which calls back; objects as arguments and as results."""
    check(function, *BORDERS[function])


def test_what_has_the_attributes_is_taken():
    class Like:
        pass

    like = Like()
    like.x, like.n = T, 3
    check(tensor_in_an_argument, (like, 1))
    del like.n
    compiled = minitorch.compile(torch.jit.script(tensor_in_an_argument),
                                 (Box(T, 2), 1), fallback=False)
    with pytest.raises(minitorch.InputError, match="expected .*Box"):
        compiled(like, 1)
