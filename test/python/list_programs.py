"""Random programs of lists in lists, tuples and dicts, under several names, as
TorchScript source."""
import random

INT, LIST, GRID = "int", "List[int]", "List[List[int]]"
PAIR, DICT = "Tuple[List[int], int]", "Dict[str, List[int]]"
HEADER = "from typing import Dict, List, Tuple\n\n\n"


class Program:
    """`source` defines a function `program(n: int, c: bool)`, which returns up
    to six of its variables."""

    def __init__(self, seed):
        self.rng = random.Random(seed)
        self.count = 0
        self.in_loop = False
        self.lines = ["    a = [n, 1]", "    b = [2]"]
        variables = [("a", LIST), ("b", LIST)]
        self.statements(variables, 0)
        names, types = zip(*variables[:6])
        self.source = (
            f"def program(n: int, c: bool) -> Tuple[{', '.join(types)}]:\n"
            + "\n".join(self.lines) + f"\n    return {', '.join(names)}\n")

    def pick(self, variables, kind):
        names = [name for name, each in variables if each == kind]
        return self.rng.choice(names) if names else None

    def index(self):
        return self.rng.choice(["0", "0", "-1", "1",
                                "i" if self.in_loop else "0"])

    def number(self, variables):
        return self.rng.choice([str(self.rng.randint(0, 9)), "n",
                                self.pick(variables, INT) or "3"])

    def list(self, variables):
        choices = [self.pick(variables, LIST)] * 3
        if grid := self.pick(variables, GRID):
            choices += [f"{grid}[{self.index()}]"] * 2
        if name := self.pick(variables, DICT):
            choices.append(f'{name}["{self.rng.choice("ab")}"]')
        if pair := self.pick(variables, PAIR):
            choices.append(f"{pair}[0]")
        numbers = [self.number(variables)
                   for _ in range(self.rng.randint(1, 3))]
        return self.rng.choice(choices + [f"[{', '.join(numbers)}]"] * 2)

    def grid(self, variables):
        lists = [self.list(variables) for _ in range(self.rng.randint(1, 3))]
        choices = [f"[{', '.join(lists)}]"] * 3
        choices.append(f"[{lists[0]}] * {self.rng.choice(['2', '3', 'n'])}")
        if name := self.pick(variables, GRID):
            choices += [name, name, f"list({name})",
                        f"{name}[:{self.rng.randint(1, 2)}]",
                        f"{name} + {self.pick(variables, GRID)}"]
        return self.rng.choice(choices)

    def new(self, variables, kind, value):
        self.count += 1
        name = f"v{self.count}"
        variables.append((name, kind))
        return f"{name} = {value}"

    def statement(self, variables):
        """One that is not made of others."""
        rng = self.rng
        grid, name = self.pick(variables, GRID), self.pick(variables, DICT)
        changes = [f"{self.list(variables)}.append({self.number(variables)})",
                   f"{self.pick(variables, LIST)}[{self.index()}] = "
                   f"{self.number(variables)}",
                   f"{self.pick(variables, LIST)} = {self.list(variables)}"]
        if grid:
            changes += [f"{grid}[{self.index()}] = {self.list(variables)}",
                        f"{grid}.append({self.list(variables)})",
                        f"{grid} = {self.grid(variables)}"]
        if name:
            changes.append(f'{name}["{rng.choice("abc")}"] = '
                           f"{self.list(variables)}")
        if rng.random() < .6:
            return rng.choice(changes)
        kind = rng.choice([LIST, GRID, GRID, PAIR, DICT, INT, INT])
        if kind == LIST:
            value = self.list(variables)
        elif kind == GRID:
            value = self.grid(variables)
        elif kind == PAIR:
            value = f"({self.list(variables)}, {self.number(variables)})"
        elif kind == DICT:
            value = (f'{{"a": {self.list(variables)}, '
                     f'"b": {self.list(variables)}}}')
        else:
            value = rng.choice([f"len({self.list(variables)})",
                                f"{self.list(variables)}[{self.index()}]"])
        return self.new(variables, kind, value)

    def statements(self, variables, depth):
        margin = "    " * (depth + 1)
        for _ in range(self.rng.randint(2, 6 if depth == 0 else 3)):
            kind = self.rng.random()
            if kind < .8 or depth == 2:
                self.lines.append(margin + self.statement(variables))
            elif kind < .9:
                name = self.pick(variables, LIST)
                condition = self.rng.choice(["c", "n > 1", f"len({name}) > 1"])
                self.lines.append(f"{margin}if {condition}:")
                self.statements(list(variables), depth + 1)
                if self.rng.random() < .5:
                    self.lines.append(margin + "else:")
                    self.statements(list(variables), depth + 1)
            else:
                self.loop(list(variables), depth, margin)

    def loop(self, variables, depth, margin):
        outer, self.in_loop = self.in_loop, True
        grid = self.pick(variables, GRID)
        if grid and self.rng.random() < .4:
            self.count += 1
            row = f"v{self.count}"
            self.lines.append(f"{margin}for i, {row} in enumerate({grid}):")
            variables.append((row, LIST))
        else:
            turns = self.rng.choice(["2", "n"])
            self.lines.append(f"{margin}for i in range({turns}):")
        self.statements(variables, depth + 1)
        self.in_loop = outer
