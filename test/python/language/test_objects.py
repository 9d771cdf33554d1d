"""Instances of script classes where they are: in containers, in one another,
behind branches and loops."""
import copy
from typing import Any, Dict, List, Optional, Tuple, Union

import minitorch
import pytest
import torch
from agreement import check, differ, outcome
from torch import Tensor, nn


@torch.jit.script
class Account:
    def __init__(self, owner: str, balance: float):
        self.owner = owner
        self.balance = balance

    def pay(self, amount: float) -> None:
        if amount > self.balance:
            raise ValueError("overdrawn by " + self.owner)
        self.balance -= amount

    def __eq__(self, other: "Account") -> bool:
        return self.owner == other.owner

    def __str__(self) -> str:
        return self.owner + ":" + str(self.balance)

    def __len__(self) -> int:
        return len(self.owner)


@torch.jit.script
class Counter:
    def __init__(self, start: int):
        self.n = start
        self.log: List[int] = []
        self.seen: Dict[str, int] = {}
        self.last = torch.jit.annotate(Optional[int], None)
        self.flag = False
        self.ratio = 0.5
        self.pair = (start, "p")

    def add(self, by: int) -> int:
        self.n += by
        self.log.append(self.n)
        self.last = by
        self.flag = by > 1
        self.ratio *= 2.0
        self.pair = (by, self.pair[1] + "!")
        return self.n

    def note(self, key: str) -> "Counter":
        self.seen[key] = self.seen.get(key, 0) + 1
        return self


@torch.jit.script
class Holder:
    def __init__(self, account: Account, counter: Counter):
        self.account = account
        self.counter = counter
        self.others: List[Account] = []
        self.best = torch.jit.annotate(Optional[Account], None)

    def richest(self) -> Account:
        best = self.account
        for other in self.others:
            if other.balance > best.balance:
                best = other
        self.best = best
        return best


@torch.jit.script
class Box:
    def __init__(self, x: Tensor, n: int):
        self.x = x
        self.n = n

    def scaled(self) -> Tensor:
        return self.x * self.n


@torch.jit.script
class Maybe:
    def __init__(self, x: Optional[Tensor]):
        self.x = x
        self.both = torch.jit.annotate(
            Optional[Tuple[Tensor, int]], None)

    def get(self, default: Tensor) -> Tensor:
        x = self.x
        if x is not None:
            return x
        return default


@torch.jit.script
class Many:
    def __init__(self):
        self.xs: List[Tensor] = []
        self.count = 0

    def put(self, x: Tensor) -> None:
        self.xs.append(x)
        self.count += 1


@torch.jit.script
class Text:
    def __init__(self, s: str, d: Dict[str, List[int]]):
        self.s = s
        self.d = d


@torch.jit.script
class Link:
    def __init__(self, value: int):
        self.value = value
        self.rest: List[int] = []


def in_a_list(amount: float) -> Tuple[float, List[str]]:
    accounts = [Account("ann", 50.0), Account("bob", 20.0)]
    accounts[0].pay(amount)
    return accounts[0].balance, [a.owner for a in accounts]


def in_a_dict(amount: float) -> Tuple[float, List[str]]:
    accounts = [Account("ann", 50.0), Account("bob", 20.0)]
    by_name: Dict[str, Account] = {a.owner: a for a in accounts}
    by_name["ann"].pay(amount)
    return accounts[0].balance, list(by_name.keys())


def dict_lookup(name: str) -> str:
    d = {"a": Account("ann", 1.5), "b": Account("bob", 2.0)}
    return d[name].owner


def dict_get(name: str) -> str:
    d = {"a": Account("ann", 1.5), "b": Account("bob", 2.0)}
    found = d.get(name)
    if found is None:
        return "nobody"
    return found.owner


def dict_pop(name: str) -> Tuple[str, int]:
    d = {"a": Account("ann", 1.5), "b": Account("bob", 2.0)}
    gone = d.pop(name)
    gone.balance = 0.0
    return str(gone), len(d)


