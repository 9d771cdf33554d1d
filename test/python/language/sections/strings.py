"""Strings: their methods, formats, and small parsers."""

from typing import Dict, List, Optional, Tuple

import torch
from torch import Tensor

from .case import case


@case(("Hello World",), ("",), ("aBc1",), ("é",))
def cases_of_letters(s: str) -> Tuple[str, str, str, str, str]:
    return s.upper(), s.lower(), s.capitalize(), s.title(), s.swapcase()


@case(
    ("abc",), ("",), ("a1",), ("12",), (" \t",), ("ABC",), ("Ab Cd",), ("a b",)
)
def predicates(s: str) -> List[bool]:
    return [
        s.isalpha(),
        s.isdigit(),
        s.isalnum(),
        s.isspace(),
        s.isupper(),
        s.islower(),
        s.istitle(),
        s.isdecimal(),
        s.isnumeric(),
        s.isidentifier(),
        s.isprintable(),
    ]


@case(("  ab  ",), ("",), ("xxaxx",))
def strips(s: str) -> Tuple[str, str, str, str, str, str]:
    return (
        s.strip(),
        s.lstrip(),
        s.rstrip(),
        s.strip("x"),
        s.lstrip("x"),
        s.rstrip("x "),
    )


@case(("a,b,,c",), ("",), ("abc",), (",",))
def splits(s: str) -> Tuple[List[str], List[str], List[str], List[str]]:
    return s.split(","), s.split(",", 1), s.rsplit(",", 1), s.rsplit(",")


@case((" a  b c ",), ("",), ("abc",), ("a\tb\nc",))
def split_on_space(s: str) -> Tuple[List[str], List[str]]:
    return s.split(), s.split(" ")


@case(("a\nb\r\nc",), ("",), ("a\n",))
def split_lines(s: str) -> Tuple[List[str], List[str]]:
    return s.splitlines(), s.splitlines(True)


@case(("a=b=c",), ("abc",), ("",))
def partitions(s: str) -> Tuple[Tuple[str, str, str], Tuple[str, str, str]]:
    return s.partition("="), s.rpartition("=")


@case(("banana",), ("",), ("a",))
def finding(s: str) -> Tuple[int, int, int, int, int]:
    return (
        s.find("an"),
        s.rfind("an"),
        s.find("an", 2),
        s.find("a", 1, 3),
        s.count("a"),
    )


@case(("banana", "an"), ("banana", "x"))
def index_of(s: str, t: str) -> Tuple[int, int]:
    return s.index(t), s.rindex(t)


@case(("banana", "ba", "na"), ("", "", ""))
def starts_and_ends(s: str, t: str, u: str) -> Tuple[bool, bool, bool, bool]:
    return (
        s.startswith(t),
        s.endswith(u),
        s.startswith("an", 1),
        s.endswith("an", 0, 3),
    )


@case(("banana",), ("",))
def replaces(s: str) -> Tuple[str, str, str]:
    return s.replace("a", "o"), s.replace("an", "", 1), s.replace("x", "y")


@case((["a", "b"], "-"), ([], "-"), (["x"], ""))
def joins(xs: List[str], s: str) -> Tuple[str, str]:
    return s.join(xs), ", ".join(xs)


@case(("ab", 6), ("abcdef", 3), ("", 2))
def pads(s: str, n: int) -> Tuple[str, str, str, str, str]:
    return s.ljust(n), s.rjust(n), s.center(n), s.zfill(n), s.center(n, "*")


@case(
    ("a\tb",),
)
def expands_tabs(s: str) -> Tuple[str, str]:
    return s.expandtabs(), s.expandtabs(4)


@case(("hello", 1), ("hello", -1), ("hello", 5), ("hello", -6), ("", 0))
def index_char(s: str, i: int) -> str:
    return s[i]


@case(("hello",), ("",), ("ab",))
def slices(s: str) -> Tuple[str, str, str, str, str]:
    return s[1:], s[:2], s[1:3], s[-2:], s[::2]


@case(
    ("hello",),
)
def slice_reversed(s: str) -> str:
    return s[::-1]


@case(("ab", 3), ("ab", 0), ("ab", -1))
def repeats(s: str, n: int) -> str:
    out = ""
    for i in range(n):
        out += s
    return out


@case(("a", "b"), ("b", "a"), ("a", "a"), ("", "a"))
def compares(a: str, b: str) -> Tuple[bool, bool, bool, bool, bool, bool]:
    return a == b, a != b, a < b, a <= b, a > b, a >= b


@case(("an", "banana"), ("", "banana"), ("x", ""))
def contains(t: str, s: str) -> Tuple[bool, bool]:
    return t in s, t not in s


@case(("añb",), ("",), ("日本",))
def length_of(s: str) -> int:
    return len(s)


@case(
    (5, 2.5, "x", True),
)
def formats(n: int, f: float, s: str, b: bool) -> List[str]:
    return [
        "{} {}".format(n, f),
        "{}{}{}".format(s, b, n),
        f"{n}-{f}-{s}-{b}",
        "none".format(),
        "{}".format([n]),
    ]


