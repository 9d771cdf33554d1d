"""The operators on boxed values, called as compiled code calls them, compared
with TorchScript's own; and what happens to counts."""
import ctypes
import math
import random
from ctypes import c_int64, c_uint32, c_void_p

import pytest
import torch

import boxed
from boxed import Boxed, OBJECT, Raised, rt, runtime

pytestmark = boxed.needs_runtime


def oracle(schema, *arguments):
    """What TorchScript's operator gives, or its error's last line."""
    space, _, name = schema.partition("::")
    packet, _, overload = name.partition(".")
    op = getattr(getattr(getattr(torch.ops, space), packet),
                 overload or "default")
    try:
        return op(*arguments)
    except UnicodeDecodeError:
        return None  # no UTF-8: only TorchScript itself can look at it
    except Exception as error:  # of any class: C++ exceptions are translated
        return "raises " + str(error).strip()


def ours(rt, schema, *arguments, **options):
    space, _, name = schema.partition("::")
    packet, _, overload = name.partition(".")
    op = getattr(getattr(getattr(torch.ops, space), packet),
                 overload or "default")
    defaults = [a.default_value for a in op._schema.arguments[len(arguments):]]
    try:
        return rt.run(schema, *arguments, *defaults, **options)[0]
    except Raised as error:
        assert error.kind == "RuntimeError"
        return "raises " + error.message


def same(rt, schema, *arguments, **options):
    expected = oracle(schema, *arguments)
    found = ours(rt, schema, *arguments, **options)
    if expected is None:
        return
    assert repr(found) == repr(expected), (schema, arguments)


TEXTS = ["", "a", "abcab", "aaaa", "a,b,,c", "  a b  c ", ",", " aab b\n\t\r",
         "a\r\nb\n\nc\rd", "a\x0bb\x0cc\x1cd\n", "hello World x1", "HELLO",
         "123", "a1", "Title Case", "1a", "_x", "hE's äB ß", "a\tb\t\tc\n\te",
         "x-y-z", "\x7f", "tEst-it 3ds", "+3", "é", "\n", "a\n\n"]

UNARY = ["upper", "lower", "capitalize", "title", "swapcase", "isupper",
         "islower", "isdigit", "isalpha", "isalnum", "isspace", "istitle",
         "isdecimal", "isnumeric", "isidentifier", "isprintable", "strip",
         "lstrip", "rstrip", "splitlines", "rsplit", "split.str", "len.str",
         "list", "ord", "Int.str", "Float.str", "expandtabs"]


@pytest.mark.parametrize("op", UNARY)
def test_string_methods(rt, op):
    for text in TEXTS:
        same(rt, "aten::" + op, text)


@pytest.mark.parametrize("op", ["find", "rfind", "index.str", "rindex",
                                "count", "startswith", "endswith"])
def test_string_search(rt, op):
    bounds = [(), (1,), (-2,), (9,), (0, -1), (1, 3), (0, 2), (0, 100), (5, 1),
              (-100, -100), (3, -3), (0, 0)]
    for text in ("", "abcab", "aaaa"):
        for part in ("", "a", "ab", "b", "zz"):
            for bound in bounds:
                if op == "count" and not part:
                    continue  # may not return there
                same(rt, "aten::" + op, text, part, *bound)


def test_string_parts(rt):
    for text in TEXTS:
        for by in (",", " ", "ab", "a", "-"):
            same(rt, "aten::partition", text, by)
            same(rt, "aten::rpartition", text, by)
            for most in (-1, 0, 1, 2):
                same(rt, "aten::split.str", text, by, most)
                same(rt, "aten::rsplit", text, by, most)
        same(rt, "aten::splitlines", text, True)
        same(rt, "aten::split.str", text, None, 1)
        for chars in ("", "a ", "b\n", " \n\t\r"):
            for op in ("strip", "lstrip", "rstrip"):
                same(rt, "aten::" + op, text, chars)
        for new in ("", "xx", "a", "aa"):
            for most in (-1, 0, 1):
                same(rt, "aten::replace", text, "a", new, most)
    same(rt, "aten::replace", "ab", "", "x", 2)
    same(rt, "aten::partition", "a", "")
    same(rt, "aten::rpartition", "a", "")
    same(rt, "aten::split.str", "ab", "")
    for op, *arguments in [("rsplit", "ab", ""), ("count", "ab", ""),
                           ("replace", "ab", "", "x")]:
        assert ours(rt, "aten::" + op, *arguments).startswith("raises")


