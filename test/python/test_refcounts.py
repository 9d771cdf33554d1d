"""Random structured functions on boxed values: no reference is left or lost.

Loops in loops, branches, carried values that change places, one value yielded
twice, memory that objects lend, results that nobody uses. Each runs with a raise
at each of its first calls in turn. MINITORCH_FUZZ sets how many
functions there are.
"""
import os
import random
import re
import shutil
import subprocess

import pytest

HERE = os.path.dirname(__file__)
ROOT = os.path.dirname(os.path.dirname(HERE))
SEARCH = os.pathsep.join([
    os.environ.get("MINITORCH_TOOLS_DIR", os.path.join(ROOT, "build/bin")),
    "/usr/lib/llvm-22/bin", os.environ.get("PATH", "")])
TOOLS = {name: shutil.which(name, path=SEARCH)
         for name in ("mt-opt", "mlir-translate", "opt", "llc", "cc")}
pytestmark = pytest.mark.skipif(
    not all(TOOLS.values()),
    reason=f"not there: {[name for name, path in TOOLS.items() if not path]}")

FUNCTIONS = 20  # a file
COUNT = int(os.environ.get("MINITORCH_FUZZ", "40"))

STR, ANY, MAYBE = "!mt.str", "!mt.any", "!mt.optional<!mt.str>"
MEMORY = "memref<4xi64>"
DECLARATIONS = """
func.func private @rt_tick()
func.func private @rt_make() -> !mt.str
func.func private @rt_share() -> !mt.str
func.func private @rt_literal() -> !mt.str attributes {mt.immortal, mt.no_raise}
func.func private @rt_maybe(i1) -> !mt.optional<!mt.str>
func.func private @rt_join(!mt.str, !mt.str) -> !mt.str
func.func private @rt_append(!mt.str, !mt.str) -> !mt.str attributes {mt.takes = array<i64: 0>}
func.func private @rt_or(!mt.optional<!mt.str>, !mt.str) -> !mt.str
func.func private @rt_number(i64) -> !mt.any
func.func private @rt_wrap(!mt.str) -> !mt.any
func.func private @rt_look(!mt.any) -> i64 attributes {mt.no_raise}
func.func private @rt_data(!mt.str) -> memref<4xi64> attributes {llvm.emit_c_interface, mt.no_raise}
func.func private @rt_read(memref<4xi64>)
"""
# Whoever lowers boxed tensors makes the memref; here a call does, so that the
# passes see an operation without effects.
LENDS = r"builtin.unrealized_conversion_cast (%\S+) : !mt.str to memref<4xi64>"
LENT = r"func.call @rt_data(\1) : (!mt.str) -> memref<4xi64>"
LOWERING = ("convert-mt-to-llvm,convert-scf-to-cf,finalize-memref-to-llvm,"
            "convert-func-to-llvm,convert-cf-to-llvm,convert-arith-to-llvm,"
            "convert-index-to-llvm,reconcile-unrealized-casts")