def dict_values(n: int) -> float:
    d: Dict[int, Account] = {}
    for i in range(n):
        d[i % 3] = Account(str(i), float(i))
    total = 0.0
    for a in d.values():
        total += a.balance
    for k, a in d.items():
        total += a.balance * k
    return total


def in_a_tuple(n: int) -> Tuple[int, int]:
    t = (Counter(n), n)
    t[0].add(2)
    c, m = t
    return c.add(m), t[0].n


def tuples_in_a_list(n: int) -> int:
    ts: List[Tuple[Counter, int]] = []
    for i in range(n):
        ts.append((Counter(i), i * 2))
    total = 0
    for c, k in ts:
        total += c.add(k)
    return total


def made_in_a_loop(n: int) -> Tuple[List[int], int]:
    cs: List[Counter] = []
    for i in range(n):
        c = Counter(i)
        c.add(i * i)
        cs.append(c)
    total = 0
    for c in cs:
        total += c.add(1)
    return [c.n for c in cs], total


def carried_by_a_loop(n: int) -> Tuple[int, List[int]]:
    c = Counter(0)
    for i in range(n):
        if i % 3 == 2:
            c = Counter(i * 100)
        c.add(i)
    return c.n, c.log


def chosen_by_an_if(n: int) -> Tuple[int, int, int]:
    a, b = Counter(1), Counter(2)
    c = a if n > 0 else b
    c.add(10)
    return a.n, b.n, c.n


def made_by_an_if(n: int) -> int:
    if n > 0:
        c = Counter(n)
    else:
        c = Counter(-n)
        c.add(5)
    return c.add(1)


def while_loop(n: int) -> int:
    c = Counter(n)
    while c.n < 10:
        d = Counter(c.n)
        d.add(3)
        c = d
    return c.n


def optional(n: int) -> int:
    c: Optional[Counter] = None
    if n > 0:
        c = Counter(n)
    if c is not None:
        return c.add(1)
    return -1


def optional_in_a_loop(n: int) -> int:
    best: Optional[Account] = None
    for i in range(n):
        a = Account("a" + str(i), float((i * 7) % 5))
        if best is None:
            best = a
        elif a.balance > best.balance:
            best = a
    if best is None:
        return 0
    return int(best.balance) * 100 + len(best)


def optional_list(n: int) -> List[int]:
    cs: List[Optional[Counter]] = []
    for i in range(n):
        if i % 2 == 0:
            cs.append(None)
        else:
            cs.append(Counter(i))
    out: List[int] = []
    for c in cs:
        if c is not None:
            out.append(c.add(1))
        else:
            out.append(-1)
    return out


def in_another(n: int) -> Tuple[str, int, float]:
    h = Holder(Account("ann", 1.0), Counter(n))
    for i in range(n):
        h.others.append(Account("o" + str(i), float(i * (5 - i))))
    h.counter.add(2)
    best = h.richest()
    best.balance += 0.5
    inner = h.best
    if inner is not None:
        return str(inner), h.counter.n, h.account.balance
    return "", 0, 0.0


def in_another_replaced(n: int) -> Tuple[float, float]:
    first = Account("first", 1.0)
    h = Holder(first, Counter(0))
    if n > 1:
        h.account = Account("second", 2.0)
    h.account.balance += 10.0
    return first.balance, h.account.balance


def holders_in_a_list(n: int) -> float:
    hs: List[Holder] = []
    shared = Account("s", 100.0)
    for i in range(n):
        hs.append(Holder(shared, Counter(i)))
    for h in hs:
        h.account.pay(1.0)
        h.counter.add(1)
    total = shared.balance
    for h in hs:
        total += h.counter.n
    return total


def of_lists_of_lists(n: int) -> int:
    rows: List[List[Counter]] = []
    for i in range(n):
        row: List[Counter] = []
        for j in range(i):
            row.append(Counter(i * j))
        rows.append(row)
    total = 0
    for row in rows:
        for c in row:
            total += c.add(1)
    return total


def two_names(n: int) -> Tuple[int, int]:
    cs = [Counter(n)]
    c = cs[0]
    cs.append(c)
    cs[1].add(5)
    c.n += 1
    return cs[0].n, cs[1].n