def test_string_padding(rt):
    for text in ("", "a", "ab1", "-3", "+3"):
        for width in (0, 1, 2, 5, 6, 7, 8):
            for op in ("center", "ljust", "rjust"):
                same(rt, "aten::" + op, text, width)
                same(rt, "aten::" + op, text, width, "*")
            same(rt, "aten::zfill", text, width)
        for size in (-1, 0, 1, 4):
            same(rt, "aten::expandtabs", text + "\tb\n\t\tc", size)
    for op in ("center", "ljust", "rjust"):
        same(rt, "aten::" + op, "ab", 8, "xy")
        same(rt, "aten::" + op, "ab", 1, "")
    assert ours(rt, "aten::ljust", "a", 2**62).startswith("raises cannot")


def test_string_slices(rt):
    for text in ("", "hello"):
        for index in (0, -1, 4, 5, 9, -5, -9):
            same(rt, "aten::__getitem__.str", text, index)
        for start in (None, 0, 1, -1, -100, 100, 2**63 - 1, -2**63):
            for end in (None, 0, 3, -1, -100, 100):
                for step in (1, 2, -1, -3):
                    found = ours(rt, "aten::slice.str", text, start, end, step)
                    assert found == text[start:end:step]
    same(rt, "aten::slice.str", "hello", None, None, 0)


def test_string_order_and_joining(rt):
    words = ["", "a", "ab", "b", "é", "Z"]
    for a in words:
        for b in words:
            for op in ("add", "eq", "ne", "lt", "le", "gt", "ge"):
                same(rt, f"aten::{op}.str", a, b)
            same(rt, "aten::join", a, [b, b, "x"], letter="o")
    assert rt.run("aten::join", "-", [])[0] == ""


def test_numbers_and_strings(rt):
    for number in (0, 1, -1, 16, 65, 255, -255, 2**63 - 1, -2**63):
        for op in ("hex", "oct", "bin"):
            same(rt, "aten::" + op, number)
    for code in (0, 65, 127, -1, 0x110000):
        same(rt, "aten::chr", code)
    assert rt.run("aten::chr", 200)[0].encode(
        errors="surrogateescape") == b"\xc8"
    for text in ("1", "-5", "+7", " 2", "2 ", "\t3", "007", "1_0", "0x1f",
                 "9223372036854775807", "9223372036854775808",
                 "-9223372036854775808", "1.5", "1e5", "nan", "-inf",
                 "-Infinity", "0x10", "1e400", "1e-400", "1.5x", ".5", "5."):
        same(rt, "aten::Int.str", text)
        same(rt, "aten::Float.str", text)


def script(source, **arguments):
    """Runs TorchScript's own; its outputs as text."""
    scope = torch.jit.CompilationUnit(source)
    return scope.f(**arguments)


FLOATS = [0.0, -0.0, 1.0, -3.0, 100.0, 0.1, 0.5, 1 / 3, 1e15, 1e16, 1e18, 1e19,
          1e100, 1e-4, 1e-5, 1.5e-7, 2.0**63, -2.0**63, math.inf, -math.inf,
          math.nan, 5e-324, 1.7976931348623157e308, 123456.789, 16777217.0]


def test_texts_of_numbers(rt):
    scope = torch.jit.CompilationUnit("""
def f(x: float): return str(x)
def i(x: int): return str(x)
def c(x: complex): return str(x)
""")
    for value in FLOATS:
        assert rt.run("aten::str", value)[0] == scope.f(value), value
        for other in (1.0, -0.5, value):
            number = complex(value, other)
            assert rt.run("aten::str", number)[0] == scope.c(number), number
    for value in (0, -1, 2**63 - 1, -2**63):
        assert rt.run("aten::str", value)[0] == scope.i(value)