@case((5, 2.5, "x"), (-5, -2.5, ""))
def percent(n: int, f: float, s: str) -> List[str]:
    return [
        "%d" % n,
        "%f" % f,
        "%s!" % s,
        "%d %s" % (n, s),
        "%s" % n,
        "%i" % n,
        "%x" % n,
        "%e" % f,
        "100%%",
    ]


@case(
    (5,),
)
def percent_too_few(n: int) -> str:
    return "%d %d" % n


@case(
    (5,),
)
def percent_too_many(n: int) -> str:
    return "%d" % (n, n)


@case(
    (5,),
)
def format_too_few(n: int) -> str:
    return "{} {}".format(n)


@case(
    (5,),
)
def format_too_many(n: int) -> str:
    return "{}".format(n, n)


@case(
    ([1, 2], {"a": 1.5}, (1, "s"), None),
)
def str_of_containers(
    xs: List[int], d: Dict[str, float], t: Tuple[int, str], o: Optional[int]
) -> List[str]:
    return [str(xs), str(d), str(t), str(o), f"{xs} {d} {t} {o}"]


@case(("b,a;c",), ("",))
def tokenizer(s: str) -> List[str]:
    out: List[str] = []
    word = ""
    for c in s:
        if c == "," or c == ";":
            out.append(word)
            word = ""
        else:
            word += c
    out.append(word)
    return out


@case(("hello world hello",), ("",))
def word_count(s: str) -> Dict[str, int]:
    d: Dict[str, int] = {}
    for w in s.split():
        if w in d:
            d[w] += 1
        else:
            d[w] = 1
    return d


@case(("racecar",), ("ab",), ("",))
def palindrome(s: str) -> bool:
    for i in range(len(s) // 2):
        if s[i] != s[len(s) - 1 - i]:
            return False
    return True


@case(("attack", 3), ("xyz", 1), ("", 1))
def caesar(s: str, k: int) -> str:
    out = ""
    for c in s:
        out += chr((ord(c) - 97 + k) % 26 + 97)
    return out


@case(
    ("a'b\"c\\d\n",),
)
def escapes(s: str) -> Tuple[str, int]:
    return s + "\t'\"\\\x41", len(s)


@case(
    ("x",),
)
def implicit_concatenation(s: str) -> str:
    return "ab" "cd" + s + """multi
line"""


@case(
    ("注意",),
)
def non_ascii(k: str) -> str:
    return "注意" + k  # 中文


@case((["b", "a", "C"],), ([],))
def sorted_strings(xs: List[str]) -> Tuple[List[str], List[str]]:
    ys = sorted(xs)
    xs.sort(reverse=True)
    return xs, ys


@case(("3 4 +",), ("2 3 4 * +",), ("1 0 /",), ("x",), ("+",))
def reverse_polish(s: str) -> float:
    stack: List[float] = []
    for t in s.split():
        if t == "+":
            b = stack.pop()
            a = stack.pop()
            stack.append(a + b)
        elif t == "*":
            b = stack.pop()
            a = stack.pop()
            stack.append(a * b)
        elif t == "/":
            b = stack.pop()
            a = stack.pop()
            if b == 0:
                raise ZeroDivisionError("division of " + str(a))
            stack.append(a / b)
        else:
            stack.append(float(t))
    return stack.pop()


@case(
    ("a", "b"),
)
def add_in_place(a: str, b: str) -> Tuple[str, str]:
    c = a
    a += b
    return a, c


@case(("abc",), ("",))
def list_of_str(s: str) -> List[str]:
    return list(s)


@case(("k=v;x=y",), ("",), ("bad",))
def parse_pairs(s: str) -> Dict[str, str]:
    d: Dict[str, str] = {}
    for part in s.split(";"):
        if "=" in part:
            k, v = part.split("=")
            d[k] = v
    return d


@case((3, 4), (12345, 7))
def table(n: int, m: int) -> str:
    lines: List[str] = []
    for i in range(n % 4):
        lines.append("|".join([str(i * j).rjust(3) for j in range(m)]))
    return "\n".join(lines)


@case((torch.tensor([1.5, -2.0]),), (torch.tensor(3),), (torch.zeros(0),))
def str_of_tensor(x: Tensor) -> str:
    return str(x) + "{}".format(x) + f"{x}"


@case((torch.zeros(2, 3),))
def str_of_shape(x: Tensor) -> str:
    return f"{x.shape} {x.dtype} {x.device} {x.dim()}"


@case(("ab",), ("abab",))
def remove_affixes(s: str) -> Tuple[str, str]:
    return s[2:] if s.startswith("ab") else s, (
        s[:-2] if s.endswith("ab") else s
    )


@case(("a", None), ("a", "b"))
def optional_text(s: str, t: Optional[str]) -> str:
    if t is not None:
        return s + t
    return s


@case(("A-b_C",))
def encode(s: str) -> int:
    h = 0
    for i in range(len(s)):
        h = (h * 31 + ord(s[i])) % 1000003
    return h


@case(
    ("x", 2),
)
def hash_of(s: str, n: int) -> bool:
    return hash(s) == hash(s) and hash(n) == hash(n)


@case(("1,2,3",), ("",), ("1,x",))
def parse_ints(s: str) -> int:
    total = 0
    for part in s.split(","):
        total += int(part)
    return total