def identity(n: int) -> Tuple[bool, bool, bool, bool]:
    a, b = Counter(n), Counter(n)
    cs = [a, b]
    c = cs[n % 2]
    return c is a, c is b, c is not a, cs[0] is cs[1]


def equality(n: int) -> Tuple[bool, bool]:
    accounts = [Account("a", 1.0), Account("b", 2.0), Account("a", 3.0)]
    return accounts[0] == accounts[n], accounts[1] == accounts[n]


def magic(n: int) -> Tuple[str, int]:
    accounts = [Account("ann", 1.0), Account("robert", 2.5)]
    return str(accounts[n]), len(accounts[n])


def returns_itself(n: int) -> List[int]:
    cs = [Counter(0), Counter(1)]
    cs[n].note("a").note("b").note("a")
    out: List[int] = []
    for c in cs:
        out.extend(list(c.seen.values()))
    return out


def fields_of_all_types(n: int) -> Tuple[int, List[int], Optional[int], bool,
                                         float, Tuple[int, str]]:
    cs = [Counter(3), Counter(4)]
    c = cs[n]
    c.add(n + 1)
    c.add(n)
    return c.n, c.log, c.last, c.flag, c.ratio, c.pair


def an_optional_field(n: int) -> List[Optional[int]]:
    cs = [Counter(3), Counter(4)]
    cs[n].add(2)
    return [c.last for c in cs]


def a_list_of_the_caller(xs: List[int]) -> int:
    cs = [Counter(1), Counter(2)]
    cs[0].log = xs
    cs[0].add(5)
    return len(xs)


def raises_in_a_method(amount: float) -> float:
    accounts = [Account("ann", 50.0), Account("bob", 20.0)]
    for a in accounts:
        a.pay(amount)
    return accounts[1].balance


def raises_while_they_live(n: int, k: int) -> int:
    cs: List[Counter] = []
    for i in range(n):
        cs.append(Counter(i))
        cs[i].note(str(i))
    return cs[k].n


def prints(n: int) -> None:
    cs = [Counter(1), Counter(2)]
    for c in cs:
        print(c.add(n), c.log, c.seen, c.pair)


def list_methods(n: int) -> List[int]:
    cs = [Counter(i) for i in range(5)]
    cs.reverse()
    cs.insert(1, Counter(10))
    gone = cs.pop(n)
    cs.append(gone)
    cs.extend([Counter(20)])
    del cs[0]
    more = cs[1:4] + cs
    more[0].add(100)
    return [c.n for c in more]


def list_copy(n: int) -> List[int]:
    cs = [Counter(i) for i in range(n)]
    same = cs[:]
    again = list(cs)
    for c in again:
        c.add(1)
    cs.clear()
    return [c.n for c in same]


def returned_by_a_function(n: int) -> int:
    c = make(n)
    d = pick(c, make(n + 1), n > 1)
    d.add(1)
    return c.n * 100 + d.n


def make(n: int) -> Counter:
    c = Counter(n)
    c.add(n)
    return c


def pick(a: Counter, b: Counter, first: bool) -> Counter:
    return a if first else b


def pair_of(n: int) -> Tuple[Counter, Counter]:
    c = Counter(n)
    return c, c


def one_twice_in_a_tuple(n: int) -> Tuple[int, int]:
    a, b = pair_of(n)
    a.add(3)
    return a.n, b.n


def early_return(n: int) -> int:
    cs = [Counter(i) for i in range(4)]
    for c in cs:
        if c.n == n:
            c.add(10)
            return c.n
    return -1


def broken_off(n: int) -> int:
    found = Counter(-1)
    for i in range(10):
        c = Counter(i)
        if c.n * 2 > n:
            found = c
            break
    return found.add(1)


def any_of_classes(n: int) -> int:
    o: Any = Counter(n)
    if n > 1:
        o = Account("a", 2.0)
    if isinstance(o, Counter):
        return o.n
    if isinstance(o, Account):
        return int(o.balance) * 100
    return -1


def one_of_a_union(n: int) -> int:
    o: Union[Counter, Account] = Counter(n)
    if n > 1:
        o = Account("abc", 2.0)
    if isinstance(o, Counter):
        return o.n
    else:
        return len(o)


