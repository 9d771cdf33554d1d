"""Lists, dicts and tuples; tensors from and to lists."""

from typing import Dict, List, Optional, Tuple

import torch
from torch import Tensor

from .case import case

T = torch.arange(6.0).reshape(2, 3)


@case(([3, 1, 2],), ([],), ([1],))
def list_methods(xs: List[int]) -> Tuple[List[int], List[int], int]:
    xs.append(1)
    xs.extend([2, 7])
    xs.insert(0, 3)
    xs.insert(100, 9)
    xs.insert(-1, 8)
    xs.sort()
    xs.reverse()
    xs.remove(1)
    ys = xs.copy()
    n = xs.pop() + xs.pop(0) + xs.count(7) + ys.index(2)
    xs.clear()
    return xs, ys, n


@case(([1, 2], 5), ([1, 2], 2), ([1, 2], -3), ([1, 2], -2))
def list_index(xs: List[int], i: int) -> int:
    return xs[i]


@case(([1, 2], 5), ([1, 2], -1), ([], 0))
def list_store(xs: List[int], i: int) -> List[int]:
    xs[i] = 9
    return xs


@case(([1, 2], 5), ([1, 2], 0), ([], 0), ([1, 2], -1))
def list_pop_at(xs: List[int], i: int) -> Tuple[int, List[int]]:
    return xs.pop(i), xs


@case(([],), (["a"],))
def list_pop_empty(xs: List[str]) -> str:
    return xs.pop()


@case(([1, 2], 3), ([1, 2], 2))
def list_remove_missing(xs: List[int], x: int) -> List[int]:
    xs.remove(x)
    return xs


@case(([1, 2], 3), ([1, 2], 2))
def list_index_of_missing(xs: List[int], x: int) -> int:
    return xs.index(x)


@case(([1, 2], [3]), ([], []))
def list_operators(
    xs: List[int], ys: List[int]
) -> Tuple[List[int], List[int], List[int], bool, bool, bool, bool]:
    return xs + ys, xs * 2, 2 * ys, xs == ys, xs != ys, 3 in ys, 3 not in xs


@case(
    ([1, 2], [3]),
)
def list_add_in_place(
    xs: List[int], ys: List[int]
) -> Tuple[List[int], List[int]]:
    zs = xs
    xs += ys
    return xs, zs


@case(
    ([1, 2],),
)
def list_multiply_in_place(xs: List[int]) -> Tuple[List[int], List[int]]:
    zs = xs
    xs *= 2
    return xs, zs


@case(([1, 2, 3, 4],), ([],))
def list_slices(xs: List[int]) -> List[List[int]]:
    return [xs[1:], xs[:2], xs[1:3], xs[-2:], xs[::2], xs[:], xs[5:], xs[:-1]]


@case(
    ([1, 2, 3, 4],),
)
def list_slice_backwards(xs: List[int]) -> List[int]:
    return xs[::-1]


@case(
    ([1, 2, 3],),
)
def list_reversed(xs: List[int]) -> List[int]:
    out: List[int] = []
    for i in range(len(xs) - 1, -1, -1):
        out.append(xs[i])
    return out


@case(([1, 2, 3, 4], [7, 8]), ([], [1]))
def list_slice_store(xs: List[int], ys: List[int]) -> List[int]:
    for i, y in enumerate(ys):
        xs[i + 1] = y
    return xs


@case(([1, 2, 3, 4],), ([1],))
def list_slice_delete(xs: List[int]) -> List[int]:
    del xs[0]
    del xs[-1]
    return xs


@case(([1, 2, 3],), ([],))
def comprehensions(
    xs: List[int],
) -> Tuple[List[int], List[str], Dict[int, int], List[List[int]]]:
    return (
        [x * 2 for x in xs],
        [str(x) for x in xs],
        {x: x * x for x in xs},
        [[x] * x for x in xs],
    )


