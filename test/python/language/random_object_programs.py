"""Random typed programs on objects: classes whose methods change them, objects in
lists, dicts and attributes, under several names, sorted by `__lt__`; in a module
that keeps state between calls."""
import random_programs
from random_programs import CALLS, TYPES

HEADER = random_programs.HEADER + "import torch\n\n\n"
ITEM = {"self.key": "int", "self.name": "str", "self.seen": "List[int]",
        "self.tags": "Dict[str, int]"}
METHOD = {"n": "int", "c": "bool", "s": "str", "other": "Item"}
HELPER = {"n": "int", "c": "bool", "s": "str", "xs": "List[Item]"}
STATE = {"self.total": "int", "self.log": "List[str]",
         "self.table": "Dict[str, int]", "self.rows": "List[List[int]]"}
#: Calls of one object, in this order: (method, arguments).
TURNS = [("forward", CALLS[0]), ("again", (2, True, "k")),
         ("forward", CALLS[1]), ("forward", CALLS[2]),
         ("again", (0, False, "")), ("forward", CALLS[3]),
         ("again", (3, True, "ab"))]

CLASS = """class Item:
    def __init__(self, key: int, name: str):
        self.key = key
        self.name = name
        self.seen: List[int] = []
        self.tags: Dict[str, int] = {{}}

    def __lt__(self, other: "Item") -> bool:
        return {less}

    def bump(self, n: int, c: bool, s: str, other: "Item") -> int:
{bump}
        return {bumped}

    def label(self, n: int, c: bool, s: str, other: "Item") -> str:
{label}
        return {labelled}


def helper(xs: List[Item], n: int, c: bool, s: str) -> Item:
{helper}
    return {helped}


class Program(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.total = 0
        self.log: List[str] = ["a"]
        self.table: Dict[str, int] = {{"a": 1}}
        self.rows: List[List[int]] = [[1], [2, 3]]

    @torch.jit.export
    def again(self, n: int, c: bool, s: str) -> int:
{again}
        return {gained}

    def forward(self, {parameters}) -> Tuple[{results}]:
{forward}
        return {returned}
"""