def test_texts_of_values(rt):
    for value, text in [
            (None, "None"), (True, "True"), ("a", "a"), ([], "[]"),
            ([1, 2], "[1, 2]"), ([0.5, 1.0], "[0.5, 1.]"), ([True], "[True]"),
            (["a", None], "[a, None]"), ([1, None, "b"], "[1, None, b]"),
            ([1.5 - 2j], "[1.5-2.j]"), ((), "()"), ((1,), "(1,)"),
            ((1, "a", 2.0), "(1, a, 2.)"), ({}, "{}"),
            ({"a": 1, "b": 2}, "{a: 1, b: 2}"), ({1: [1.0]}, "{1: [1.]}"),
            ([[1], []], "[[1], []]")]:
        assert rt.run("aten::str", value)[0] == text
    for tensor in (torch.ones(2), torch.ones(2, 2), torch.tensor(1.5),
                   torch.tensor(3), torch.arange(6).reshape(2, 3).t(),
                   torch.tensor([True, False]), torch.empty(0)):
        assert rt.run("aten::str", tensor)[0] == script(
            "def f(x: Tensor): return str(x)\n", x=tensor)
    name = rt.str("RED")
    color = rt.call("mtrt_enum_make", "o", rt.type("__torch__.Color"), name, 2,
                    5)
    assert rt.run("aten::str", [Boxed(color)])[0] == "[Enum<Color.RED>]"
    assert rt.run("prim::EnumName", Boxed(color))[0] == "RED"
    assert rt.run("prim::EnumValue.int", Boxed(color))[0] == 5
    assert rt.run("aten::eq.enum", Boxed(color), Boxed(color))[0]
    acc = rt.call("mtrt_instance_make", "o", rt.type("__torch__.Acc"), 1)
    assert rt.run("aten::str", Boxed(acc))[0] == (
        f"<__torch__.Acc object at {acc:#x}>")
    for each in (acc, color, name):
        rt.release(OBJECT, each)


def test_print(rt):
    rt.output.clear()
    rt.run("prim::Print", 3, 1.5, "s", [1.0], None, True, {"a": [1]})
    rt.run("prim::Print")
    assert b"".join(rt.output) == b"3 1.5 s [1.] None True {a: [1]}\n\n"


def test_format(rt):
    for text, arguments in [
            ("{} {}", (3,)), ("{}", (3, 3)), ("{0} {:5} {a} {{}}", (65,)),
            ("{} {} {}", (1, 1.5, "s")), ("{}{}", (None, (1, "a"))),
            ("{ }{}", (1,)), ("{}}", (1,)), ("{", (1,)), ("", ())]:
        same_format(rt, "format", text, arguments)
    for text, value in [
            ("%d %s %f %e %%", (3, 3, 1.5, 1.5)), ("%d", 1e15), ("%5d", 3),
            ("%x", 3), ("%s %s", (3,)), ("%s", (3, 3)), ("%%", 3),
            ("%i %c %s", (3, 65, [1, 2])), ("%c", "ab"), ("%d", "x"), ("%", 3),
            ("%s", None), ("%f %F %E", (3, 1.25, 1e100)), ("%c %c", (300, "z")),
            ("%d %i", (2.9, -2.9)), ("%c", 1.5), ("a%sb%%c%s", (3, 3)),
            ("%f", "x"), ("abc", 3), ("%f", math.nan), ("%F", -math.inf),
            ("%g", 1.0), ("%r", 1.0), ("%s %s", ((1, 2), "a")),
            ("%f", 1e15), ("%e", 123456.789), ("%d", 2**62), ("%d", [1])]:
        same_format(rt, "percentFormat", text, (value,))


def literal(value):
    return (f'float("{value}")' if isinstance(value, float) and
            not math.isfinite(value) else repr(value))