class Function:
    """One random function; `callees` are functions that it may call."""

    def __init__(self, rand, name, callees):
        self.rand, self.name, self.callees = rand, name, callees
        self.count, self.lines, self.indent = 0, [], "  "
        values = [("%a", STR), ("%b", STR)]
        for i in range(4):
            self.emit(f"%i{i} = arith.constant {i} : index")
        self.emit("%k = arith.constant 7 : i64")
        self.block(values, depth=3)
        self.emit(f"return {self.pick(values, STR)} : {STR}")

    def text(self):
        return (f"func.func @{self.name}(%a: {STR}, %b: {STR}, %c0: i1, "
                f"%c1: i1) -> {STR} {{\n" + "\n".join(self.lines) + "\n}\n")

    def emit(self, line):
        self.lines.append(self.indent + line)

    def fresh(self):
        self.count += 1
        return f"%v{self.count}"

    def pick(self, values, kind):
        return self.rand.choice([v for v, k in values if k == kind])

    def kinds(self, values, count):
        """Types of which there are values, for results and carried values."""
        present = sorted({k for _, k in values if k != MEMORY})
        return [self.rand.choice(present) for _ in range(count)]

    def call(self, values, callee, operands, kinds, result):
        name = self.fresh()
        self.emit(f"{name} = func.call @{callee}({', '.join(operands)}) : "
                  f"({', '.join(kinds)}) -> {result}")
        if result != "i64":
            values.append((name, result))

    def block(self, values, depth):
        for _ in range(self.rand.randint(1, 4)):
            if depth and self.rand.random() < 0.45:
                self.rand.choice([self.branch, self.loop, self.loop,
                                  self.while_loop, self.switch, self.region])(
                                      values, depth)
            else:
                self.operation(values)

    def operation(self, values):
        one, two = self.pick(values, STR), self.pick(values, STR)
        memory = [v for v, k in values if k == MEMORY]
        if memory and self.rand.random() < 0.3:
            self.emit(f"func.call @rt_read({self.rand.choice(memory)}) : "
                      f"({MEMORY}) -> ()")
            return
        kind = self.rand.randrange(14)
        condition = f"%c{self.rand.randint(0, 1)}"
        if kind < 2:
            self.call(values, "rt_make", [], [], STR)
        elif kind < 4:
            self.call(values, "rt_join", [one, two], [STR, STR], STR)
        elif kind < 6:
            self.call(values, "rt_append", [one, two], [STR, STR], STR)
        elif kind == 6:
            self.call(values, self.rand.choice(["rt_literal", "rt_share"]), [],
                      [], STR)
        elif kind == 7:
            self.call(values, "rt_maybe", [condition], ["i1"], MAYBE)
        elif kind == 8:
            self.call(values, "rt_wrap", [one], [STR], ANY)
            if self.rand.random() < 0.5:
                self.call(values, "rt_number", ["%k"], ["i64"], ANY)
        elif kind == 9:
            self.emit("func.call @rt_tick() : () -> ()")
        elif kind == 10:
            kind, = self.kinds(values, 1)
            name = self.fresh()
            self.emit(f"{name} = arith.select {condition}, "
                      f"{self.pick(values, kind)}, {self.pick(values, kind)} : "
                      f"{kind}")
            values.append((name, kind))
        elif kind == 11:
            # Of a new object, which nothing else holds.
            self.call(values, "rt_make", [], [], STR)
            name = self.fresh()
            self.emit(f"{name} = builtin.unrealized_conversion_cast "
                      f"{values[-1][0]} : {STR} to {MEMORY}")
            values.append((name, MEMORY))
        elif kind == 12 and self.callees:
            self.call(values, self.rand.choice(self.callees),
                      [one, two, "%c0", "%c1"], [STR, STR, "i1", "i1"], STR)
        else:
            self.look(values)

    def look(self, values):
        """Something that reads what is there."""
        name, kind = self.rand.choice(values)
        if kind == ANY:
            self.call(values, "rt_look", [name], [ANY], "i64")
        elif kind == MAYBE:
            self.call(values, "rt_or", [name, self.pick(values, STR)],
                      [MAYBE, STR], STR)

    def nested(self, values, depth, kinds):
        """A block that yields values of these types."""
        outer, self.indent = self.indent, self.indent + "  "
        values = list(values)
        self.block(values, depth - 1)
        self.end("scf.yield", [self.pick(values, kind) for kind in kinds], kinds)
        self.indent = outer

    def end(self, terminator, operands, kinds, condition=""):
        what = f" {', '.join(operands)} : {', '.join(kinds)}" if kinds else ""
        self.emit(terminator + condition + what)

    def results(self, values, kinds):
        """What stands before an operation with these results."""
        if not kinds:
            return ""
        name = self.fresh()
        values += [(f"{name}#{i}", kind) for i, kind in enumerate(kinds)]
        return f"{name}:{len(kinds)} = "

    def branch(self, values, depth):
        kinds = self.kinds(values, self.rand.randint(0, 2))
        outer = list(values)
        arrow = f" -> ({', '.join(kinds)})" if kinds else ""
        self.emit(f"{self.results(values, kinds)}scf.if "
                  f"%c{self.rand.randint(0, 1)}{arrow} {{")
        self.nested(outer, depth, kinds)
        self.emit("} else {")
        self.nested(outer, depth, kinds)
        self.emit("}")

    def switch(self, values, depth):
        kinds = self.kinds(values, self.rand.randint(0, 2))
        outer = list(values)
        arrow = f" -> {', '.join(kinds)}" if kinds else ""
        self.emit(f"{self.results(values, kinds)}scf.index_switch "
                  f"%i{self.rand.randint(0, 3)}{arrow}")
        for case in ("case 0", "case 2", "default"):
            self.emit(case + " {")
            self.nested(outer, depth, kinds)
            self.emit("}")

    def region(self, values, depth):
        kinds = self.kinds(values, self.rand.randint(0, 2))
        outer = list(values)
        arrow = f" -> ({', '.join(kinds)})" if kinds else ""
        self.emit(f"{self.results(values, kinds)}scf.execute_region{arrow} {{")
        self.nested(outer, depth, kinds)
        self.emit("}")

    def loop(self, values, depth):
        kinds = self.kinds(values, self.rand.randint(1, 3))
        arguments = [(self.fresh(), kind) for kind in kinds]
        inits = [self.pick(values, kind) for kind in kinds]
        inside = list(values) + arguments
        carried = [(a, i) for (a, _), i in zip(arguments, inits)]
        memory = [v for v, kind in values if kind == MEMORY]
        if memory and self.rand.random() < 0.5:
            # It goes around unchanged, beside what may be its owner.
            carried.append((self.fresh(), self.rand.choice(memory)))
            inside.append((carried[-1][0], MEMORY))
            kinds = kinds + [MEMORY]
        counter = self.fresh()
        iter_args = ", ".join(f"{a} = {init}" for a, init in carried)
        self.emit(f"{self.results(values, kinds)}scf.for {counter} = %i0 to "
                  f"%i{self.rand.randint(0, 3)} step %i1 iter_args({iter_args}) "
                  f"-> ({', '.join(kinds)}) {{")
        outer, self.indent = self.indent, self.indent + "  "
        self.block(inside, depth - 1)
        last = [carried[-1][0] if kind == MEMORY else self.pick(inside, kind)
                for kind in kinds]
        self.end("scf.yield", last, kinds)
        self.indent = outer
        self.emit("}")

    def while_loop(self, values, depth):
        before = self.kinds(values, self.rand.randint(1, 2))
        after = self.kinds(values, self.rand.randint(0, 2))
        outer = list(values)
        arguments = [(self.fresh(), kind) for kind in before]
        counter, goes, next_counter = self.fresh(), self.fresh(), self.fresh()
        inits = ", ".join(f"{a} = {self.pick(outer, kind)}"
                          for a, kind in arguments)
        results = self.results(values, after + ["index"])
        values.pop()
        self.emit(f"{results}scf.while ({inits}, {counter} = %i0) : "
                  f"({', '.join(before + ['index'])}) -> "
                  f"({', '.join(after + ['index'])}) {{")
        outer_indent, self.indent = self.indent, self.indent + "  "
        inside = outer + arguments
        self.block(inside, 0)
        self.emit(f"{goes} = arith.cmpi ult, {counter}, "
                  f"%i{self.rand.randint(0, 2)} : index")
        self.end("scf.condition", [self.pick(inside, k) for k in after] +
                 [counter], after + ["index"], f"({goes})")
        self.indent = outer_indent
        turn = self.fresh()
        arguments = [(self.fresh(), kind) for kind in after]
        heads = ", ".join([f"{a}: {kind}" for a, kind in arguments] +
                          [f"{turn}: index"])
        self.emit("} do {")
        self.emit(f"^bb0({heads}):")
        self.indent += "  "
        inside = outer + arguments
        self.block(inside, depth - 1)
        self.emit(f"{next_counter} = arith.addi {turn}, %i1 : index")
        self.end("scf.yield", [self.pick(inside, k) for k in before] +
                 [next_counter], before + ["index"])
        self.indent = outer_indent
        self.emit("}")


