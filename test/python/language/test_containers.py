"""Lists, dicts and tuples that are known only when the program runs."""
from typing import Any, Dict, List, Optional, Tuple

import pytest
import torch
from agreement import check


def nested(n: int) -> List[List[int]]:
    rows: List[List[int]] = []
    for i in range(n):
        row: List[int] = []
        for j in range(i):
            row.append(i * j)
        rows.append(row)
    return rows


def several_names(n: int, k: int) -> Tuple[List[List[int]], List[int]]:
    row = [n]
    grid: List[List[int]] = []
    for i in range(k):
        grid.append(row)
    if k > 0:
        grid[0].append(7)
    row[0] = -1
    return grid, row


def in_a_tuple(k: int) -> List[Tuple[List[int], int]]:
    row = [k]
    pairs: List[Tuple[List[int], int]] = []
    for i in range(k):
        pairs.append((row, i))
    row.append(9)
    if k > 1:
        pairs[0][0][0] = 5
    return pairs


def in_a_dict(k: int) -> Dict[int, List[int]]:
    row = [k]
    d: Dict[int, List[int]] = {}
    for i in range(k):
        d[i] = row
    row.append(1)
    if k > 0:
        d[0].append(2)
    return d


def any_length(values: List[int]) -> int:
    total = 0
    for v in values:
        total += v
    return total


def sorts(values: List[float]) -> Tuple[List[float], List[float]]:
    copy = values[:]
    copy.sort()
    values.sort(reverse=True)
    return copy, values


def sorts_words(words: List[str]) -> List[str]:
    return sorted(words)


def comprehension(values: List[int], n: int) -> List[int]:
    return [v * v + n for v in values]


def takes_out(values: List[int], i: int) -> Tuple[int, List[int]]:
    v = values.pop(i)
    values.insert(0, v)
    del values[-1]
    return v, values


def searches(values: List[int], v: int) -> Tuple[bool, int, int]:
    return v in values, values.count(v), values.index(v)


def joins_lists(a: List[int], b: List[int], n: int) -> List[int]:
    c = a + b * n
    c.extend(a)
    c += b
    c.reverse()
    return c


def reduces(values: List[float]) -> Tuple[float, float, float]:
    return sum(values), min(values), max(values)


def compares(a: List[int], b: List[int]) -> Tuple[bool, bool]:
    return a == b, a != b


def slices(values: List[int], i: int, j: int, k: int) -> List[int]:
    return values[i:j:k]


def zips(a: List[int], b: List[str]) -> List[Tuple[int, str]]:
    out: List[Tuple[int, str]] = []
    for x, y in zip(a, b):
        out.append((x, y))
    for i, y in enumerate(b):
        out.append((i, y))
    return out


def looks_up(d: Dict[str, int], key: str) -> int:
    return d[key]


def changes(d: Dict[str, int], key: str) -> Tuple[Dict[str, int], int, bool]:
    d[key] = len(d)
    n = d.pop(key)
    d["new"] = n
    return d, len(d), key in d


def walks(d: Dict[str, float]) -> Tuple[List[str], List[float], float]:
    total = 0.0
    for k, v in d.items():
        total += v
    return list(d.keys()), list(d.values()), total


def int_keys(n: int) -> Dict[int, str]:
    d: Dict[int, str] = {}
    for i in range(n):
        d[i * i] = str(i)
    return d


def optional_items(n: int) -> List[Optional[int]]:
    out: List[Optional[int]] = []
    for i in range(n):
        if i % 2 == 0:
            out.append(i)
        else:
            out.append(None)
    return out


def tuples(n: int) -> List[Tuple[int, str, float]]:
    out: List[Tuple[int, str, float]] = []
    for i in range(n):
        out.append((i, str(i), i / 2))
    return out


def unpacks(pairs: List[Tuple[int, str]]) -> str:
    s = ""
    for n, t in pairs:
        s += t * 1 if False else t + str(n)
    return s


