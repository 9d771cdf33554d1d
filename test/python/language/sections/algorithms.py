"""Small algorithms over all of the language."""

import math
from dataclasses import dataclass, field
from enum import Enum
from typing import Dict, List, NamedTuple, Optional, Tuple

import torch
from torch import Tensor

from .case import case

T = torch.arange(6.0).reshape(2, 3)


@torch.jit.script
class Vec:
    def __init__(self, x: float, y: float):
        self.x = x
        self.y = y

    def __add__(self, o: "Vec") -> "Vec":
        return Vec(self.x + o.x, self.y + o.y)

    def __mul__(self, k: float) -> "Vec":
        return Vec(self.x * k, self.y * k)

    def __eq__(self, o: "Vec") -> bool:
        return self.x == o.x and self.y == o.y

    def __neg__(self) -> "Vec":
        return Vec(-self.x, -self.y)

    def dot(self, o: "Vec") -> float:
        return self.x * o.x + self.y * o.y

    @property
    def norm(self) -> float:
        return math.sqrt(self.dot(self))


@case((3.0, 4.0), (0.0, -1.0))
def vec_norm(a: float, b: float) -> Tuple[float, float, bool]:
    v = Vec(a, b)
    w = (v + v) * 0.5
    return w.norm, (-v).x, v == w


@case((3,), (0,))
def vec_sum(n: int) -> Vec:
    total = Vec(0.0, 0.0)
    for i in range(n):
        total = total + Vec(float(i), 1.0)
    return total


@case(([Vec(1.0, 2.0), Vec(3.0, 4.0)],), ([],))
def vecs_argument(vs: List[Vec]) -> List[Vec]:
    return [v * 2.0 for v in vs]


@case(({"a": Vec(1.0, 2.0)}, "a"), ({"a": Vec(1.0, 2.0)}, "b"))
def vec_dict_argument(d: Dict[str, Vec], k: str) -> Optional[Vec]:
    if k in d:
        return d[k]
    return None


@case((Vec(1.0, 2.0), (Vec(0.0, 1.0), 2)))
def vec_tuple_argument(
    v: Vec, t: Tuple[Vec, int]
) -> Tuple[Vec, Tuple[Vec, int]]:
    v.x += 10.0
    return v, t


class Rec(NamedTuple):
    v: int
    w: List[str]


@case((Rec(1, ["a"]),))
def named_tuple_with_list(r: Rec) -> Tuple[Rec, int]:
    r.w.append("b")
    return r, len(r.w)


@torch.jit.script
class Registry:
    def __init__(self):
        self.names: List[str] = []
        self.by: Dict[str, int] = {}
        self.hook = torch.jit.annotate(Optional[str], None)

    def add(self, name: str) -> int:
        if name in self.by:
            raise KeyError("duplicate " + name)
        self.by[name] = len(self.names)
        self.names.append(name)
        h = self.hook
        if h is not None:
            print(h, name)
        return self.by[name]


@case((["a", "b"], None), (["a", "a"], None), (["x"], "hook"))
def registry(
    names: List[str], hook: Optional[str]
) -> Tuple[List[str], Dict[str, int]]:
    r = Registry()
    r.hook = hook
    for n in names:
        r.add(n)
    return r.names, r.by


@torch.jit.script
class Grid:
    def __init__(self, rows: int, cols: int):
        self.cells = [[0] * cols for i in range(rows)]
        self.rows = rows
        self.cols = cols

    def set(self, r: int, c: int, v: int) -> None:
        self.cells[r][c] = v

    def neighbours(self, r: int, c: int) -> int:
        n = 0
        for dr in range(-1, 2):
            for dc in range(-1, 2):
                if dr == 0 and dc == 0:
                    continue
                rr, cc = r + dr, c + dc
                if 0 <= rr < self.rows and 0 <= cc < self.cols:
                    n += self.cells[rr][cc]
        return n

    def step(self) -> "Grid":
        g = Grid(self.rows, self.cols)
        for r in range(self.rows):
            for c in range(self.cols):
                k = self.neighbours(r, c)
                if k == 3 or (k == 2 and self.cells[r][c] == 1):
                    g.set(r, c, 1)
        return g


@case((4,), (0,))
def life(n: int) -> List[List[int]]:
    g = Grid(5, 5)
    for c in range(1, 4):
        g.set(2, c, 1)
    for i in range(n):
        g = g.step()
    return g.cells


class Op(Enum):
    ADD = "+"
    MUL = "*"