def program(seed):
    rand = random.Random(seed)
    names = [f"f{i}" for i in range(FUNCTIONS)]
    # Only the first are called: what a call costs would grow with every level.
    return DECLARATIONS + "".join(
        Function(rand, name, names[:4] if i >= 4 else []).text()
        for i, name in enumerate(names))


def run(tool, *arguments, text=None):
    done = subprocess.run([TOOLS[tool], *arguments], input=text, text=True,
                          capture_output=True)
    assert done.returncode == 0, f"{tool}: {done.stderr[-2000:]}"
    return done.stdout


@pytest.fixture(scope="module")
def runtime(tmp_path_factory):
    folder = tmp_path_factory.mktemp("runtime")
    table = folder / "table.c"
    names = [f"f{i}" for i in range(FUNCTIONS)]
    table.write_text(
        "typedef void function(void);\n"
        + "".join(f"extern function {name};\n" for name in names)
        + f"function *const functions[] = {{{', '.join(names)}}};\n"
        + f"const int numFunctions = {FUNCTIONS};\n")
    objects = []
    for source in (table, os.path.join(HERE, "refcounts_runtime.c")):
        objects.append(str(folder / f"{len(objects)}.o"))
        run("cc", "-O1", "-c", str(source), "-o", objects[-1])
    return objects


def count(source):
    """The counted program, memory made by calls."""
    counted = run("mt-opt", "--mt-insert-refcounts", text=source)
    return re.sub(LENDS, LENT, counted)


def execute(counted, runtime, folder):
    lowered = run("mt-opt", f"--pass-pipeline=builtin.module({LOWERING})",
                  text=counted)
    ir = run("mlir-translate", "--mlir-to-llvmir", text=lowered)
    optimized = run("opt", "-O1", "-S", text=ir)
    program, executable = str(folder / "program.o"), str(folder / "program")
    run("llc", "-O1", "-filetype=obj", "-relocation-model=pic", "-o", program,
        text=optimized)
    run("cc", program, *runtime, "-o", executable)
    return subprocess.run([executable], text=True, capture_output=True)


@pytest.mark.parametrize("seed", range(max(1, COUNT // FUNCTIONS)))
def test_counts(seed, runtime, tmp_path):
    done = execute(count(program(seed)), runtime, tmp_path)
    assert done.returncode == 0, done.stdout or f"exit status {done.returncode}"
    print(done.stdout)


@pytest.mark.parametrize("kind", ["retain", "release", "root"])
def test_a_missing_one_is_seen(kind, runtime, tmp_path):
    """Without all of one kind something is off: the test looks."""
    counted = count(program(0))
    without = re.sub(rf"^ *mt\.(un)?{kind} .*\n", "", counted, flags=re.M)
    assert without != counted
    assert execute(without, runtime, tmp_path).returncode != 0