@case(([[1, 2], [3]],), ([],))
def comprehension_of_rows(
    rows: List[List[int]],
) -> Tuple[List[int], List[List[int]]]:
    return [len(r) for r in rows], [[x + 1 for x in r] for r in rows]


@case((3,), (0,))
def list_of_range(n: int) -> Tuple[List[int], List[int], int]:
    return list(range(n)), list(range(1, n)), n


@case(([2.5, -1.0],), ([0.0],))
def float_lists(
    xs: List[float],
) -> Tuple[List[float], bool, List[float], float]:
    return sorted(xs), 2.5 in xs, xs + [0.0], xs[0]


@case(([True, False],))
def bool_lists(xs: List[bool]) -> Tuple[List[bool], bool, int, List[bool]]:
    ys = sorted(xs)
    return ys, xs[0], len(xs), [not x for x in xs]


@case(([[1, 2], [0, 5], [1]],), ([],))
def sort_of_lists(xs: List[List[int]]) -> List[List[int]]:
    xs.sort()
    return xs


@case(([(2, "b"), (1, "z"), (2, "a")],), ([],))
def sort_of_tuples(
    xs: List[Tuple[int, str]],
) -> Tuple[List[Tuple[int, str]], List[Tuple[int, str]]]:
    ys = sorted(xs)
    xs.sort(reverse=True)
    return xs, ys


@case(([(2.0, 1), (1.0, 7)],))
def sort_of_float_tuples(
    xs: List[Tuple[float, int]],
) -> List[Tuple[float, int]]:
    xs.sort()
    return xs


@case(([3, 1, 2],), ([],))
def sort_reverse(xs: List[int]) -> Tuple[List[int], List[int]]:
    ys = xs.copy()
    ys.sort(reverse=True)
    xs.sort(reverse=False)
    return xs, ys


@case(([2.0, 3.5, -1.0],))
def sort_reverse_float(xs: List[float]) -> List[float]:
    xs.sort(reverse=True)
    return xs


@case(([torch.tensor(2.0), torch.tensor(1.0)],))
def sort_of_tensors(xs: List[Tensor]) -> List[Tensor]:
    xs.sort()
    return xs


@case(([3, 1, 2],))
def sorted_with_reverse(xs: List[int]) -> List[int]:
    ys = sorted(xs)
    ys.reverse()
    return ys


@case(([1, 2], [1, 3]), ([2], [1, 3]), ([], [1]), ([1, 2], [1, 2]))
def list_order(xs: List[int], ys: List[int]) -> List[List[int]]:
    return sorted([xs, ys])


@case(([T, T + 1],))
def tensor_lists(xs: List[Tensor]) -> Tuple[Tensor, Tensor, int, Tensor]:
    return torch.cat(xs), torch.stack(xs), len(xs), xs[0]


@case(([T, T + 1],))
def tensor_list_changes(xs: List[Tensor]) -> List[Tensor]:
    xs[0] = xs[1] * 2
    xs.append(xs[0])
    xs[2] += 1
    return xs


@case((2,), (0,))
def rows_of_lists(n: int) -> Tuple[List[List[int]], int]:
    grid = [[0] * n for i in range(n)]
    for i in range(n):
        grid[i][i] = 1
    row = [5]
    grid.append(row)
    row.append(6)
    return grid, len(grid[-1])


@case(
    (2,),
)
def repeated_row(n: int) -> List[List[int]]:
    grid = [[0, 0]] * n
    grid[0].append(5)
    return grid


@case((2,), (-1,))
def repeated_negative(n: int) -> List[int]:
    return [1, 2] * n


@case(({"a": 1, "b": 2, "c": 3},))
def dict_methods(
    d: Dict[str, int],
) -> Tuple[
    List[str], List[int], List[Tuple[str, int]], int, int, int, Dict[str, int]
]:
    e = d.copy()
    n = e.pop("b")
    m = e.setdefault("z", 26)
    k = e.get("q", -1)
    e.update({"a": 10, "y": 25})
    return list(d.keys()), list(d.values()), list(d.items()), n, m, k, e