@case(([Op.ADD, Op.MUL], [2, 3]), ([], []))
def enum_program(ops: List[Op], xs: List[int]) -> Tuple[int, List[str]]:
    acc = 1
    names: List[str] = []
    for op, x in zip(ops, xs):
        if op == Op.ADD:
            acc += x
        elif op == Op.MUL:
            acc *= x
        names.append(op.name + op.value)
    return acc, names


@case((1,), (2,), (7,))
def dispatch_table(n: int) -> str:
    table = {1: "one", 2: "two"}
    return table[n] if n in table else "many"


@case((T,), (torch.zeros(0, 3),))
def rows_as_dict(x: Tensor) -> Dict[int, Tensor]:
    out: Dict[int, Tensor] = {}
    for i, r in enumerate(x):
        out[i] = r.sum()
    return out


@case((T, 1), (T, 0), (T, 5))
def tensor_state_machine(x: Tensor, n: int) -> Tuple[Tensor, int]:
    steps = 0
    while bool((x.abs() > 1).any()) and steps < n:
        x = torch.where(x > 1, x / 2, x)
        steps += 1
    return x, steps


@case((4,), (1,), (0,))
def hanoi_iterative(n: int) -> int:
    stack: List[Tuple[int, str, str, str]] = [(n, "A", "B", "C")]
    moves = 0
    while len(stack) > 0:
        k, a, b, c = stack.pop()
        if k == 1:
            moves += 1
        elif k > 1:
            stack.append((k - 1, b, a, c))
            stack.append((1, a, b, c))
            stack.append((k - 1, a, c, b))
    return moves


@case(("{[()]}",), ("{[(])}",), ("",), ("(((",))
def brackets(s: str) -> bool:
    pairs = {")": "(", "]": "[", "}": "{"}
    stack: List[str] = []
    for c in s:
        if c in pairs:
            if len(stack) == 0 or stack.pop() != pairs[c]:
                return False
        else:
            stack.append(c)
    return len(stack) == 0


@case((12, 18), (7, 0), (0, 0))
def gcd_loop(a: int, b: int) -> Tuple[int, int]:
    x, y = a, b
    while y != 0:
        x, y = y, x % y
    return x, (a * b) // x if x != 0 else 0


@case(({0: [1, 2], 1: [3], 2: [3], 3: []}, 0), ({0: []}, 0))
def breadth_first(graph: Dict[int, List[int]], start: int) -> List[int]:
    seen: Dict[int, bool] = {start: True}
    queue = [start]
    order: List[int] = []
    while len(queue) > 0:
        node = queue.pop(0)
        order.append(node)
        for other in graph[node]:
            if other not in seen:
                seen[other] = True
                queue.append(other)
    return order