def same_format(rt, op, text, arguments):
    values = ", ".join(map(literal, arguments))
    call = (f"{text!r}.format({values})" if op == "format" else
            f"{text!r} % {values}")
    try:
        expected = script(f"def f():\n    return {call}\n")
    except RuntimeError as error:
        expected = str(error).strip().split("\n")[-1].replace(
            "RuntimeError: ", "raises ")
    try:
        found = rt.run("aten::" + op, text, *arguments)[0]
    except Raised as error:
        found = "raises " + error.message
    assert found == expected, (op, text, arguments)


LISTS = [[3, 1, 2], [0.5, -1.0, 2.0], [True, False, True], [1j, 2 + 0j, 1 + 1j],
         ["b", "a", "ab"], [1, None, "x"]]


@pytest.mark.parametrize("values", LISTS, ids=repr)
def test_list_items(rt, values):
    new = values[0]
    for op, python in [
            ("append.t", lambda x: x.append(new)),
            ("clear.t", lambda x: x.clear()),
            ("reverse.t", lambda x: x.reverse())]:
        check_change(rt, op, values, python,
                     *([new] if op == "append.t" else []))
    for index in (0, 1, -1, -3, 2):
        check_change(rt, "__getitem__.t", values, lambda x: x[index], index)
        check_change(rt, "pop.t", values, lambda x: x.pop(index), index)
        check_change(rt, "Delete.t", values, lambda x: x.__delitem__(index),
                     index)
        check_change(rt, "_set_item.t", values,
                     lambda x: x.__setitem__(index, new), index, new)
    for index in (-100, -1, 0, 1, 100):
        check_change(rt, "insert.t", values, lambda x: x.insert(index, new),
                     index, new)
    for start in (None, 0, 1, -1, -100, 100):
        for end in (None, 0, 2, -1, 100):
            for step in (1, 2, -1, -2):
                check_change(rt, "slice.t", values,
                             lambda x: x[start:end:step], start, end, step)
    check_change(rt, "add.t", values, lambda x: x + x, values)
    check_change(rt, "extend.t", values, lambda x: x.extend(list(x)), values)
    check_change(rt, "add_.t", values, lambda x: x.extend(x) or x, values)
    check_change(rt, "copy.t", values, lambda x: list(x))
    check_change(rt, "len.t", values, len)
    for count in (0, 1, 3):
        check_change(rt, "mul.left_t", values, lambda x: x * count, count)
        check_change(rt, "mul_.t", values,
                     lambda x: (x.__imul__(count), None)[1], count)
    check_change(rt, "mul_.t", values, lambda x: x.clear(), -3)


def check_change(rt, op, values, python, *arguments):
    """`op` gives what Python gives, and leaves what Python leaves."""
    changed = list(values)
    letter = boxed.class_of(values)
    if op in ("add.t", "extend.t", "add_.t"):
        other = rt.list(arguments[0], letter)
        found = rt.run("aten::" + op, values, Boxed(other), letter=letter)
        rt.release(OBJECT, other)
    else:
        found = rt.run("aten::" + op, values, *arguments, letter=letter)
    assert (found[0], found[1]) == (python(changed), changed), (op, arguments)


def test_list_errors(rt):
    """The messages are TorchScript's; so is the class."""
    for body, op, arguments in [
            ("return xs[5]", "__getitem__.t", (5,)),
            ("xs[-2] = 1", "_set_item.t", (-2, 1)),
            ("return xs.pop(4)", "pop.t", (4,)),
            ("del xs[3]", "Delete.t", (3,)),
            ("xs.remove(7)", "remove.int", (7,)),
            ("return xs.index(7)", "index.list_int", (7,)),
            ("return xs * -1", "mul.left_t", (-1,)),
            ("return xs[::0]", "slice.t", (None, None, 0))]:
        try:
            script(f"def f(xs: List[int]):\n    {body}\n", xs=[1])
            assert False
        except RuntimeError as error:
            expected = str(error).strip().split("\n")[-1]
        with pytest.raises(Raised) as raised:
            rt.run("aten::" + op, [1], *arguments)
        assert f"{raised.value.kind}: {raised.value}" == expected
    for op, values, arguments, message in [
            ("aten::pop.t", [], (-1,), "pop from empty list"),
            ("prim::min.self_int", [], (), "min() arg is an empty sequence"),
            ("prim::max.self_float", [], (), "max() arg is an empty sequence"),
            ("aten::index.list_bool", [False], (True,), "'1' is not in list"),
            ("aten::index.list_float", [1.0], (2.5,), "'2.5' is not in list"),
            ("aten::index.list_str", ["a"], ("q",), "'q' is not in list"),
            ("aten::remove.str", ["a"], ("q",),
             "list.remove(x): x not in list")]:
        with pytest.raises(Raised, match=message.replace("(", r"\(").replace(
                ")", r"\)")):
            rt.run(op, values, *arguments,
                   letter=None if values else "f" if "float" in op else "i")


