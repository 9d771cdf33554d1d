"""Script classes: magic methods, properties, sorting, `with`."""

from dataclasses import dataclass
from typing import Any, Dict, List, Optional, Tuple

import torch
from torch import Tensor

from .case import case

T = torch.arange(6.0).reshape(2, 3)


@torch.jit.script
class Acc:
    scale: int

    def __init__(self, k: int):
        self.k = k
        self.scale = 2
        self.log: List[int] = []

    def add(self, n: int) -> int:
        self.k += n * self.scale
        self.log.append(self.k)
        return self.k

    @property
    def twice(self) -> int:
        return self.k * 2

    @twice.setter
    def twice(self, v: int):
        self.k = v // 2

    @staticmethod
    def helper(a: int, b: int = 3) -> int:
        return a * b

    def __len__(self) -> int:
        return len(self.log)

    def __add__(self, other: "Acc") -> "Acc":
        return Acc(self.k + other.k)

    def __sub__(self, other: int) -> int:
        return self.k - other

    def __mul__(self, other: int) -> "Acc":
        return Acc(self.k * other)

    def __eq__(self, other: "Acc") -> bool:
        return self.k == other.k

    def __ne__(self, other: "Acc") -> bool:
        return self.k != other.k

    def __lt__(self, other: "Acc") -> bool:
        return self.k < other.k

    def __le__(self, other: "Acc") -> bool:
        return self.k <= other.k

    def __gt__(self, other: "Acc") -> bool:
        return self.k > other.k

    def __ge__(self, other: "Acc") -> bool:
        return self.k >= other.k

    def __contains__(self, n: int) -> bool:
        return n in self.log

    def __getitem__(self, i: int) -> int:
        return self.log[i]

    def __setitem__(self, i: int, v: int) -> None:
        self.log[i] = v

    def __call__(self, n: int) -> int:
        return self.k * n

    def __str__(self) -> str:
        return "Acc(" + str(self.k) + ")"

    def __neg__(self) -> int:
        return -self.k

    def __bool__(self) -> bool:
        return self.k > 0

    def __int__(self) -> int:
        return self.k

    def __float__(self) -> float:
        return self.k + 0.5


@torch.jit.script
class Row:
    def __init__(self, name: str, n: int):
        self.name = name
        self.n = n

    def __lt__(self, other: "Row") -> bool:
        return self.n < other.n


@case((1,), (5,))
def methods(n: int) -> Tuple[int, int, List[int]]:
    a = Acc(n)
    return a.add(2), a.add(3), a.log


@case((1,), (5,))
def property_and_setter(n: int) -> Tuple[int, int]:
    a = Acc(n)
    x = a.twice
    a.twice = 50
    return x, a.k


@case(
    (4,),
)
def static_method(n: int) -> Tuple[int, int]:
    return Acc.helper(n), Acc.helper(n, 10)


@case(
    (4,),
)
def static_method_of_object(n: int) -> int:
    return Acc.helper(n, b=Acc(n).k)


@case(
    (4,),
)
def magic_arithmetic(n: int) -> Tuple[int, int, int, int]:
    a, b = Acc(n), Acc(2)
    return (a + b).k, a - 1, (a * 3).k, -a


@case((1,), (2,), (3,))
def magic_comparison(n: int) -> List[bool]:
    a, b = Acc(n), Acc(2)
    return [a == b, a != b, a < b, a <= b, a > b, a >= b]


@case(
    (4,),
)
def magic_container(n: int) -> Tuple[int, bool, bool, int, int]:
    a = Acc(n)
    a.add(1)
    a.add(2)
    a[0] = 77
    return len(a), 77 in a, 5 not in a, a[1], a[0]


@case((4,), (0,))
def magic_conversion(n: int) -> Tuple[str, int, bool, int, float]:
    a = Acc(n)
    return str(a), a(3), bool(a), int(a), float(a)


@case((4,), (-1,))
def magic_bool_condition(n: int) -> int:
    a = Acc(n)
    if a:
        return 1
    return 0


@case(
    (4,),
)
def magic_print(n: int) -> int:
    a = Acc(n)
    print(str(a), a.k)
    return a.k


@case((3,), (0,))
def sort_objects(n: int) -> List[str]:
    rows = [Row(str(i), (i * 7) % 5) for i in range(n)]
    rows.sort()
    return [r.name for r in rows]