@case(([3, 1, 2],), ([],), ([5, 5, 1, 1, 9, -3],))
def quick_sort(xs: List[int]) -> List[int]:
    stack: List[Tuple[int, int]] = [(0, len(xs) - 1)]
    while len(stack) > 0:
        lo, hi = stack.pop()
        if lo >= hi:
            continue
        p = xs[(lo + hi) // 2]
        i, j = lo, hi
        while i <= j:
            while xs[i] < p:
                i += 1
            while xs[j] > p:
                j -= 1
            if i <= j:
                xs[i], xs[j] = xs[j], xs[i]
                i += 1
                j -= 1
        stack.append((lo, j))
        stack.append((i, hi))
    return xs


@case(("kitten", "sitting"), ("", "abc"))
def edit_distance(a: str, b: str) -> int:
    prev = [j for j in range(len(b) + 1)]
    for i in range(len(a)):
        cur = [i + 1]
        for j in range(len(b)):
            cost = 0 if a[i] == b[j] else 1
            cur.append(min(min(cur[j] + 1, prev[j + 1] + 1), prev[j] + cost))
        prev = cur
    return prev[-1]


@case((T, 2.0), (T, 0.0))
def early_raise_in_helper(x: Tensor, k: float) -> Tensor:
    return scale_checked(x, k) + 1


def scale_checked(x: Tensor, k: float) -> Tensor:
    if k == 0.0:
        raise ValueError("scale is {} for {} elements".format(k, x.numel()))
    return x / k


@case((3, "x"), (0, ""))
def mixed_outputs(
    n: int, s: str
) -> Tuple[List[str], Dict[str, int], Optional[str], Tuple[int, float]]:
    xs = [s + str(i) for i in range(n)]
    d = torch.jit.annotate(Dict[str, int], {})
    for i, x in enumerate(xs):
        d[x] = i
    return xs, d, s if len(s) > 0 else None, (n, n / 2)


@case((5,), (0,))
def list_of_dicts(n: int) -> List[Dict[str, int]]:
    out: List[Dict[str, int]] = []
    for i in range(n):
        out.append({"i": i, "sq": i * i})
    return out


@case(
    (3,),
)
def print_many(n: int) -> None:
    for i in range(n):
        print(i, end_text(i), [i] * i, {"k": i}, (i, i * 0.5), i > 1, None)


def end_text(i: int) -> str:
    return "<" + str(i) + ">"


@case((T,))
def shape_arith(x: Tensor) -> Tuple[int, List[int], Tensor]:
    b, c = x.size(0), x.size(1)
    shape = [b * c, 1]
    return b * c, shape, x.reshape(shape)


@case((T, [1, 0]), (T, [0, 1]))
def permute_by_list(x: Tensor, dims: List[int]) -> Tensor:
    return x.permute(dims).contiguous()


@case(([T, T * 2], 0), ([T, T * 2], 1), ([T], -1))
def stack_dim(xs: List[Tensor], d: int) -> Tensor:
    return torch.stack(xs, d)


@case((T, True), (T, False))
def optional_output(
    x: Tensor, flag: bool
) -> Tuple[Optional[Tensor], Optional[int]]:
    if flag:
        return x * 2, 1
    return None, None


@case(("3.5",), ("abc",), ("1e400",))
def parse_float(s: str) -> float:
    return float(s) * 2


@case((10, 3), (10, 0))
def safe_div(a: int, b: int) -> Tuple[int, int, str]:
    assert b != 0, "division of {} by zero".format(a)
    return a // b, a % b, f"{a}/{b}"


@torch.jit.script
@dataclass
class Config:
    lr: float
    steps: int = 10
    name: str = "sgd"


@case((0.5,), (2.0,))
def dataclass_config(lr: float) -> Tuple[float, int, str]:
    c = Config(lr)
    d = Config(lr, name="adam", steps=3)
    d.lr += c.lr
    return d.lr, c.steps + d.steps, c.name + d.name


@case((3,))
def inner_functions(n: int) -> int:
    return compose_a(compose_b(n)) - compose_b(compose_a(n))


def compose_a(n: int) -> int:
    return n * 2


def compose_b(n: int, k: int = 3) -> int:
    return n + k


@case((True, 1), (False, 1))
def bool_arith(b: bool, n: int) -> Tuple[int, float, bool, bool]:
    return int(b) + n, float(b) * 2.5, b != (n > 0), not b


@case((-7, 2), (7, -2))
def floor_vs_trunc(a: int, b: int) -> Tuple[int, int, int, float]:
    return a // b, int(a / b), a % b, math.fmod(a, b)


@case((T, 1, 2), (T, 0, -1))
def dynamic_slice(x: Tensor, a: int, b: int) -> Tensor:
    return x[:, a:b]


@case((T.clone(),))
def aliasing_rows(x: Tensor) -> Tuple[Tensor, Tensor]:
    row = x[0]
    row += 10
    y = x.t()
    y[0] = 0
    return x, row


@case((T.clone(), 3), (T.clone(), 0))
def accumulate_in_place(x: Tensor, n: int) -> Tensor:
    acc = torch.zeros_like(x)
    for i in range(n):
        acc.add_(x, alpha=i)
        acc[0, 0] -= 1
    return acc


@case((["a=1", "b=2"],), (["x"],), ([],))
def parse_kv(items: List[str]) -> Dict[str, int]:
    out: Dict[str, int] = {}
    for item in items:
        parts = item.split("=")
        if len(parts) != 2:
            raise ValueError("bad item " + item)
        out[parts[0]] = int(parts[1])
    return out


@case(
    (2**31, 2**32),
)
def large_ints(a: int, b: int) -> Tuple[int, int, float]:
    return a * b, a * b * 4, float(a) * b


@case((5,), (1,))
def pascal(n: int) -> List[List[int]]:
    rows: List[List[int]] = [[1]]
    for i in range(1, n):
        last = rows[-1]
        row = [1]
        for j in range(len(last) - 1):
            row.append(last[j] + last[j + 1])
        row.append(1)
        rows.append(row)
    return rows


@case((torch.tensor([3, 1, 2]),), (torch.tensor([], dtype=torch.int64),))
def tensor_to_python(x: Tensor) -> Tuple[List[int], int]:
    xs: List[int] = x.tolist()
    xs.sort()
    total = 0
    for i in range(x.numel()):
        total = total * 10 + int(x[i])
    return xs, total


@case((1.0, 2.0), (float("nan"), 1.0))
def float_compare(a: float, b: float) -> List[bool]:
    return [a < b, a > b, a == b, a != a, min(a, b) == a, max(a, b) == b]