def test_list_search_and_order(rt):
    nan = math.nan
    for kind, lists in {
            "int": [[1], [1, 3, 2, 3], []], "float": [[1.0, -0.0, 2.5], []],
            "bool": [[False, True, True]],
            "str": [["b", "a", "ab", "a", "Z"]]}.items():
        letter = {"int": "i", "float": "f", "bool": "b", "str": "o"}[kind]
        for values in lists:
            for item in values:
                for op in (f"index.list_{kind}", f"count.{kind}"):
                    same(rt, "aten::" + op, values, item, letter=letter)
                if kind != "bool":
                    same(rt, f"aten::__contains__.{kind}_list", values, item,
                         letter=letter)
            same(rt, f"aten::sorted.{kind}", values, letter=letter)
            assert rt.run(f"aten::sort.{kind}", values, True,
                          letter=letter)[1] == sorted(values, reverse=True)
            for other in (values, values + values, values[1:]):
                second = rt.list(other, letter)
                for op in ("eq", "ne"):
                    found = rt.run(f"aten::{op}.{kind}_list", values,
                                   Boxed(second), letter=letter)[0]
                    assert found == ((values == other) == (op == "eq"))
                rt.release(OBJECT, second)
            if kind != "str" and values:
                for op in ("min", "max"):
                    same(rt, f"prim::{op}.self_{kind}", values, letter=letter)
                same(rt, f"aten::sum.{kind}", values, letter=letter)
                same(rt, f"aten::all.{kind}", values, letter=letter)
            same(rt, f"aten::any.{kind}", values, letter=letter)
    assert rt.run("aten::count.float", [nan, 1.0], nan)[0] == 0
    assert rt.run("aten::sum.complex", [1j, 2 + 0j])[0] == 2 + 1j
    assert rt.run("aten::remove.int", [1, 2, 1], 1)[1] == [2, 1]
    assert rt.run("prim::rangelist", 3)[0] == [0, 1, 2]
    pairs = [(2, "a"), (1, "b"), (1, "a")]
    assert rt.run("aten::sorted.any", pairs)[0] == sorted(pairs)
    ones = [torch.ones(1), torch.zeros(1), torch.tensor([0.5])]
    for op in ("index.list_Tensor", "count.Tensor"):
        same(rt, "aten::" + op, ones, ones[1])
    with pytest.raises(Raised, match="more than one value is ambiguous"):
        rt.run("aten::count.Tensor", [torch.ones(2)], torch.ones(2))
    with pytest.raises(Raised, match="Only list of Tensors, ints"):
        rt.run("aten::sort.any", [[2], [1]], False)


def test_infer_size(rt):
    """The sizes that two tensors broadcast to."""
    for sizes in (([3, 1], [4]), ([1], [2]), ([0], [1]), ([5, 1, 2], [3, 2])):
        same(rt, "aten::_infer_size", *sizes)
    with pytest.raises(Raised, match=r"tensor a \(3\) must match the size of "
                       r"tensor b \(4\) at non-singleton dimension 1"):
        rt.run("aten::_infer_size", [2, 3], [4])


@pytest.mark.parametrize("low, high", [
    (0, 1), (-3, 3), (0, 2047), (-70_000, 70_000), (0, 1 << 22),
    (-(1 << 32), 1 << 32), (-(1 << 63), (1 << 63) - 1)])