@case((6,), (1,))
def sorted_objects(n: int) -> Tuple[List[str], List[str]]:
    rows = [Row(str(i), (i * 7) % 5) for i in range(n)]
    ordered = sorted(rows)
    return [r.name for r in ordered], [r.name for r in rows]


@case((6,), (2,))
def sort_objects_reverse(n: int) -> List[str]:
    rows = [Row(str(i), (i * 7) % 5) for i in range(n)]
    rows.sort(reverse=True)
    return [r.name for r in rows]


@case(
    (3,),
)
def object_as_argument(n: int) -> int:
    a = Acc(n)
    bump(a, 5)
    return a.k


def bump(a: Acc, n: int) -> None:
    a.add(n)
    a.k += 1


@torch.jit.script
class Node:
    def __init__(self, value: int):
        self.value = value
        self.next = torch.jit.annotate(Optional[int], None)


@torch.jit.script
class Stack:
    def __init__(self):
        self.items: List[int] = []

    def push(self, x: int) -> "Stack":
        self.items.append(x)
        return self

    def pop(self) -> int:
        if len(self.items) == 0:
            raise IndexError("pop from empty stack")
        return self.items.pop()

    def peek(self) -> Optional[int]:
        return self.items[-1] if len(self.items) > 0 else None


@case((3,), (0,))
def stack(n: int) -> Tuple[int, Optional[int]]:
    s = Stack()
    for i in range(n):
        s.push(i).push(i * 10)
    return s.pop(), s.peek()


@torch.jit.script
class Matrix:
    def __init__(self, x: Tensor):
        self.x = x

    def times(self, other: "Matrix") -> "Matrix":
        return Matrix(torch.matmul(self.x, other.x))

    def __getitem__(self, i: int) -> Tensor:
        return self.x[i]

    @property
    def shape(self) -> List[int]:
        return self.x.shape


@case((T,))
def matrix_class(x: Tensor) -> Tuple[Tensor, Tensor, List[int]]:
    m = Matrix(x)
    n = m.times(Matrix(x.t()))
    return n.x, n[0], m.shape


@torch.jit.script
@dataclass
class Seg:
    lo: int
    hi: int = 3


@case((1,), (3,))
def data_class(a: int) -> Tuple[int, bool, bool]:
    s = Seg(a)
    t = Seg(a, hi=10)
    return s.hi - s.lo + t.hi, s == Seg(1, 3), s == t


@torch.jit.script
@dataclass(order=True)
class Ver:
    major: int
    minor: int


@case((1, 2), (2, 0), (1, 5))
def ordered_data_class(a: int, b: int) -> List[bool]:
    v, w = Ver(a, b), Ver(1, 2)
    return [v < w, v <= w, v > w, v >= w, v == w]


@torch.jit.script
class Defaults:
    def __init__(self, a: int = 1, b: str = "x"):
        self.a = a
        self.b = b

    def show(self, sep: str = "-") -> str:
        return str(self.a) + sep + self.b


@case(
    (3,),
)
def class_defaults(n: int) -> List[str]:
    return [
        Defaults().show(),
        Defaults(n).show("+"),
        Defaults(b="y").show(sep="="),
        Defaults(n, "z").show(),
    ]


@torch.jit.script
class Tree:
    def __init__(self, n: int):
        self.keys: List[int] = []
        self.left: List[int] = []
        self.right: List[int] = []
        self.add(n)

    def add(self, n: int) -> int:
        self.keys.append(n)
        self.left.append(-1)
        self.right.append(-1)
        return len(self.keys) - 1

    def insert(self, n: int) -> None:
        i = 0
        while True:
            if n < self.keys[i]:
                if self.left[i] < 0:
                    k = self.add(n)
                    self.left[i] = k
                    break
                i = self.left[i]
            else:
                if self.right[i] < 0:
                    k = self.add(n)
                    self.right[i] = k
                    break
                i = self.right[i]

    def depth(self, n: int) -> int:
        i, d = 0, 0
        while i >= 0 and self.keys[i] != n:
            i = self.left[i] if n < self.keys[i] else self.right[i]
            d += 1
        return d


@case(([5, 2, 8, 1, 9],), ([1],))
def tree(xs: List[int]) -> Tuple[List[int], int]:
    t = Tree(xs[0])
    for x in xs[1:]:
        t.insert(x)
    return t.left + t.right, t.depth(xs[-1])


