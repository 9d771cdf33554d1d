"""isinstance of values whose type only the running program knows."""
from enum import Enum
from typing import Any, Dict, List, NamedTuple, Optional, Tuple, Union

import pytest
import torch
from agreement import check


class Color(Enum):
    RED = 1
    BLUE = 2


class Point(NamedTuple):
    x: int
    y: float


class Place(NamedTuple):
    x: int
    y: float


class Note(NamedTuple):
    text: Optional[str]


def what(x: Any) -> str:
    out = ""
    if isinstance(x, int):
        out += "int "
    if isinstance(x, float):
        out += "float "
    if isinstance(x, bool):
        out += "bool "
    if isinstance(x, str):
        out += "str "
    if isinstance(x, (int, float)):
        out += "number "
    if isinstance(x, list):
        out += "list "
    if isinstance(x, tuple):
        out += "tuple "
    if isinstance(x, (list, tuple)):
        out += "sequence "
    if torch.jit.isinstance(x, Optional[int]):
        out += "Optional[int] "
    if torch.jit.isinstance(x, List[int]):
        out += "List[int] "
    if torch.jit.isinstance(x, List[float]):
        out += "List[float] "
    if torch.jit.isinstance(x, List[str]):
        out += "List[str] "
    if torch.jit.isinstance(x, List[Optional[int]]):
        out += "List[Optional[int]] "
    if torch.jit.isinstance(x, List[Optional[str]]):
        out += "List[Optional[str]] "
    if torch.jit.isinstance(x, List[List[int]]):
        out += "List[List[int]] "
    if torch.jit.isinstance(x, List[Tuple[int, float]]):
        out += "List[Tuple[int, float]] "
    if torch.jit.isinstance(x, List[Point]):
        out += "List[Point] "
    if torch.jit.isinstance(x, List[Color]):
        out += "List[Color] "
    if torch.jit.isinstance(x, Tuple[int, float]):
        out += "Tuple[int, float] "
    if torch.jit.isinstance(x, Tuple[Optional[int], float]):
        out += "Tuple[Optional[int], float] "
    if torch.jit.isinstance(x, Tuple[str]):
        out += "Tuple[str] "
    if torch.jit.isinstance(x, Dict[str, int]):
        out += "Dict[str, int] "
    if torch.jit.isinstance(x, Dict[str, Optional[int]]):
        out += "Dict[str, Optional[int]] "
    if torch.jit.isinstance(x, Dict[int, str]):
        out += "Dict[int, str] "
    if isinstance(x, Point):
        out += "Point "
    if isinstance(x, Place):
        out += "Place "
    if isinstance(x, Note):
        out += "Note "
    if isinstance(x, Color):
        out += "Color "
    return out


def argument(x: Any) -> str:
    return what(x)


def int_list() -> str:
    return what([1])


def optional_list() -> str:
    return what(torch.jit.annotate(List[Optional[int]], [1]))


def optional_strings() -> str:
    return what(torch.jit.annotate(List[Optional[str]], ["a"]))


def empty_list() -> str:
    x: List[int] = []
    return what(x)


def point() -> str:
    return what(Point(1, 2.0))


def plain_tuple() -> str:
    return what((1, 2.0))


def note() -> str:
    return what(Note("a"))


def points() -> str:
    return what([Point(1, 2.0)])


def dicts() -> str:
    return (what({"a": 1}) +
            what(torch.jit.annotate(Dict[str, Optional[int]], {"a": 1})))


def lists_of_lists() -> str:
    return what([[1]])


def members() -> str:
    return what(Color.RED) + what([Color.RED])


def sliced(xs: List[Optional[str]]) -> str:
    return what(xs[:1]) + what(xs.copy())


def split(s: str) -> str:
    return what(s.split(",")) + what(list(s)) + what(s.partition(","))


def dict_parts(d: Dict[str, int]) -> str:
    return what(d) + what(d.keys()) + what(d.values()) + what(d.items())


def derived(n: int) -> str:
    xs = [i for i in range(n)]
    return (what(xs) + what(list(range(n))) + what(sorted(xs)) +
            what(xs + xs) + what(xs * 2) + what(xs[1:]) + what(xs.copy()))


def point_argument(p: Point) -> str:
    return what(p)


def tuple_argument(t: Tuple[Optional[int], float]) -> str:
    return what(t)


def list_arguments(xs: List[int], ys: List[str], zs: List[Tuple[int, float]],
                   ps: List[Point]) -> str:
    return what(xs) + what(ys) + what(zs) + what(ps)


def _any(x: Any) -> Any:
    return x


# PyTorch crashes on returns of several types.
def one_of_many(n: int) -> Any:
    x = _any(None)
    if n == 0:
        x = _any(1)
    if n == 1:
        x = _any("a")
    if n == 2:
        x = _any([1, 2])
    if n == 3:
        x = _any(["a"])
    if n == 4:
        x = _any(Point(1, 2.0))
    if n == 5:
        x = _any((1, 2.0))
    if n == 6:
        x = _any({"a": n})
    if n == 7:
        x = _any(Color.BLUE)
    if n == 8:
        x = _any([Point(n, 2.0)])
    if n == 9:
        x = _any(True)
    if n == 10:
        x = _any(n * 0.5)
    return x