def not_of_a_class(n: int) -> int:
    o: Union[Counter, Account] = Counter(n)
    if n > 1:
        o = Account("abc", 2.0)
    if not isinstance(o, Counter):
        return len(o)
    return o.n * 10


def anything_in_a_list(n: int) -> int:
    xs: List[Any] = [Counter(1), 5, "s", Account("ab", 2.0), None]
    x = xs[n]
    if isinstance(x, Counter):
        return x.n
    elif isinstance(x, Account):
        return len(x) * 10
    return -1


def texts_in_fields(k: str, n: int) -> Tuple[str, List[int]]:
    texts = [Text(k, {"a": [1]}), Text("b", {k: [2, 3]})]
    texts[n].d["z"] = [n]
    texts[n].s += k
    return texts[0].s + texts[1].s, texts[n].d["z"] + texts[n].d["a"]


def linked(n: int) -> int:
    links: List[Link] = []
    for i in range(n):
        link = Link(i)
        if i > 0:
            link.rest = links[i - 1].rest
        link.rest.append(i)
        links.append(link)
    total = 0
    for link in links:
        total = total * 10 + len(link.rest)
    return total


T = torch.tensor([[1.0, -2.0], [3.0, 0.5]])


def tensor_in_a_list(x: Tensor, n: int) -> Tensor:
    boxes = [Box(x, 2), Box(x + 1, 3)]
    return boxes[n].scaled()


def tensor_by_an_if(x: Tensor, n: int) -> Tensor:
    box = Box(x, 1)
    if n > 1:
        box = Box(x * 2, n)
    return box.x + box.n


def tensor_that_is_replaced(x: Tensor, n: int) -> Tensor:
    boxes = [Box(x, 2), Box(x + 1, 3)]
    for i in range(n):
        box = boxes[i % 2]
        box.x = box.scaled() + 1
        box.n += 1
    return boxes[0].x - boxes[1].x


def tensor_of_other_sizes(x: Tensor, n: int) -> Tensor:
    box = Box(x, 1)
    boxes = [box]
    for i in range(n):
        boxes[0].x = torch.cat([boxes[0].x, x])
    return box.x


def tensor_or_none(x: Tensor, n: int) -> Tensor:
    ms = [Maybe(None), Maybe(x * 3)]
    return ms[n].get(x)


def tensor_in_a_tuple(x: Tensor, n: int) -> Tensor:
    boxes = [(Box(x, 2), x + 1), (Box(x * 5, 1), x)]
    box, y = boxes[n]
    return box.scaled() + y


def box_and_tensor(x: Tensor) -> Tuple[Box, Tensor]:
    return Box(x, 2), x + 1


def returned_in_a_tuple(x: Tensor, n: int) -> Tensor:
    box, y = box_and_tensor(x)
    box.n += n
    return box.scaled() + y


def written_in_place(x: Tensor, n: int) -> Tensor:
    box, y = box_and_tensor(x * 2)
    box.x.add_(n)
    return box.scaled() + y


def collected(x: Tensor, n: int) -> int:
    many = [Many(), Many()]
    for i in range(n):
        many[i % 2].put(x * i)
    return many[0].count * 10 + len(many[1].xs)


def sum_in_a_field(x: Tensor, n: int) -> Tensor:
    boxes: List[Box] = []
    for i in range(n):
        boxes.append(Box(x * i, i))
    total = torch.zeros_like(x)
    for box in boxes:
        total = total + box.scaled()
    return total