@pytest.mark.parametrize("size", [511, 512, 5000])
def test_sort_of_many_ints(rt, low, high, size):
    source = random.Random(low + size)
    numbers = [source.randint(low, high) for _ in range(size - 2)] + [low, high]
    for is_reverse in (False, True):
        assert rt.run("aten::sort.int", list(numbers), is_reverse)[1] == sorted(
            numbers, reverse=is_reverse)


def test_sort_of_objects(rt):
    """By `__lt__`; one that raises leaves the list as it was."""
    number = rt.type("__torch__.Comparable")
    less = ctypes.cast(rt.calls.less, c_void_p)
    rt.lib.mtrt_type_set_less(c_uint32(number), less)
    made = []
    for key in (5, 1, 4, 1, 3, 2) * 5:
        made.append(rt.call("mtrt_instance_make", "o", number, 1))
        rt.call("mtrt_field_set", "", made[-1], 0, boxed.INT, key)
    items = rt.list([Boxed(m) for m in made], "o")

    def keys():
        return [rt.call("mtrt_field_get", "v", b.address, 0)[1]
                for b in rt.read(OBJECT, items)]

    before = keys()
    for comparison in (1, 7, 40):
        rt.calls.raise_at(c_int64(comparison))
        with pytest.raises(Raised) as raised:
            rt.call("mtrt_list_sort", "", items, 0)
        assert (raised.value.kind, raised.value.message,
                raised.value.location) == ("ValueError", "not comparable",
                                           "program.py:3")
        assert keys() == before
    rt.calls.raise_at(c_int64(0))
    rt.call("mtrt_list_sort", "", items, 0)
    assert keys() == sorted(before)
    assert (sorted(b.address for b in rt.read(OBJECT, items))
            == sorted(made))
    for each in made + [items]:
        rt.release(OBJECT, each)


DICTS = [{"a": 1, "b": 2}, {1: "x", 2: "y"}, {1.5: 1, -0.0: 2},
         {True: 1.0, False: 2.0}, {1j: 1, 2 + 1j: 2}, {"a": None, "b": [1]}]


@pytest.mark.parametrize("values", DICTS, ids=repr)
def test_dict(rt, values):
    kind = type(next(iter(values))).__name__
    first, last = list(values)[0], list(values)[-1]
    missing = {"str": "zz", "int": 77, "float": 7.5, "complex": 9j}.get(kind)

    def check(op, python, *arguments):
        changed = dict(values)
        found = rt.run("aten::" + op, values, *arguments)
        assert found[0] == python(changed), op
        assert list(found[1].items()) == list(changed.items()), op

    for key in values:
        check(f"__getitem__.Dict_{kind}", lambda d: d[key], key)
        check(f"get.{kind}", lambda d: d.get(key), key)
        check(f"get.default_{kind}", lambda d: d.get(key, 3), key, 3)
        check(f"pop.Dict_{kind}", lambda d: d.pop(key), key)
        check(f"pop.Dict_default_{kind}", lambda d: d.pop(key, 5), key, 5)
        check(f"Delete.Dict_{kind}", lambda d: d.__delitem__(key), key)
        check(f"setdefault.{kind}", lambda d: d.setdefault(key, 4), key, 4)
        check(f"__contains__.{kind}", lambda d: key in d, key)
        check(f"_set_item.{kind}", lambda d: d.__setitem__(key, 9), key, 9)
    check(f"popitem.{kind}", lambda d: (first, d.pop(first)))
    check(f"len.Dict_{kind}", len)
    check(f"clear.{kind}", lambda d: d.clear())
    check(f"copy.Dict_{kind}", dict)
    check(f"keys.{kind}", lambda d: list(d))
    check(f"values.{kind}", lambda d: list(d.values()))
    check(f"items.{kind}", lambda d: list(d.items()))
    assert rt.run(f"aten::dict.{kind}", list(values.items()))[0] == values
    if missing is None:
        return
    check(f"get.{kind}", lambda d: d.get(missing), missing)
    check(f"setdefault.{kind}", lambda d: d.setdefault(missing, 4), missing, 4)
    check(f"update.{kind}", lambda d: d.update({missing: 1, last: 8}),
          {missing: 1, last: 8})
    text = rt.run("aten::str", missing)[0]
    for op in ("__getitem__.Dict_", "pop.Dict_", "Delete.Dict_"):
        with pytest.raises(Raised) as raised:
            rt.run(f"aten::{op}{kind}", values, missing)
        assert (raised.value.kind, raised.value.message) == (
            "RuntimeError", f"KeyError: {text}")