def at_run_time(n: int) -> str:
    return what(one_of_many(n))


def refined(n: int) -> str:
    x = one_of_many(n)
    if isinstance(x, int):
        return str(x + 1)
    if isinstance(x, str):
        return x + "!"
    if torch.jit.isinstance(x, List[int]):
        x.append(3)
        return str(x)
    if torch.jit.isinstance(x, List[str]):
        return x[0]
    if isinstance(x, Point):
        return str(x.x)
    if torch.jit.isinstance(x, Dict[str, int]):
        return str(x["a"])
    if isinstance(x, Color):
        return x.name
    if isinstance(x, float):
        return str(x * 2)
    if x is None:
        return "none"
    return "other"


def any_argument(x: Any, n: int) -> str:
    if torch.jit.isinstance(x, List[int]):
        return str(len(x) + n)
    if torch.jit.isinstance(x, Dict[str, int]):
        return str(x["a"] + n)
    if isinstance(x, str):
        return x + str(n)
    if isinstance(x, bool):
        return "bool"
    return "other"


def union(x: Union[int, str, List[int], Point, bool]) -> str:
    if isinstance(x, bool):
        return "bool " + str(x)
    elif isinstance(x, int):
        return "int " + str(x)
    elif isinstance(x, str):
        return "str " + x
    elif torch.jit.isinstance(x, List[int]):
        return "list " + str(len(x))
    else:
        return "other"


def union_of_tensor(x: Union[int, str, torch.Tensor]) -> str:
    if isinstance(x, int):
        return "int " + str(x)
    if isinstance(x, str):
        return "str " + x
    return "tensor " + str(x.dim())


def union_in_list(xs: List[Union[int, str]]) -> Tuple[int, str]:
    total = 0
    text = ""
    for x in xs:
        if isinstance(x, int):
            total += x
        else:
            text += x
    return total, text


def union_in_dict(d: Dict[str, Union[int, str]], k: str) -> str:
    x = d[k]
    if isinstance(x, str):
        return x
    return str(x)


def union_result(n: int) -> Union[int, str]:
    if n > 0:
        return n
    return "none"


def optional_argument(x: Optional[Union[int, str]]) -> str:
    if x is None:
        return "none"
    elif isinstance(x, int):
        return str(x)
    else:
        return x


def tensor_or_list(x: Any) -> int:
    if isinstance(x, torch.Tensor):
        return x.size(0)
    if torch.jit.isinstance(x, List[torch.Tensor]):
        return len(x)
    return -1


def asserted(x: Any) -> int:
    assert isinstance(x, int), "not an int"
    return x + 1


def in_a_loop(n: int) -> List[str]:
    out: List[str] = []
    for i in range(n):
        x = one_of_many(i)
        if isinstance(x, (str, int)):
            out.append("plain")
        elif isinstance(x, tuple):
            out.append("tuple")
        else:
            out.append("other")
    return out


CASES = {
    argument: [([1],), ([1.0],), (["a"],), (1,), (True,), (1.0,), ("s",),
               ((1, 2),), ((1, 2.0),), (Point(1, 2.0),), ({"a": 1},), (None,),
               ([None, 1],), ([1, None],), ([[1]],), (Color.RED,),
               ([Color.RED],), ((1, "a"),), (("a",),), ({1: "a"},),
               (torch.float32,), ([True],), ([(1, 2.0)],)],
    int_list: [()], optional_list: [()], optional_strings: [()],
    empty_list: [()], point: [()], plain_tuple: [()], note: [()],
    points: [()], dicts: [()], lists_of_lists: [()], members: [()],
    sliced: [(["a", None],), ([],)],
    split: [("a,b",), ("",)],
    dict_parts: [({"a": 1},), ({},)],
    derived: [(2,), (0,)],
    point_argument: [(Point(1, 2.0),), ((1, 2.0),)],
    tuple_argument: [((1, 2.0),), ((None, 2.0),)],
    list_arguments: [([1], ["a"], [(1, 2.0)], [Point(1, 2.0)]),
                     ([], [], [], [])],
    at_run_time: [(n,) for n in range(12)],
    refined: [(n,) for n in range(12)],
    any_argument: [([1, 2], 1), ({"a": 1}, 2), ("s", 3), (True, 4), (1, 5),
                   ([1.0], 6), ([1, 2, 3], 7), ({"a": "b"}, 8)],
    union: [(1,), ("s",), (True,), ([1, 2],), ("",)],
    union_of_tensor: [(3,), ("three",), (torch.ones(2, 3),)],
    union_in_list: [([1, "a"],), ([],), (["b", "c", 2],)],
    union_in_dict: [({"a": 1, "b": "x"}, "a"), ({"a": 1, "b": "x"}, "b"),
                    ({"c": 2}, "c")],
    union_result: [(1,), (0,)],
    optional_argument: [(None,), (1,), ("a",)],
    tensor_or_list: [(torch.ones(2),), ([torch.ones(2)],), (1,), (["a"],)],
    asserted: [(1,), ("a",), (2,)],
    in_a_loop: [(12,), (0,)],
}


@pytest.mark.parametrize("function", CASES, ids=lambda f: f.__name__)
def test_isinstance(function):
    check(function, *CASES[function])
