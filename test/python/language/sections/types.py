"""Enums, named tuples, Optional, Union, Any, and what refines them."""

from enum import Enum, IntEnum
from typing import Any, Dict, List, NamedTuple, Optional, Tuple, Union

import torch
from torch import Tensor

from .case import case

T = torch.arange(6.0).reshape(2, 3)


class Color(Enum):
    RED = 1
    GREEN = 2


class Word(Enum):
    A = "a"
    B = "b"


class Ratio(Enum):
    HALF = 0.5
    ONE = 1.0


class Point(NamedTuple):
    x: int
    y: int = 7


class Named(NamedTuple):
    t: Tensor
    name: str
    xs: List[int]
    maybe: Optional[int] = None


class Nested(NamedTuple):
    p: Point
    q: Point


@case((Color.RED,), (Color.GREEN,))
def enum_basics(c: Color) -> Tuple[bool, bool, int, str]:
    return c == Color.RED, c != Color.RED, c.value, c.name


@case((Color.RED,), (Color.GREEN,))
def enum_is(c: Color) -> Tuple[bool, bool, bool]:
    return c is Color.RED, c is not Color.RED, Color.RED is Color.RED


@case((1,), (0,))
def enum_result(n: int) -> Color:
    return Color.RED if n > 0 else Color.GREEN


@case((Word.A,), (Word.B,))
def enum_of_str(w: Word) -> Tuple[str, Word]:
    return w.value + w.name, w


@case((Ratio.HALF,), (Ratio.ONE,))
def enum_of_float(r: Ratio) -> float:
    return r.value * 2


@case(([Color.RED, Color.GREEN],), ([],))
def enum_list(cs: List[Color]) -> Tuple[int, List[Color], bool, bool]:
    n = 0
    for c in cs:
        n += c.value
    cs.append(Color.RED)
    return n, cs, cs[0] == Color.RED, len(cs) > 2


@case(({"a": Color.RED},))
def enum_dict_values(d: Dict[str, Color]) -> Dict[str, Color]:
    d["b"] = Color.GREEN
    return d


@case((Color.RED,), (None,))
def enum_optional(c: Optional[Color]) -> str:
    if c is None:
        return "none"
    return c.name


@case((Color.RED,), (3,))
def enum_union(c: Union[Color, int]) -> int:
    if isinstance(c, int):
        return c
    return c.value * 100


@case(
    (1,),
)
def enum_iteration(n: int) -> List[str]:
    out: List[str] = []
    for c in Color:
        out.append(c.name)
    return out


@case(
    (Color.RED,),
)
def enum_in_tuple(c: Color) -> Tuple[Color, Tuple[Color, int]]:
    return c, (Color.GREEN, c.value)


@case(
    (Color.RED,),
)
def enum_print(c: Color) -> str:
    print(c, [c], (c, 1))
    return str(c) + f"{c}"


@case((1,), (5,))
def named_tuple_defaults(n: int) -> Tuple[Point, int]:
    p = Point(n)
    q = Point(x=n, y=2)
    return Point(q.y, p.x), p.y + q.y


@case(
    (Point(1, 2),),
)
def named_tuple_argument(p: Point) -> Tuple[int, int, int, Point]:
    x, y = p
    return x, p[1], len(p), p


@case(
    (T, 3),
)
def named_tuple_of_many(t: Tensor, n: int) -> Named:
    a = Named(t * 2, "n" + str(n), [n], n)
    b = Named(t, "d", [])
    a.xs.append(5)
    return a if n > 1 else b


@case(
    (1,),
)
def named_tuple_nested(n: int) -> Tuple[Nested, int]:
    v = Nested(Point(n), Point(n, n))
    return v, v.p.y + v.q.x


@case(([Point(1, 2), Point(3)],))
def named_tuple_list(ps: List[Point]) -> Tuple[int, List[Point]]:
    n = 0
    for p in ps:
        n += p.x * p.y
    ps.append(Point(n))
    return n, ps


@case((Point(1, 2), Point(1, 2)), (Point(1, 2), Point(2, 2)))
def named_tuple_equality(a: Point, b: Point) -> Tuple[bool, bool]:
    return a == b, a != b


@case((Point(1, 2),))
def named_tuple_print(p: Point) -> str:
    print(p)
    return str(p)


@case((3,), (None,))
def optional_int(x: Optional[int]) -> int:
    if x is not None:
        return x + 1
    return 0


@case((3,), (None,))
def optional_assert(x: Optional[int]) -> int:
    assert x is not None
    return x + 1


@case((3,), (None,))
def optional_unwrap(x: Optional[int]) -> int:
    return torch.jit._unwrap_optional(x)


@case((T,), (None,))
def optional_tensor(x: Optional[Tensor]) -> Tensor:
    if x is None:
        x = torch.zeros(1)
    return x + 1