CASES = {
    in_a_list: [(10.0,), (60.0,)],
    in_a_dict: [(10.0,), (60.0,)],
    dict_lookup: [("a",), ("b",), ("c",)],
    dict_get: [("a",), ("c",)],
    dict_pop: [("a",), ("c",)],
    dict_values: [(5,), (0,), (2,)],
    in_a_tuple: [(3,)],
    tuples_in_a_list: [(4,), (0,)],
    made_in_a_loop: [(4,), (0,)],
    carried_by_a_loop: [(7,), (0,), (2,)],
    chosen_by_an_if: [(1,), (0,)],
    made_by_an_if: [(2,), (-3,)],
    while_loop: [(0,), (20,)],
    optional: [(2,), (0,)],
    optional_in_a_loop: [(6,), (0,), (1,)],
    optional_list: [(4,), (0,)],
    in_another: [(4,), (0,), (1,)],
    in_another_replaced: [(1,), (2,)],
    holders_in_a_list: [(3,), (0,), (101,)],
    of_lists_of_lists: [(4,), (0,)],
    two_names: [(3,)],
    identity: [(0,), (1,)],
    equality: [(0,), (1,), (2,), (3,)],
    magic: [(0,), (1,)],
    returns_itself: [(0,), (1,), (2,)],
    fields_of_all_types: [(0,), (1,)],
    an_optional_field: [(0,), (1,)],
    a_list_of_the_caller: [([1, 2],), ([],)],
    raises_in_a_method: [(10.0,), (30.0,)],
    raises_while_they_live: [(3, 1), (3, 5), (0, 0)],
    prints: [(1,), (2,)],
    list_methods: [(0,), (3,), (9,)],
    list_copy: [(3,), (0,)],
    returned_by_a_function: [(1,), (2,)],
    one_twice_in_a_tuple: [(1,)],
    early_return: [(2,), (7,)],
    broken_off: [(5,), (50,)],
    any_of_classes: [(1,), (2,)],
    one_of_a_union: [(1,), (2,)],
    not_of_a_class: [(1,), (2,)],
    anything_in_a_list: [(0,), (1,), (2,), (3,), (4,)],
    texts_in_fields: [("a", 0), ("a", 1), ("q", 1)],
    linked: [(4,), (0,)],
    tensor_in_a_list: [(T, 0), (T, 1), (T[0:1], 1), (T, 2)],
    tensor_by_an_if: [(T, 0), (T, 4)],
    tensor_that_is_replaced: [(T, 0), (T, 5)],
    tensor_of_other_sizes: [(T, 0), (T, 3)],
    tensor_or_none: [(T, 0), (T, 1)],
    tensor_in_a_tuple: [(T, 0), (T, 1)],
    returned_in_a_tuple: [(T, 1)],
    written_in_place: [(T, 3)],
    collected: [(T, 3), (T, 0)],
    sum_in_a_field: [(T, 3), (T, 0)],
}


@pytest.mark.parametrize("function", CASES, ids=lambda f: f.__name__)
def test_agrees(function):
    check(function, *CASES[function])


class Kept(nn.Module):
    """Objects that were there before the program."""

    def __init__(self):
        super().__init__()
        self.counter = Counter(5)

    def forward(self, n: int) -> int:
        counters: List[Counter] = [self.counter, Counter(1)]
        return counters[n].add(2) * 100 + self.counter.n


class KeptInAList(nn.Module):
    counters: List[Counter]

    def __init__(self):
        super().__init__()
        self.counters = [Counter(5), Counter(6)]

    def forward(self, n: int) -> int:
        return self.counters[n].add(2)


class Weights(nn.Module):
    def __init__(self):
        super().__init__()
        self.w = nn.Parameter(torch.ones(2, 2))
        self.register_buffer("b", torch.full((2, 2), 3.0))
        self.last = 0

    def forward(self, n: int) -> Tensor:
        boxes = [Box(self.w, 1), Box(self.b, 2)]
        self.b = boxes[n].x + 1
        self.last += boxes[n].n
        return self.b * self.last


class SharedList(nn.Module):
    log: List[int]

    def __init__(self):
        super().__init__()
        self.log = []

    def forward(self, n: int) -> List[int]:
        links = [Link(1), Link(2)]
        links[0].rest = self.log
        links[n].rest.append(n)
        return self.log


@pytest.mark.parametrize("model", [Kept, KeptInAList, Weights, SharedList],
                         ids=lambda m: m.__name__)
