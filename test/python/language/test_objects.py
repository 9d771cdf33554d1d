"""Instances of script classes where they are: in containers, in one another,
behind branches and loops."""
from typing import Any, Dict, List, Optional, Tuple, Union

import pytest
from agreement import check
from object_classes import Account, Counter, Holder, Link, Text


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
}


@pytest.mark.parametrize("function", CASES, ids=lambda f: f.__name__)
def test_agrees(function):
    check(function, *CASES[function])