@case(([1],), (None,))
def optional_list(xs: Optional[List[int]]) -> Optional[List[int]]:
    if xs is None:
        return None
    xs.append(2)
    return xs


@case(((1, "a"),), (None,))
def optional_tuple(t: Optional[Tuple[int, str]]) -> Tuple[int, str]:
    if t is None:
        return 0, ""
    a, b = t
    return a + 1, b


@case(({"a": 1},), (None,))
def optional_dict(d: Optional[Dict[str, int]]) -> int:
    return 0 if d is None else len(d)


@case((None, None), (1, None), (None, 2), (1, 2))
def two_optionals(a: Optional[int], b: Optional[int]) -> int:
    if a is not None and b is not None:
        return a + b
    if a is None or b is None:
        return -1
    return -2


@case((None,), (5,))
def or_refines(x: Optional[int]) -> int:
    if x is None or x < 3:
        return 0
    return x


@case((1,), ("ab",), (2.5,))
def union_of_three(x: Union[int, str, float]) -> str:
    if isinstance(x, int):
        return "int" + str(x + 1)
    elif isinstance(x, str):
        return "str" + x.upper()
    else:
        return "float" + str(x * 2)


@case((1,), ([1, 2],), (None,))
def union_with_list(x: Union[int, List[int], None]) -> int:
    if x is None:
        return -1
    elif isinstance(x, int):
        return x
    else:
        return len(x)


@case((T,), ([T, T],))
def union_tensor_list(x: Union[Tensor, List[Tensor]]) -> Tensor:
    if isinstance(x, Tensor):
        return x
    return torch.cat(x)


@case((1,), ("a",))
def union_result(n: Union[int, str]) -> Union[str, int]:
    if isinstance(n, int):
        return str(n)
    return len(n)


@case((2,), (0,))
def union_variable(n: int) -> Union[int, str]:
    x: Union[int, str] = n
    if n > 1:
        x = "many"
    return x


@case(
    (1,),
    ("ab",),
    (2.5,),
    (True,),
    ([1],),
    (None,),
    ((1, 2),),
    ({"a": 1},),
    (T,),
    (1j,),
)
def any_argument(x: Any) -> str:
    if isinstance(x, bool):
        return "bool"
    if isinstance(x, int):
        return "int" + str(x)
    if isinstance(x, float):
        return "float"
    if isinstance(x, str):
        return "str" + x
    if isinstance(x, Tensor):
        return "tensor"
    if torch.jit.isinstance(x, List[int]):
        return "list" + str(len(x))
    if torch.jit.isinstance(x, Dict[str, int]):
        return "dict" + str(x["a"])
    if torch.jit.isinstance(x, Tuple[int, int]):
        return "tuple" + str(x[1])
    return "other"


@case((1,), ("ab",), ([1, 2],))
def any_result(x: Any) -> Any:
    if isinstance(x, int):
        return x + 1
    return x


@case((1,), (3,))
def any_in_list(n: int) -> List[Any]:
    xs: List[Any] = [1, "a", 2.5, None, [n]]
    xs.append(n)
    return xs


@case(
    (1,),
)
def any_in_dict(n: int) -> Dict[str, Any]:
    d: Dict[str, Any] = {"a": n, "b": "x", "c": [1.5]}
    d["d"] = None
    return d


@case((1,), ("s",))
def any_print(x: Any) -> str:
    print(x)
    return str(x)


@case(([1],), (["a"],), ([2.5],))
def jit_isinstance_lists(x: Any) -> int:
    if torch.jit.isinstance(x, List[int]):
        return sum(x)
    if torch.jit.isinstance(x, List[str]):
        return len(x) * 10
    return -1


@case((1,), (None,))
def isinstance_optional(x: Optional[int]) -> bool:
    return isinstance(x, int)


@case(
    (1, 2.5),
)
def isinstance_static(a: int, b: float) -> Tuple[bool, bool, bool]:
    return isinstance(a, int), isinstance(b, int), isinstance(a, (int, float))


@case(([1, 2],))
def isinstance_of_containers(xs: List[int]) -> Tuple[bool, bool]:
    return isinstance(xs, list), isinstance((1, 2), tuple)


@case(
    (3,),
)
def annotate(n: int) -> Tuple[List[float], Dict[str, int], Optional[int]]:
    xs = torch.jit.annotate(List[float], [])
    d = torch.jit.annotate(Dict[str, int], {})
    o = torch.jit.annotate(Optional[int], n)
    xs.append(float(n))
    return xs, d, o


@case(
    (3, "a"),
)
def type_comment(n, s):
    # type: (int, str) -> Tuple[int, str]
    m = n + 1
    return m, s


@case(
    (T,),
)
def no_annotations(x):
    return x * 2


@case((torch.float64,), (torch.int32,), (torch.bool,))
def dtype_argument(d: torch.dtype) -> Tensor:
    return torch.ones(2, dtype=d)