def test_dict_keys(rt):
    """NaN is never found, -0.0 is 0.0, tensors are the object."""
    made = rt.dict({0.0: 1, math.nan: 2})
    for key, found in ((-0.0, 1), (0.0, 1), (math.nan, None)):
        assert rt.run("aten::get.float", Boxed(made), key)[0] == found
    rt.release(OBJECT, made)
    one, other = rt.tensor(torch.ones(1)), rt.tensor(torch.ones(1))
    made = rt.dict({})
    rt.run("aten::_set_item.Tensor", Boxed(made), Boxed(one), 1)
    assert rt.run("aten::get.Tensor", Boxed(made), Boxed(one))[0] == 1
    assert rt.run("aten::get.Tensor", Boxed(made), Boxed(other))[0] is None
    for each in (made, one, other):
        rt.release(OBJECT, each)
    with pytest.raises(Raised, match="popitem.*: dictionary is empty"):
        rt.run("aten::popitem.str", {})


def test_large_dict(rt):
    """Insertions, removals and holes, against Python's own."""
    made, expected = rt.dict({}), {}
    state = 1
    for step in range(6000):
        state = state * 1103515245 + 12345 & 0x7fffffff
        key = state >> 8 & 511
        if step % 3 == 2:
            if key in expected:
                rt.call("mtrt_dict_delete", "", made, boxed.INT, key)
                del expected[key]
        elif step % 50 == 49 and expected:
            rt.release(OBJECT, rt.call("mtrt_dict_pop_item", "o", made, 0))
            del expected[next(iter(expected))]
        else:
            rt.call("mtrt_dict_set", "", made, boxed.INT, key, boxed.INT, step)
            expected[key] = step
    assert list(rt.read(OBJECT, made).items()) == list(expected.items())
    rt.release(OBJECT, made)


def test_hash(rt):
    scope = torch.jit.CompilationUnit("""
def f(): return (hash(3), hash("a"), hash(1.5), hash(True), hash((1, 2)), hash(None))
""")
    assert tuple(rt.run("aten::hash.generic", v)[0] for v in (
        3, "a", 1.5, True, (1, 2), None)) == scope.f()
    with pytest.raises(Raised, match="unhashable"):
        rt.run("aten::hash.generic", [1])


def test_taking(rt):
    """An operand that dies is changed in place, if nobody else holds it."""
    total = rt.str("")
    for i in range(100):
        more = rt.str(str(i))
        total = rt.call("mtrt_str_concat_taking", "o", total, more)
        rt.release(OBJECT, more)
    assert rt.read(OBJECT, total) == "".join(map(str, range(100)))
    rt.lib.mtrt_object_retain(c_void_p(total))
    other = rt.call("mtrt_str_concat_taking", "o", total, total)
    assert other != total and len(rt.read(OBJECT, other)) == 2 * len(
        rt.read(OBJECT, total))
    rt.release(OBJECT, other)
    rt.release(OBJECT, total)
    first, second = rt.list([1]), rt.list([2])
    assert rt.call("mtrt_list_concat_taking", "o", first, second) == first
    assert rt.read(OBJECT, first) == [1, 2]
    rt.release(OBJECT, first)
    rt.release(OBJECT, second)


def test_raising_releases_roots(rt):
    """What frames own is released; what was stored stays."""
    state = rt.list([], "o")
    owned = [rt.list([i]) for i in range(3)]
    rt.call("mtrt_list_append_o", "", state, owned[0])
    live = rt.live()
    with pytest.raises(Raised, match="list index out of range"):
        rt.call("mtrt_list_get_o", "o", state, 7, roots=owned)
    assert rt.live() == live - 2
    assert rt.read(OBJECT, state) == [[0]]
    rt.release(OBJECT, state)


