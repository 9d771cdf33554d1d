"""Script classes that the tests of instances share."""
from typing import Dict, List, Optional, Tuple

import torch
from torch import Tensor

T = torch.tensor([[1.0, -2.0], [3.0, 0.5]])


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