@case((T,), (T.to(torch.int64),))
def dtype_result(x: Tensor) -> Tuple[torch.dtype, bool, int]:
    return x.dtype, x.dtype == torch.float32, x.dtype


@case((T,))
def device_result(x: Tensor) -> Tuple[torch.device, str, bool]:
    return x.device, x.device.type, x.device == torch.device("cpu")


@case((T,))
def layout_of(x: Tensor) -> Tuple[bool, bool]:
    return x.layout == torch.strided, x.is_cuda


@case(
    (1,),
)
def none_values(n: int) -> Tuple[None, Optional[int]]:
    return None, None


@case((2,), (0,))
def optional_of_enum_in_list(n: int) -> List[Optional[Color]]:
    xs: List[Optional[Color]] = []
    for i in range(n):
        xs.append(Color.RED if i == 0 else None)
    return xs


@case(([(1, "a")],), ([],))
def optional_of_tuple_in_list(
    xs: List[Tuple[int, str]],
) -> Optional[Tuple[int, str]]:
    if len(xs) == 0:
        return None
    return xs[0]


@case((1,), (2,))
def list_of_unions(n: int) -> List[Union[int, str]]:
    xs: List[Union[int, str]] = [n, "a"]
    if n > 1:
        xs.append("b")
    return xs


@case(({"a": 1, "b": "x"},))
def dict_of_unions(d: Dict[str, Union[int, str]]) -> int:
    n = 0
    for v in d.values():
        if isinstance(v, int):
            n += v
        else:
            n += len(v) * 10
    return n


@case(
    (1,),
)
def is_none_on_any(n: int) -> Tuple[bool, bool]:
    x: Any = None
    y: Any = n
    return x is None, y is None


@case((T, T + 1))
def is_of_tensors(a: Tensor, b: Tensor) -> Tuple[bool, bool, bool]:
    c = a
    return a is b, a is c, a is not b


@case(
    (3,),
)
def is_scripting(n: int) -> Tuple[bool, bool, int]:
    if torch.jit.is_scripting():
        n += 1
    return torch.jit.is_scripting(), torch.jit.is_tracing(), n


@case((2.0,), (3,))
def number_union(x: Union[int, float]) -> float:
    return float(x) if isinstance(x, int) else x * 2


@case(([1, 2],), ([],))
def unsized_sum(xs: List[int]) -> float:
    total = 0.0
    for x in xs:
        total += x
    return total / len(xs) if len(xs) > 0 else 0.0


class Fine(IntEnum):
    LOW = 1
    HIGH = 10


@case((Fine.LOW,), (Fine.HIGH,))
def int_enum(f: Fine) -> Tuple[int, str, bool]:
    return f.value, f.name, f == Fine.LOW


@case((Color.RED, Color.RED), (Color.RED, Color.GREEN))
def enum_two(a: Color, b: Color) -> Tuple[bool, bool]:
    return a == b, [a][0] != b


@case(
    (3,),
)
def final_constant(n: int) -> int:
    k: int = 5
    return n + k


@case(
    (Color.GREEN, 2),
)
def enum_any(c: Color, n: int) -> List[Any]:
    xs: List[Any] = [c, n]
    return xs


@case((None,), ([1, None],))
def optional_list_of_optionals(xs: Optional[List[Optional[int]]]) -> int:
    n = 0
    if xs is not None:
        for x in xs:
            if x is not None:
                n += x
            else:
                n += 100
    return n


@case(({1: {"a": [1, 2]}},))
def deep_nesting(
    d: Dict[int, Dict[str, List[int]]],
) -> Dict[int, Dict[str, List[int]]]:
    for k in d.keys():
        for n in d[k].keys():
            d[k][n].append(k)
    return d


@case(([(1, [2.5])],))
def list_of_tuples_of_lists(
    xs: List[Tuple[int, List[float]]],
) -> Tuple[int, List[float]]:
    n, ys = xs[0]
    ys.append(float(n))
    return xs[0]


@case(
    (2,),
)
def list_of_named(n: int) -> Dict[str, Point]:
    return {str(i): Point(i) for i in range(n)}


@case((T,), (None,))
def ternary_of_optional(x: Optional[Tensor]) -> Tensor:
    return x if x is not None else torch.ones(2)


@case((1, None), (1, 2))
def default_of_none(a: int, b: Optional[int] = None) -> int:
    return a if b is None else a + b


@case((1,), (1, 5), (1, 5, "z"))
def defaults(a: int, b: int = 2, c: str = "c") -> Tuple[int, str]:
    return a + b, c


def helper(a: int, b: int = 2, c: int = 3) -> int:
    return a * 100 + b * 10 + c


@case((1,), (4,))
def keyword_arguments(n: int) -> List[int]:
    return [
        helper(n),
        helper(n, 5),
        helper(n, b=6),
        helper(b=1, a=n),
        helper(n, c=9),
        helper(a=n, c=8, b=7),
    ]