@torch.jit.script
class Queue:
    def __init__(self, capacity: int):
        self.buffer = [0] * capacity
        self.head = 0
        self.size = 0

    def push(self, x: int) -> bool:
        if self.size == len(self.buffer):
            return False
        self.buffer[(self.head + self.size) % len(self.buffer)] = x
        self.size += 1
        return True

    def pop(self) -> int:
        assert self.size > 0, "empty queue"
        x = self.buffer[self.head]
        self.head = (self.head + 1) % len(self.buffer)
        self.size -= 1
        return x


@case((3, 5), (2, 1), (1, 0))
def queue(capacity: int, n: int) -> Tuple[List[bool], int, int]:
    q = Queue(capacity)
    pushed = [q.push(i) for i in range(n)]
    return pushed, q.pop(), q.size


@torch.jit.script
class Inner:
    def __init__(self, v: int):
        self.v = v


@torch.jit.script
class Outer:
    def __init__(self, v: int):
        self.inner = Inner(v)
        self.all = [self.inner]
        self.by: Dict[str, Inner] = {}

    def grow(self, n: int) -> int:
        self.all.append(Inner(n))
        self.by[str(n)] = self.all[-1]
        self.inner.v += 1
        return len(self.all)


@case((3,), (0,))
def objects_in_objects(n: int) -> Tuple[int, int, List[int]]:
    o = Outer(n)
    for i in range(n):
        o.grow(i)
    total = 0
    for k in o.by.keys():
        total += o.by[k].v
    o.all[0].v += 100
    return o.inner.v, total, [x.v for x in o.all]


@torch.jit.script
class Typed:
    def __init__(self):
        self.t = torch.zeros(2)
        self.o = torch.jit.annotate(Optional[Tensor], None)
        self.d = torch.jit.annotate(Dict[str, Tensor], {})

    def step(self, x: Tensor) -> Tensor:
        self.t = self.t + x
        o = self.o
        if o is not None:
            self.t = self.t * o
        self.o = x
        self.d["last"] = self.t
        return self.t


@case((torch.tensor([1.0, 2.0]), 3), (torch.tensor([1.0, 2.0]), 0))
def tensors_in_fields(x: Tensor, n: int) -> Tuple[Tensor, int]:
    c = Typed()
    for i in range(n):
        c.step(x)
    return c.t, len(c.d)


@case((2,), (0,))
def object_results(n: int) -> Acc:
    a = Acc(n)
    a.add(1)
    return a


@case((2,), (0,))
def objects_in_result(
    n: int,
) -> Tuple[List[Acc], Dict[str, Inner], Optional[Inner]]:
    a = Acc(n)
    return [a, a, Acc(3)], {"k": Inner(n)}, Inner(1) if n > 0 else None


@case((2,), (0,))
def object_any_result(n: int) -> Any:
    x: Any = n
    if n > 0:
        x = Inner(n)
    return x