@case(({"a": 1}, "a"), ({"a": 1}, "b"))
def dict_read(d: Dict[str, int], k: str) -> int:
    return d[k]


@case(({1: "x"}, 1), ({1: "x"}, 2))
def dict_read_int(d: Dict[int, str], k: int) -> str:
    return d[k]


@case(({1.5: "x"}, 1.5), ({1.5: "x"}, 2.0))
def dict_read_float(d: Dict[float, str], k: float) -> str:
    return d[k]


@case(({True: 1}, True), ({True: 1}, False))
def dict_read_bool(d: Dict[bool, int], k: bool) -> int:
    return d[k]


@case(({"a": 1}, "b"), ({"a": 1}, "a"))
def dict_pop_missing(d: Dict[str, int], k: str) -> int:
    return d.pop(k)


@case(({"a": 1}, "b"), ({"a": 1}, "a"))
def dict_pop_default(d: Dict[str, int], k: str) -> Tuple[int, Dict[str, int]]:
    return d.pop(k, 7), d


@case(({"a": 1}, "b"), ({"a": 1}, "a"))
def dict_del(d: Dict[str, int], k: str) -> Dict[str, int]:
    del d[k]
    return d


@case(({"a": 1, "b": 2},), ({},))
def dict_popitem(d: Dict[str, int]) -> Tuple[str, int]:
    return d.popitem()


@case(({"a": 1}, "b"), ({"a": 1}, "a"))
def dict_get(d: Dict[str, int], k: str) -> Optional[int]:
    return d.get(k)


@case(({"a": 1}, {"a": 1}), ({"a": 1}, {"a": 2}), ({}, {}))
def dict_equality(d: Dict[str, int], e: Dict[str, int]) -> Tuple[bool, bool]:
    same = len(d) == len(e)
    for k in d.keys():
        same = same and k in e and d[k] == e[k]
    return same, not same


@case(({"a": 1},), ({},))
def dict_contains(d: Dict[str, int]) -> Tuple[bool, bool, int]:
    return "a" in d, "a" not in d, len(d)


@case(([("a", 1), ("b", 2)],), ([],))
def dict_of_pairs(xs: List[Tuple[str, int]]) -> Dict[str, int]:
    return dict(xs)


@case(({"a": 1},))
def dict_of_dict(d: Dict[str, int]) -> Dict[str, int]:
    e = dict(d)
    e["b"] = 2
    return e


@case(
    (1,),
)
def dict_constructors(
    n: int,
) -> Tuple[Dict[str, int], Dict[str, int], Dict[str, Tensor]]:
    a: Dict[str, int] = dict()
    b = dict([("x", n)])
    c = {}
    return a, b, c


@case((3,), (0,))
def dict_nested(n: int) -> Dict[str, Dict[int, List[int]]]:
    d: Dict[str, Dict[int, List[int]]] = {}
    for i in range(n):
        k = "even" if i % 2 == 0 else "odd"
        if k not in d:
            d[k] = torch.jit.annotate(Dict[int, List[int]], {})
        d[k][i] = [i] * i
    return d


@case(({"a": T, "b": T + 1},))
def dict_of_tensors(d: Dict[str, Tensor]) -> Dict[str, Tensor]:
    d["c"] = d["a"] + d["b"]
    d["a"] = d["c"]
    return d


@case(({"a": 1, "b": 2},))
def dict_changes_while_iterated(d: Dict[str, int]) -> Dict[str, int]:
    for k in d.keys():
        d[k + "x"] = d[k]
    return d


@case(({"a": [1]},))
def dict_of_lists(d: Dict[str, List[int]]) -> Dict[str, List[int]]:
    d["a"].append(2)
    x = d["a"]
    d["b"] = x
    x.append(3)
    return d


@case(({"b": 1, "a": 2},))
def dict_order(d: Dict[str, int]) -> List[str]:
    d["c"] = 3
    del d["b"]
    d["b"] = 4
    d["a"] = 5
    return list(d.keys())