@pytest.mark.parametrize("links", ["list", "tuple", "instance", "dict"])
def test_long_chains(rt, links):
    """A million objects, each held by the next."""
    set_item, release = rt.lib.mtrt_dict_set, rt.lib.mtrt_object_release
    append, set_field = rt.lib.mtrt_list_append_o, rt.lib.mtrt_field_set
    make = {"list": rt.lib.mtrt_list_make, "dict": rt.lib.mtrt_dict_make,
            "tuple": rt.lib.mtrt_tuple_make,
            "instance": rt.lib.mtrt_instance_make}[links]
    make.restype = c_void_p
    chain, zero = c_void_p(rt.str("end")), c_int64(0)
    items = boxed.Value(OBJECT, 0)
    for _ in range(1_000_000 if links == "list" else 100_000):
        items.bits = chain.value
        if links == "list":
            link = c_void_p(make(c_int64(4 << 32), zero, None))
            append(link, chain)
        elif links == "tuple":
            link = c_void_p(make(zero, c_int64(1), ctypes.byref(items)))
        elif links == "instance":
            link = c_void_p(make(zero, c_int64(1)))
            set_field(link, zero, c_int64(OBJECT), c_int64(chain.value))
        else:
            link = c_void_p(make(zero))
            set_item(link, c_int64(2), zero, c_int64(OBJECT),
                     c_int64(chain.value))
        release(chain)
        chain = link
    release(chain)


def test_shared_and_immortal(rt):
    """Marks reach what an object holds; counts of immortal ones stay."""
    inner = rt.list([1])
    outer = rt.list([Boxed(inner)], "o")
    rt.call("mtrt_object_share", "", outer)
    counts = [boxed.Object.from_address(o).count for o in (outer, inner)]
    assert counts == [-1, -2]
    late = rt.list([2])
    rt.call("mtrt_list_append_o", "", outer, late)
    assert boxed.Object.from_address(late).count == -2
    assert rt.read(OBJECT, outer) == [[1], [2]]
    assert rt.run("aten::copy.t", Boxed(outer), letter="o")[0] == [[1], [2]]
    for each in (outer, inner, late):
        rt.release(OBJECT, each)
    live = rt.live()
    forever = rt.list([Boxed(rt.str("x"))], "o")
    rt.release(OBJECT, rt.call("mtrt_list_get_o", "o", forever, 0))
    rt.lib.mtrt_object_immortalize(c_void_p(forever))
    assert rt.live() == live
    for _ in range(3):
        rt.release(OBJECT, forever)
    assert rt.read(OBJECT, forever) == ["x"]


def test_tensors_share_storage(rt):
    memory = torch.arange(6.0).reshape(2, 3)
    whole = rt.tensor(memory)
    dims = (c_int64 * 2)(2, 3)
    column = rt.call("mtrt_tensor_view", "o", whole, 1, 1,
                     ctypes.addressof(dims), ctypes.addressof(dims) + 8)
    rt.release(OBJECT, whole)
    memory[1, 1] = 9
    assert rt.run("aten::str", Boxed(column))[0] == (
        " 1\n 9\n[ CPUFloatType{2} ]")
    words = (c_int64 * 5)()
    rt.lib.mtrt_tensor_describe(c_void_p(column), words)
    assert list(words)[1:] == [memory.data_ptr(), 1, 2, 3]
    rt.release(OBJECT, column)
    storage = rt.call("mtrt_storage_allocate", "o", 1000)
    rt.release(OBJECT, storage)


def test_values_copied_are_read(rt):
    """Objects of every kind survive a list that is copied, cut and dropped."""
    values = [None, True, 3, 0.5, 1j, "s", [1], (2, "x"), {"k": [None]}]
    made = rt.list(values, "v")
    part = rt.call("mtrt_list_slice_items", "o", made, boxed.INT, 3, 0, 0, 1)
    rt.release(OBJECT, made)
    assert rt.read(OBJECT, part) == values[3:]
    rt.release(OBJECT, part)