@torch.jit.script
class Color:
    def __init__(self, r: int, g: int):
        self.r = r
        self.g = g

    def mix(self, o: "Color") -> "Color":
        return Color((self.r + o.r) // 2, (self.g + o.g) // 2)


@case(
    (10, 20),
)
def returns_new_object(a: int, b: int) -> Tuple[int, int]:
    c = Color(a, b).mix(Color(b, a)).mix(Color(0, 0))
    return c.r, c.g


@case((3,), (0,), (8,))
def object_method_raises(n: int) -> int:
    s = Stack()
    for i in range(n % 4):
        s.push(i)
    return s.pop()


@case(
    (2,),
)
def isinstance_object(n: int) -> Tuple[bool, bool]:
    a = Acc(n)
    return isinstance(a, Acc), isinstance(a, Inner)


@case(
    (2,),
)
def hasattr_object(n: int) -> Tuple[bool, bool, int]:
    a = Acc(n)
    return hasattr(a, "k"), hasattr(a, "zzz"), getattr(a, "k")


@torch.jit.script
class Static:
    def __init__(self, n: int):
        self.n = n

    @staticmethod
    def make(n: int) -> "Static":
        return Static(n * 2)

    @staticmethod
    def fact(n: int) -> int:
        r = 1
        for i in range(1, n + 1):
            r *= i
        return r


@case(
    (4,),
)
def static_factory(n: int) -> Tuple[int, int]:
    return Static.make(n).n, Static.fact(n)


@torch.jit.script
class Ctx:
    def __init__(self, log: List[str], name: str):
        self.log = log
        self.name = name

    def __enter__(self) -> int:
        self.log.append("in " + self.name)
        return len(self.log)

    def __exit__(self, type: Any, value: Any, tb: Any) -> None:
        self.log.append("out " + self.name)


@case(
    (1,),
)
def with_statement(n: int) -> Tuple[List[str], int]:
    log: List[str] = []
    with Ctx(log, "a") as x:
        log.append(str(x))
        with Ctx(log, "b"), Ctx(log, "c") as y:
            log.append(str(y + n))
    return log, len(log)


@case(([1, 2], 0), ([1, 2], 5))
def with_operator_raises(xs: List[int], i: int) -> int:
    with Loud("w"):
        x = xs[i]
        print("read", x)
    return x


@torch.jit.script
class Loud:
    def __init__(self, name: str):
        self.name = name

    def __enter__(self) -> int:
        print("enter", self.name)
        return 1

    def __exit__(self, type: Any, value: Any, tb: Any) -> None:
        print("exit", self.name)


@case(([3, 1], {"a": 2}, "a"), ([3, 1], {"a": 2}, "b"), ([], {"a": 2}, "a"))
def with_nested_operator_raises(
    xs: List[int], d: Dict[str, int], k: str
) -> int:
    with Loud("outer"):
        n = d[k]
        with Loud("inner") as m:
            n += xs[0] + m
        n += xs[1]
    return n


@case((T, 2), (T, 4))
def with_tensor_raises(x: Tensor, n: int) -> Tensor:
    with Loud("view"):
        y = x.view(n, -1)
    return y + 1


@case(([1, 2], 0), ([1, 2], 9))
def with_in_loop_raises(xs: List[int], k: int) -> int:
    total = 0
    for i in range(3):
        with Loud(str(i)):
            if i == 2:
                total += xs[k]
            total += i
    return total


@case(([1], 0), ([1], 3))
def with_escaping_log(log: List[int], k: int) -> int:
    with Note(log):
        n = log[k]
    return n


@torch.jit.script
class Note:
    def __init__(self, log: List[int]):
        self.log = log

    def __enter__(self) -> int:
        self.log.append(100)
        return 0

    def __exit__(self, type: Any, value: Any, tb: Any) -> None:
        self.log.append(200)


@case(("5",), ("x",))
def with_return_inside(s: str) -> int:
    with Loud("r"):
        return int(s)


@case((2,), (0,), (-1,))
def with_break(n: int) -> int:
    total = 0
    for i in range(5):
        with Loud(str(i)):
            if i != n:
                total += i
        if i == n:
            break
        if n < 0:
            continue
    return total


@case((T,))
def no_grad(x: Tensor) -> Tuple[Tensor, bool]:
    with torch.no_grad():
        b = torch.is_grad_enabled()
        y = x * 2
    return y, b


@case((1,), (-1,))
def fails_in_init(n: int) -> int:
    return Checked(n).n


@torch.jit.script
class Checked:
    def __init__(self, n: int):
        if n < 0:
            raise ValueError("negative: " + str(n))
        self.n = n


@torch.jit.script
class Counter:
    def __init__(self):
        self.counts: Dict[str, int] = {}

    def update(self, words: List[str]) -> None:
        for w in words:
            if w not in self.counts:
                self.counts[w] = 0
            self.counts[w] += 1

    def most(self) -> Tuple[str, int]:
        best, n = "", 0
        for k, v in self.counts.items():
            if v > n:
                best, n = k, v
        return best, n


@case((["a", "b", "a"],), ([],))
def counter_class(words: List[str]) -> Tuple[str, int]:
    c = Counter()
    c.update(words)
    c.update(["z"])
    return c.most()


@case(
    (2,),
)
def print_of_object(n: int) -> int:
    xs = [Inner(n)]
    print(len(xs))
    return xs[0].v


@case((3,), (1,))
def find_object(n: int) -> int:
    xs = [Acc(1), Acc(2)]
    for i, x in enumerate(xs):
        if x == Acc(n):
            return i
    return -1


class Weighed:
    def __init__(self, weight: int):
        self.weight = weight

    def __lt__(self, other: "Weighed") -> bool:
        return self.weight < other.weight


@case((4,), (0,))
def sort_known_objects(n: int) -> Tuple[List[int], int, bool]:
    last = Weighed(n)
    objects = [Weighed(3), Weighed(1), last]
    objects.sort()
    weights = [each.weight for each in objects]
    objects.sort(reverse=True)
    return weights, objects[0].weight, objects[0] is last