def unpacks_list(values: List[int]) -> int:
    a, b = values
    return a - b


def tensors(x: torch.Tensor, n: int) -> List[torch.Tensor]:
    out: List[torch.Tensor] = []
    for i in range(n):
        out.append(x + i)
    return out


def stacks(x: torch.Tensor, n: int) -> torch.Tensor:
    out: List[torch.Tensor] = []
    for i in range(n):
        out.append(x * i)
    return torch.stack(out)


def dict_of_tensors(x: torch.Tensor, names: List[str]) -> torch.Tensor:
    d: Dict[str, torch.Tensor] = {}
    for name in names:
        d[name] = x * len(name)
    total = torch.zeros_like(x)
    for k, v in d.items():
        total = total + v
    if "a" in d:
        total = total + d["a"]
    return total


def of_numbers(values: List[int]) -> torch.Tensor:
    return torch.tensor(values) + 1


def empty(n: int) -> Tuple[List[int], Dict[str, int]]:
    a: List[int] = []
    d: Dict[str, int] = {}
    for i in range(n):
        a.append(i)
        d[str(i)] = i
    if n > 2:
        a.clear()
        d.clear()
    return a, d


def out_of_range(values: List[int], i: int) -> int:
    return values[i]


def anything(n: int) -> List[Any]:
    out: List[Any] = []
    for i in range(n):
        out.append(i)
        out.append(str(i))
        out.append(i / 2)
    return out


CASES = {
    nested: [(3,), (0,), (5,)],
    several_names: [(3, 2), (1, 0), (4, 5)],
    in_a_tuple: [(2,), (0,), (4,)],
    in_a_dict: [(2,), (0,)],
    any_length: [([1, 2, 3],), ([],), ([5],)],
    sorts: [([2.0, 1.0, 3.0],), ([],), ([float("inf"), -1.0],)],
    sorts_words: [(["b", "a"],), ([],), (["x", "X", ""],)],
    comprehension: [([1, 2, 3, 4], 0), ([], 1)],
    takes_out: [([1, 2, 3], 1), ([4], -1), ([1], 3)],
    searches: [([1, 2, 1], 1), ([3], 3), ([3], 4)],
    joins_lists: [([1], [2, 3], 2), ([], [], 0)],
    reduces: [([1.5, -2.0],), ([0.0],), ([],)],
    compares: [([1, 2], [1, 2]), ([], [1])],
    slices: [([1, 2, 3, 4, 5], 1, 4, 2), ([1, 2], -1, 9, 1), ([], 0, 1, 1)],
    zips: [([1, 2], ["a", "b"]), ([], []), ([1, 2, 3], ["c"])],
    looks_up: [({"a": 1}, "a"), ({"b": 2, "c": 3}, "c"), ({}, "x")],
    changes: [({"a": 1}, "k"), ({}, "new")],
    walks: [({"a": 1.0, "b": 2.0},), ({},)],
    int_keys: [(3,), (0,)],
    optional_items: [(3,), (0,)],
    tuples: [(2,), (0,)],
    unpacks: [([(1, "a"), (2, "b")],), ([],)],
    unpacks_list: [([1, 2],), ([3],)],
    tensors: [(torch.ones(2, 3), 2), (torch.zeros(1, 3), 0)],
    stacks: [(torch.ones(2), 3), (torch.ones(2), 0)],
    dict_of_tensors: [(torch.ones(2), ["a", "bcd"]), (torch.ones(2), [])],
    of_numbers: [([1, 2],), ([],), ([4, 5, 6],)],
    empty: [(2,), (3,), (0,)],
    out_of_range: [([1, 2], 1), ([1], -1), ([1], 4)],
    anything: [(2,), (0,)],
}


@pytest.mark.parametrize("function", CASES, ids=lambda f: f.__name__)
def test_containers(function):
    check(function, *CASES[function])