class Program(random_programs.Program):
    """`source` is a module `Program`."""
    types = TYPES + ["Item", "Item", "Item", "List[Item]", "List[Item]",
                     "Dict[str, Item]", "Optional[Item]"]

    def write(self):
        #: What a method may call: TorchScript has no recursion.
        self.callable = []
        parts = {"less": self.random.choice(
            ["self.key < other.key", "self.name < other.name",
             "self.key > other.key", "len(self.seen) < len(other.seen)"])}
        item = {"self": "Item", **ITEM, **METHOD}
        parts["bump"], parts["bumped"] = self.function(item, "int", 2, {"self"})
        self.callable.append("bump")
        parts["label"], parts["labelled"] = self.function(item, "str", 2,
                                                          {"self"})
        self.callable.append("label")
        parts["helper"], parts["helped"] = self.function(HELPER, "Item", 1)
        self.callable.append("helper")
        method = {"n": "int", "c": "bool", "s": "str", **STATE}
        parts["again"], parts["gained"] = self.function(method, "int", 2)
        self.callable.append("self.again")
        parts["forward"], _ = self.function(
            {**random_programs.PARAMETERS, **STATE}, "int", 2)
        names = [(name, kind) for name, kind in self.scopes[0].items()
                 if kind in TYPES and not kind.startswith("Optional")]
        chosen = self.random.sample(names, min(len(names), 5))
        objects = self.names("List[Item]") + self.names("Item")
        returned = [(name, kind) for name, kind in chosen] + [
            (f"[e.key for e in {name}]" if name in self.names("List[Item]")
             else f"[{name}.key] + {name}.seen", "List[int]")
            for name in objects[:3]]
        parts["results"] = ", ".join(kind for _, kind in returned)
        parts["returned"] = ", ".join(name for name, _ in returned)
        parts["parameters"] = ", ".join(
            f"{a}: {b}" for a, b in random_programs.PARAMETERS.items())
        self.source = CLASS.format(**parts)

    def function(self, scope, result, depth, fixed=()):
        """(lines, the value that is returned)"""
        self.start(scope)
        self.fixed |= set(fixed)
        self.block(self.random.randint(3, 8) if "d" in scope
                   else self.random.randint(1, 4))
        indent = "    " * depth
        lines = [indent + line for line in self.lines] or [indent + "pass"]
        return "\n".join(lines), self.make(result)

    def statements(self):
        return super().statements() + [self.use, self.use, self.refine,
                                       self.walk_objects, self.lose]

    def use(self):
        """Changes an object, or what holds objects."""
        name = self.changeable("Item") or self.make("Item", 1)
        lists = self.names("List[Item]")
        choices = [f"{name}.key {self.random.choice(['=', '+=', '-='])} "
                   f"{self.make('int', 1)}",
                   f"{name}.name = {self.make('str', 1)}",
                   f"{name}.seen.append({self.make('int', 1)})",
                   f"{name}.seen = {self.make('List[int]', 1)}",
                   f"{name}.tags[{self.make('str', 1)}] = "
                   f"{self.make('int', 1)}"]
        if lists:
            xs = self.random.choice(lists)
            choices += [f"{xs}.sort()", f"{xs}.sort(reverse=True)",
                        f"{xs}[{self.small()}].key += 1",
                        f"{xs}.append({name})"] * 2
        self.emit(self.random.choice(choices))

    def refine(self):
        names = [name for name in self.names("Optional[Item]")
                 if name not in self.fixed]
        if not names or self.depth > 2:
            return
        name = self.random.choice(names)
        self.emit(f"if {name} is not None:")
        was = set(self.fixed)
        self.fixed.add(name)
        self.scopes.append({name: "Item"})
        self.nested()
        self.scopes.pop()
        self.fixed = was

    def walk_objects(self):
        names = self.names("List[Item]")
        if not names or self.depth > 1:
            return
        self.count += 1
        name = f"a{self.count}"
        was = set(self.fixed)
        self.fixed |= {name, *names}
        self.emit(f"for {name} in {self.random.choice(names)}:")
        self.scopes.append({name: "Item"})
        self.nested()
        self.scopes.pop()
        self.fixed = was

    def lose(self):
        if self.random.random() < 0.3:
            self.emit(f"if {self.make('bool', 1)}:")
            self.emit(f"    raise ValueError({self.make('str', 1)})")

    # Values

    def call(self, name, depth):
        m = self.make
        rest = f"{m('int', depth)}, {m('bool', depth)}, {m('str', depth)}"
        if name == "helper":
            return f"helper({m('List[Item]', depth)}, {rest})"
        if name == "self.again":
            return f"self.again({rest})"
        return f"{m('Item', depth)}.{name}({rest}, {m('Item', depth)})"

    def calls_of(self, names, depth):
        return [lambda name=name: self.call(name, depth) for name in names
                if name in self.callable]

    def new(self, depth):
        return f"Item({self.make('int', depth)}, {self.make('str', depth)})"

    def make_Item(self, kind, depth):
        m = self.make
        return self.pick(
            lambda: f"Item({self.small()}, \"i\")", lambda: self.new(depth),
            lambda: self.new(depth),
            lambda: f"{m('List[Item]', depth)}[{self.small()}]",
            lambda: f"{m('Dict[str, Item]', depth)}[{m('str', depth)}]",
            *self.calls_of(["helper"], depth), depth=depth)

    def make_int(self, kind, depth):
        m = self.make
        if self.random.random() < 0.6:
            return super().make_int(kind, depth)
        return self.pick(
            lambda: str(self.random.randint(-3, 9)),
            lambda: f"{m('Item', depth)}.key",
            lambda: f"len({m('Item', depth)}.seen)",
            lambda: f"len({m('List[Item]', depth)})",
            *self.calls_of(["bump", "self.again"], depth), depth=depth)

    def make_bool(self, kind, depth):
        m = self.make
        if self.random.random() < 0.5:
            return super().make_bool(kind, depth)
        return self.pick(
            lambda: self.random.choice(["True", "False", "c"]),
            lambda: f"({m('Item', depth)} is {m('Item', depth)})",
            lambda: f"({m('Item', depth)} is not {m('Item', depth)})",
            lambda: f"({m('Item', depth)} < {m('Item', depth)})",
            lambda: f"({m('Optional[Item]', depth)} is None)",
            lambda: f"({m('str', depth)} in {m('Dict[str, Item]', depth)})",
            depth=depth)

    def make_str(self, kind, depth):
        m = self.make
        if self.random.random() < 0.7:
            return super().make_str(kind, depth)
        return self.pick(
            lambda: '"a"', lambda: f"{m('Item', depth)}.name",
            lambda: f"', '.join([e.name for e in {m('List[Item]', depth)}])",
            *self.calls_of(["label"], depth), depth=depth)

    def make_List(self, kind, depth):
        if kind == "List[Item]" and self.random.random() < 0.3 and depth < 3:
            return self.random.choice([
                f"sorted({self.make(kind, depth)})",
                f"list({self.make('Dict[str, Item]', depth)}.values())",
                f"[Item(k, \"v\") for k in {self.make('List[int]', depth)}]"])
        return super().make_List(kind, depth)

    def make_Optional(self, kind, depth):
        if kind == "Optional[int]":
            return super().make_Optional(kind, depth)
        if self.random.random() < 0.4:
            return "None"
        if self.random.random() < 0.4:
            return (f"{self.make('Dict[str, Item]', depth)}"
                    f".get({self.make('str', depth)})")
        return self.make("Item", depth)
