"""Random typed programs on numbers, strings, lists, dicts and tuples."""
import random

HEADER = "from typing import Dict, List, Optional, Tuple\n\n\n"
TYPES = ["int", "float", "bool", "str", "List[int]", "List[str]",
         "List[float]", "Dict[str, int]", "Dict[int, str]", "Tuple[int, str]",
         "List[List[int]]", "List[Tuple[int, str]]", "Optional[int]",
         "Dict[str, List[int]]"]
PARAMETERS = {"n": "int", "c": "bool", "s": "str", "v": "List[int]",
              "w": "List[str]", "d": "Dict[str, int]"}
#: Arguments of every program.
CALLS = [(2, True, "ab c", [3, 1, 2], ["x", "yy"], {"a": 1, "ab c": 2}),
         (0, False, "", [], [], {}),
         (3, True, "Z", [5], ["q"], {"": 7}),
         (1, False, "hello", [0, -1, 4, 4], ["b", "a", "b"], {"x": -3})]
WORDS = ["a", "b", "ab", "", "x y", "Q"]


class Program:
    """`source` is a function `program`."""
    types = TYPES

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.count = 0
        self.write()

    def start(self, scope):
        """A function with these names."""
        self.scopes = [dict(scope)]
        self.lines = []
        self.depth = 0
        #: Names that loops walk over: changing them would not end.
        self.fixed = set()

    def write(self):
        self.start(PARAMETERS)
        self.block(self.random.randint(4, 10))
        names = [(name, kind) for name, kind in self.scopes[0].items()
                 if not kind.startswith("Optional")]
        chosen = self.random.sample(names, min(len(names), 5))
        parameters = ", ".join(f"{a}: {b}" for a, b in PARAMETERS.items())
        result = ", ".join(kind for _, kind in chosen)
        self.source = (
            f"def program({parameters}) -> Tuple[{result}]:\n"
            + "\n".join("    " + line for line in self.lines)
            + f"\n    return {', '.join(name for name, _ in chosen)}\n")

    # Statements

    def emit(self, line):
        self.lines.append("    " * self.depth + line)

    def block(self, count):
        for _ in range(count):
            self.random.choice(self.statements())()

    def statements(self):
        return [self.declare, self.declare, self.assign, self.assign,
                self.change, self.change, self.change, self.branch, self.loop,
                self.walk, self.say, self.fail]

    def nested(self):
        self.scopes.append({})
        self.depth += 1
        before = len(self.lines)
        self.block(self.random.randint(1, 3))
        if len(self.lines) == before:
            self.emit("pass")
        self.depth -= 1
        self.scopes.pop()

    def names(self, kind):
        return [name for scope in self.scopes for name, known in scope.items()
                if known == kind]

    def fresh(self, kind):
        self.count += 1
        name = f"t{self.count}"
        self.scopes[-1][name] = kind
        return name

    def declare(self):
        kind = self.random.choice(self.types)
        value = self.make(kind)
        self.emit(f"{self.fresh(kind)}: {kind} = {value}")

    def assign(self):
        kind = self.random.choice(self.types)
        names = [name for name in self.names(kind) if name not in self.fixed]
        if names:
            self.emit(f"{self.random.choice(names)} = {self.make(kind)}")

    def other(self, kind, name):
        """A value that is not `name`: a list that is added to itself is broken
        by TorchScript."""
        value = self.make(kind, 1)
        return f"{value}.copy()"

    def changeable(self, kind):
        names = [name for name in self.names(kind) if name not in self.fixed]
        return self.random.choice(names) if names else None

    def change(self):
        kind = self.random.choice(self.types)
        name = self.changeable(kind)
        if name is None:
            return
        if kind == "int":
            self.emit(f"{name} {self.random.choice(['+=', '-=', '*='])} "
                      f"{self.small()}")
        elif kind == "str":
            self.emit(f"{name} += {self.make('str', 1)}")
        elif kind.startswith("List["):
            item = kind[5:-1]
            i = self.small()
            self.emit(self.random.choice([
                f"{name}.append({self.make(item, 1)})",
                f"{name}.append({self.make(item, 1)})",
                f"{name}.insert({i}, {self.make(item, 1)})",
                f"{name}.extend({self.other(kind, name)})",
                f"{name}[{i}] = {self.make(item, 1)}",
                f"{name}.pop()", f"del {name}[{i}]", f"{name}.reverse()",
                f"{name}.clear()", f"{name} += {self.other(kind, name)}",
                f"{name}.sort()" if item in ("int", "str", "float")
                else f"{name}.reverse()"]))
        elif kind.startswith("Dict["):
            key, item = kind[5:-1].split(", ", 1)
            k = self.make(key, 1)
            self.emit(self.random.choice([
                f"{name}[{k}] = {self.make(item, 1)}",
                f"{name}[{k}] = {self.make(item, 1)}",
                f"{name}.update({self.make(kind, 1)})",
                f"{name}.pop({k})", f"{name}.clear()",
                f"{name}.setdefault({k}, {self.make(item, 1)})"]))
        elif kind == "Optional[int]":
            self.emit(f"{name} = {self.make(kind, 1)}")

    def branch(self):
        if self.depth > 2:
            return
        self.emit(f"if {self.make('bool', 1)}:")
        self.nested()
        if self.random.random() < 0.6:
            self.emit("else:")
            self.nested()

    def loop(self):
        if self.depth > 1:
            return
        self.count += 1
        name = f"i{self.count}"
        self.emit(f"for {name} in range({self.random.choice(['n', '2', '3'])}):")
        self.scopes.append({name: "int"})
        self.fixed.add(name)
        self.nested()
        self.scopes.pop()

    def walk(self):
        if self.depth > 1:
            return
        kind = self.random.choice(["List[int]", "List[str]", "str",
                                   "Dict[str, int]", "List[Tuple[int, str]]",
                                   "List[List[int]]"])
        names = self.names(kind)
        if not names:
            return
        source = self.random.choice(names)
        self.count += 1
        a, b = f"a{self.count}", f"b{self.count}"
        if kind.startswith("Dict"):
            head, bound = f"{a}, {b} in {source}.items()", {a: "str", b: "int"}
        elif kind == "List[Tuple[int, str]]":
            head, bound = f"{a}, {b} in {source}", {a: "int", b: "str"}
        elif self.random.random() < 0.3:
            item = "str" if kind == "str" else kind[5:-1]
            head, bound = f"{a}, {b} in enumerate({source})", {a: "int", b: item}
        else:
            item = "str" if kind == "str" else kind[5:-1]
            head, bound = f"{a} in {source}", {a: item}
        was = set(self.fixed)
        # The list may be known by another name, too.
        self.fixed |= {name for name in self.names(kind)} | set(bound)
        if "List" in kind:
            self.fixed |= {name for name in self.names("List[int]")}
        self.emit(f"for {head}:")
        self.scopes.append(bound)
        self.nested()
        self.scopes.pop()
        self.fixed = was

    def say(self):
        kinds = self.random.sample(TYPES, 2)
        self.emit(f"print({', '.join(self.make(kind, 1) for kind in kinds)})")

    def fail(self):
        if self.random.random() < 0.4:
            condition = self.make("bool", 1)
            self.emit(f"assert {condition}, {self.make('str', 1)}")

    # Values

    def small(self):
        return self.random.choice(["0", "1", "-1", "2", "n"])

    def make(self, kind, depth=0):
        names = self.names(kind)
        if names and self.random.random() < (0.35 if depth < 2 else 0.8):
            return self.random.choice(names)
        return getattr(self, "make_" + kind.split("[")[0])(kind, depth + 1)

    def pick(self, leaf, *choices, depth):
        if depth > 2:
            return leaf()
        return self.random.choice([leaf, *choices])()

    def make_int(self, kind, depth):
        m = self.make
        return self.pick(
            lambda: str(self.random.randint(-3, 9)),
            lambda: f"({m('int', depth)} + {m('int', depth)})",
            lambda: f"({m('int', depth)} - {m('int', depth)})",
            lambda: f"({m('int', depth)} * {self.small()})",
            lambda: f"({m('int', depth)} // {self.random.randint(1, 4)})",
            lambda: f"({m('int', depth)} % {self.random.randint(1, 4)})",
            lambda: f"len({m('str', depth)})",
            lambda: f"len({m('List[int]', depth)})",
            lambda: f"len({m('Dict[str, int]', depth)})",
            lambda: f"{m('List[int]', depth)}[{self.small()}]",
            lambda: f"{m('Dict[str, int]', depth)}[{m('str', depth)}]",
            lambda: f"sum({m('List[int]', depth)})",
            lambda: f"max({m('List[int]', depth)})",
            lambda: f"{m('List[int]', depth)}.count({m('int', depth)})",
            lambda: f"{m('str', depth)}.find({m('str', depth)})",
            lambda: f"int({m('float', depth)})",
            lambda: f"int({m('bool', depth)})",
            lambda: f"ord({m('str', depth)}[0])",
            lambda: f"{m('Tuple[int, str]', depth)}[0]", depth=depth)

    def make_float(self, kind, depth):
        m = self.make
        return self.pick(
            lambda: str(self.random.choice([0.5, -1.25, 3.0, 1e20, 0.1])),
            lambda: f"({m('float', depth)} + {m('float', depth)})",
            lambda: f"({m('int', depth)} / {self.random.randint(1, 4)})",
            lambda: f"float({m('int', depth)})",
            lambda: f"({m('float', depth)} * {m('int', depth)})",
            lambda: f"min({m('List[float]', depth)})", depth=depth)

    def make_bool(self, kind, depth):
        m = self.make
        return self.pick(
            lambda: self.random.choice(["True", "False", "c"]),
            lambda: f"({m('int', depth)} < {m('int', depth)})",
            lambda: f"({m('str', depth)} == {m('str', depth)})",
            lambda: f"({m('str', depth)} < {m('str', depth)})",
            lambda: f"({m('int', depth)} in {m('List[int]', depth)})",
            lambda: f"({m('str', depth)} in {m('Dict[str, int]', depth)})",
            lambda: f"({m('List[int]', depth)} == {m('List[int]', depth)})",
            lambda: f"(not {m('bool', depth)})",
            lambda: f"({m('bool', depth)} and {m('bool', depth)})",
            lambda: f"({m('Optional[int]', depth)} is None)",
            lambda: f"{m('str', depth)}.startswith({m('str', depth)})",
            depth=depth)

    def make_str(self, kind, depth):
        m = self.make
        return self.pick(
            lambda: repr(self.random.choice(WORDS)).replace("'", '"'),
            lambda: f"({m('str', depth)} + {m('str', depth)})",
            lambda: f"str({m(self.random.choice(['int', 'float', 'bool']), depth)})",
            lambda: f"{m('str', depth)}.upper()",
            lambda: f"{m('str', depth)}[{self.small()}:]",
            lambda: f"{m('List[str]', depth)}[{self.small()}]",
            lambda: f"{m('str', depth)}.join({m('List[str]', depth)})",
            lambda: f"'{{}}-{{}}'.format({m('int', depth)}, {m('str', depth)})",
            lambda: f"{m('str', depth)}.replace('a', {m('str', depth)})",
            lambda: f"{m('Tuple[int, str]', depth)}[1]",
            lambda: f"{m('str', depth)}.strip()", depth=depth)

    def make_List(self, kind, depth):
        item = kind[5:-1]
        m = self.make

        def literal():
            count = self.random.randint(0 if depth < 3 else 1, 3)
            if count == 0:
                # An empty list has a type of its own.
                names = self.names(kind)
                return f"{names[0]}[:0]" if names else f"[{m(item, depth)}][1:]"
            return "[" + ", ".join(m(item, depth) for _ in range(count)) + "]"
        choices = [
            lambda: f"({m(kind, depth)} + {m(kind, depth)})",
            lambda: f"{m(kind, depth)}[{self.small()}:]",
            lambda: f"{m(kind, depth)}[::-1]",
            lambda: f"{m(kind, depth)}.copy()",
            lambda: f"list({m(kind, depth)})"]
        if item == "int":
            choices += [lambda: f"[x + 1 for x in {m(kind, depth)}]",
                        lambda: f"list({m('Dict[str, int]', depth)}.values())",
                        lambda: f"sorted({m(kind, depth)})",
                        lambda: f"[0] * {self.small()}"]
        if item == "str":
            choices += [lambda: f"{m('str', depth)}.split()",
                        lambda: f"list({m('Dict[str, int]', depth)}.keys())",
                        lambda: f"sorted({m(kind, depth)})"]
        return self.pick(literal, *choices, depth=depth)

    def make_Dict(self, kind, depth):
        key, item = kind[5:-1].split(", ", 1)
        m = self.make

        def literal():
            count = self.random.randint(1, 2)
            return "{" + ", ".join(f"{m(key, depth)}: {m(item, depth)}"
                                   for _ in range(count)) + "}"
        return self.pick(literal, lambda: f"{m(kind, depth)}.copy()",
                         depth=depth)

    def make_Tuple(self, kind, depth):
        return f"({self.make('int', depth)}, {self.make('str', depth)})"

    def make_Optional(self, kind, depth):
        if self.random.random() < 0.4:
            return "None"
        if self.random.random() < 0.4:
            return (f"{self.make('Dict[str, int]', depth)}"
                    f".get({self.make('str', depth)})")
        return self.make("int", depth)