def test_attributes_of_the_model(model):
    scripted = torch.jit.script(model())
    oracle = copy.deepcopy(scripted)
    compiled = minitorch.compile(scripted, (0,), fallback=False,
                                 dynamic_shapes="all")
    for n in (0, 1, 1, 0, 0):
        expected, got = outcome(oracle, (n,)), outcome(compiled, (n,))
        assert not differ(expected, got), (n, expected, got)


def same_tensor(x: Tensor, n: int) -> bool:
    y = x * 2
    boxes = [Box(y, 1), Box(x, 2)]
    return boxes[n].x is y


def list_by_two_names(x: Tensor, n: int) -> Tensor:
    xs = [x, x]
    many = [Many(), Many()]
    many[0].xs = xs
    many[n].xs.append(x.double())
    return xs[n]


def other_dtypes(x: Tensor, n: int) -> Tensor:
    boxes = [Box(x, 2), Box(x.double(), 3)]
    return boxes[n].scaled()


def written_under_two_names(x: Tensor, n: int) -> Tensor:
    y = x * 2
    boxes = [Box(y, 2), Box(x, 3)]
    boxes[n].x.add_(1)
    return y


@pytest.mark.parametrize("function", [same_tensor, list_by_two_names,
                                      other_dtypes, written_under_two_names],
                         ids=lambda f: f.__name__)
def test_tensors_of_fields(function):
    """Tensors whose identity, type or contents depend on an object."""
    check(function, (T.clone(), 0), (T.clone(), 1), (T.clone(), 0))


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


class Replaced(nn.Module):
    counter: Counter

    def __init__(self):
        super().__init__()
        self.counter = Counter(5)

    def forward(self, n: int) -> int:
        return self.counter.add(n)

    @torch.jit.export
    def replace(self, n: int) -> int:
        self.counter = Counter(n)
        return self.counter.n

    @torch.jit.export
    def give(self, n: int) -> Counter:
        if n > 1:
            self.counter.add(100)
        return self.counter


class Kept(nn.Module):
    by_name: Dict[str, Counter]
    order: List[Counter]
    best: Optional[Counter]
    pairs: List[Tuple[Counter, int]]

    def __init__(self):
        super().__init__()
        self.by_name = {}
        self.order = []
        self.best = None
        self.pairs = []
        self.first = Counter(7)

    def forward(self, n: int) -> int:
        key = str(n)
        if key not in self.by_name:
            self.by_name[key] = self.first if n == 1 else Counter(n)
            self.order.append(self.by_name[key])
        counter = self.by_name[key]
        best = self.best
        if best is None or counter.n > best.n:
            self.best = counter
        self.pairs.append((counter, n))
        return counter.add(n)

    @torch.jit.export
    def replace(self, n: int) -> Tuple[List[int], int]:
        self.order.append(self.first)
        if n == 3:
            raise ValueError("three")
        best = self.best
        if best is not None:
            best.n += 1000
        return [counter.n for counter in self.order], self.first.n

    @torch.jit.export
    def give(self, n: int) -> Tuple[List[bool], Optional[Counter]]:
        return ([counter is self.first for counter in self.order]
                + [pair[0] is self.order[0] for pair in self.pairs], self.best)


@pytest.mark.parametrize("model", [Replaced, Kept], ids=lambda m: m.__name__)
@pytest.mark.parametrize("first", ["forward", "replace", "give"])
def test_objects_as_state(model, first, tmp_path):
    """Other ones in an attribute, in lists and dicts: which one is which stays
    known, whatever method uses which attribute, also of a saved module."""
    scripted = torch.jit.script(model())
    oracle = copy.deepcopy(scripted)
    path = str(tmp_path / "model.pt")
    scripted.save(path)
    for program in (scripted, path):
        again = copy.deepcopy(oracle)
        compiled = minitorch.compile(program, (2,), method=first,
                                     fallback=False)
        for method, n in [(first, 2), ("forward", 1), ("forward", 5),
                          ("replace", 1), ("forward", 5), ("give", 1),
                          ("replace", 3), ("forward", 1), ("give", 2),
                          ("forward", 2), ("replace", 4), ("give", 0)]:
            expected = outcome(getattr(again, method), (n,))
            got = outcome(compiled.method(method), (n,))
            assert not differ(expected, got), (method, n, expected, got)