@case(({"b": 1, "a": 2},))
def sorted_keys(d: Dict[str, int]) -> List[str]:
    ks = list(d.keys())
    ks.sort()
    return ks


@case(((1, "a"), (1, 2)), ((0, "a"), (2, 1)))
def tuple_operations(
    t: Tuple[int, str], u: Tuple[int, int]
) -> Tuple[int, str, bool, bool, Tuple[int, Tuple[int, str]]]:
    return t[0], t[-1], u == (1, 2), u != u, (1, t)


@case(((1, 2, 3, 4),))
def tuple_slices(
    t: Tuple[int, int, int, int],
) -> Tuple[Tuple[int, int, int], Tuple[int, int], int]:
    return t[1:], t[:2], len(t)


@case(((1, 2), (3, "x")))
def tuple_addition(
    t: Tuple[int, int], u: Tuple[int, str]
) -> Tuple[int, int, int, str]:
    return t + u


@case(
    ((1, 2),),
)
def tuple_of_empty(t: Tuple[int, int]) -> Tuple[()]:
    return ()


@case(((1, 2), 1), ((1, 2), 5))
def tuple_contains(t: Tuple[int, int], x: int) -> bool:
    return x in t


@case(
    ((1, 2), (1, 3)),
)
def tuple_order(
    a: Tuple[int, int], b: Tuple[int, int]
) -> List[Tuple[int, int]]:
    return sorted([b, a])


@case(([(1, "a"), (2, "b")],), ([],))
def list_of_tuples(xs: List[Tuple[int, str]]) -> Tuple[List[int], List[str]]:
    return [x[0] for x in xs], [y for _, y in xs]


@case(
    (torch.tensor([[1, 2], [3, 4]]),), (torch.zeros(0, 2, dtype=torch.int64),)
)
def tolist_int(x: Tensor) -> List[List[int]]:
    y: List[List[int]] = x.tolist()
    return y


@case((torch.tensor([1.5, 2.0]),))
def tolist_float(x: Tensor) -> List[float]:
    y: List[float] = x.tolist()
    return y


@case((torch.tensor([True, False]),))
def tolist_bool(x: Tensor) -> List[bool]:
    y: List[bool] = x.tolist()
    return y


@case((torch.tensor(3),))
def tolist_scalar(x: Tensor) -> int:
    y: int = x.tolist()
    return y


@case((torch.tensor([1.5]),), (torch.tensor([[1]]),))
def tolist_wrong(x: Tensor) -> List[int]:
    y: List[int] = x.tolist()
    return y


@case(([1, 2, 3],))
def list_to_tensor(xs: List[int]) -> Tuple[Tensor, Tensor, Tensor]:
    return (
        torch.tensor(xs),
        torch.tensor(xs, dtype=torch.float64),
        torch.tensor([xs, xs]),
    )


@case(([1.0, 2.0],), ([],))
def floats_to_tensor(xs: List[float]) -> Tensor:
    return torch.tensor(xs)


@case(([[1], [2, 3]],))
def ragged_to_tensor(xs: List[List[int]]) -> Tensor:
    return torch.tensor(xs)


@case((3,), (0,))
def matrix_product(n: int) -> List[List[int]]:
    a = [[i + j for j in range(n)] for i in range(n)]
    b = [[i * j for j in range(n)] for i in range(n)]
    c: List[List[int]] = []
    for i in range(n):
        row: List[int] = []
        for j in range(n):
            s = 0
            for k in range(n):
                s += a[i][k] * b[k][j]
            row.append(s)
        c.append(row)
    return c


@case(
    ([1, 2, 3], [4, 5]),
)
def two_lists_one_dict(xs: List[int], ys: List[int]) -> Dict[str, List[int]]:
    d = {"x": xs, "y": ys}
    d["x"].append(9)
    return d


@case(([1, 2],))
def returns_its_argument(xs: List[int]) -> Tuple[List[int], List[int]]:
    return xs, xs


@case(([1, 2],), ([],))
def first_or_none(xs: List[int]) -> Optional[int]:
    return xs[0] if len(xs) > 0 else None


@case(([None, 1, None],), ([],))
def list_of_optionals(
    xs: List[Optional[int]],
) -> Tuple[int, List[Optional[int]]]:
    n = 0
    for x in xs:
        if x is not None:
            n += x
    xs.append(None)
    xs.append(n)
    return n, xs


@case(({"a": None, "b": 2},))
def dict_of_optionals(d: Dict[str, Optional[int]]) -> Dict[str, Optional[int]]:
    for k in d.keys():
        if d[k] is None:
            d[k] = 0
    d["z"] = None
    return d


@case(([[1, 2], [3]], [[1, 2], [3]]), ([[1]], [[2]]))
def nested_equality(
    a: List[List[int]], b: List[List[int]]
) -> Tuple[bool, bool]:
    return a[0] == b[0], len(a) != len(b)


@case(
    (["a", "b"], ["a", "b"]),
)
def string_list_equality(a: List[str], b: List[str]) -> Tuple[bool, bool]:
    return a == b, a != b


@case(
    ([1, 2, 2],),
)
def counter(xs: List[int]) -> Dict[int, int]:
    d: Dict[int, int] = {}
    for x in xs:
        d[x] = d.get(x, 0) + 1
    return d


@case((4,), (0,))
def memo(n: int) -> List[int]:
    cache: Dict[int, int] = {0: 0, 1: 1}
    for i in range(2, n + 1):
        cache[i] = cache[i - 1] + cache[i - 2]
    return [cache[i] for i in range(n)]


@case(([1, 2, 3],))
def unpack_in_call(xs: List[int]) -> int:
    a, b, c = xs
    return a * 100 + b * 10 + c


@case((T,))
def star_call(x: Tensor) -> Tensor:
    dims = (1, 0)
    return x.permute(*dims)


@case(
    (torch.tensor(1), torch.tensor(1)),
)
def dict_tensor_keys(a: Tensor, b: Tensor) -> Tuple[int, bool, bool]:
    d: Dict[Tensor, int] = {}
    d[a] = 1
    d[b] = 2
    return len(d), a in d, (a + 0) in d


@case(
    (1 + 1j,),
)
def dict_complex_keys(z: complex) -> Dict[complex, int]:
    d: Dict[complex, int] = {1 + 1j: 3}
    d[z * 2] = d[z]
    return d


@case(
    ("cpu",),
)
def dict_device_keys(s: str) -> int:
    a = torch.device(s)
    return int(a == torch.device("cpu")) + int(a != torch.device("cpu")) * 10


@case(([3, 1],))
def index_expressions(xs: List[int]) -> List[int]:
    xs[0] += 1
    xs[-1] -= 1
    xs[xs[1]] *= 2
    return xs


@case(([1], [2]))
def is_of_lists(a: List[int], b: List[int]) -> Tuple[bool, bool, bool]:
    c = a
    return a is b, a is c, a is not b


@case(([[3, 1], [2]],))
def sort_inner(xs: List[List[int]]) -> List[List[int]]:
    for x in xs:
        x.sort()
    return xs


@case(([3, 1], 1), ([5], 0))
def is_of_changed_lists(xs: List[int], n: int) -> Tuple[bool, bool, bool, int]:
    ys = xs
    zs = xs[:]
    if n > 0:
        del xs[0]
    ys.append(9)
    d = {"a": n}
    e = d
    e["b"] = 2
    return ys is xs, zs is xs, d is e, len(zs)


@case((1,))
def sort_of_unordered(n: int) -> List[Tuple[float, List[int]]]:
    xs = [(0.5, [n]), (0.25, [2])]
    xs.sort()
    return xs


@case(([1, 2], 2), ([1], 5))
def element_for_nobody(xs: List[int], n: int) -> List[int]:
    ys = [xs[0], n, xs[1]]
    return ys[:2]
