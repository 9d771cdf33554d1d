#!/usr/bin/env python3
"""Time of programs of the language relative to `torch.jit`'s interpreter.

    python benchmarks/language.py [--programs scalar tokens ...]

Each program is scripted, compiled without examples, and checked against
torch.jit; then both take turns in this one process, on one thread. Medians.
"""
import argparse
import os
import sys
from typing import Dict, List, Tuple

import torch
from torch import Tensor

import minitorch

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                os.pardir, "examples"))
import harness  # noqa: E402


def scalar(n: int) -> Tuple[float, int]:
    """A loop over numbers: a sum of products, remainders, a branch."""
    x = 0.5
    odd = 0
    for i in range(n):
        x = x * 0.999 + float(i) * 0.25
        if i % 3 == 1:
            odd += i % 7
    return x, odd


def division(n: int) -> float:
    """Each turn waits for a division of the turn before."""
    x = 0.5
    for i in range(n):
        x = x * 0.999 + float(i) / (x + 2.0)
    return x


def lists(n: int) -> List[int]:
    """Building a list, sorting it, and one made of it; a part comes out."""
    numbers: List[int] = []
    for i in range(n):
        numbers.append((i * 7919) % 10007)
    numbers.sort()
    return [x * 2 for x in numbers][::100]


def tokens(text: str) -> Tuple[Dict[str, int], List[int]]:
    """Words are cut out of a text, counted, and numbered."""
    counts: Dict[str, int] = {}
    numbers: Dict[str, int] = {}
    out: List[int] = []
    word = ""
    for letter in text:
        if letter == " " or letter == "," or letter == ".":
            if len(word) > 0:
                key = word.lower()
                counts[key] = counts.get(key, 0) + 1
                if key not in numbers:
                    numbers[key] = len(numbers)
                out.append(numbers[key])
                word = ""
        else:
            word += letter
    return counts, out


def vocabulary(text: str, known: Dict[str, int]) -> List[int]:
    """The longest piece that the dict knows, again and again."""
    out: List[int] = []
    for word in text.split(" "):
        start = 0
        while start < len(word):
            end = len(word)
            while end > start and word[start:end] not in known:
                end -= 1
            if end == start:
                out.append(-1)
                start += 1
            else:
                out.append(known[word[start:end]])
                start = end
    return out


def format(n: int) -> List[str]:
    """Texts with numbers in them, joined."""
    rows: List[str] = []
    for i in range(n):
        rows.append("row {}: {} of {}".format(i, i * 0.5, "all"))
    return ["\n".join(rows)]


def beam(logits: Tensor, width: int) -> Tuple[List[List[int]], List[float]]:
    """Beam search over small tensors."""
    beams: List[List[int]] = [[0]]
    scores: List[float] = [0.0]
    for t in range(logits.size(0)):
        candidates: List[Tuple[float, int, int]] = []
        for b in range(len(beams)):
            row = torch.log_softmax(logits[t] + 0.1 * beams[b][-1], 0)
            values, indices = torch.topk(row, width)
            for k in range(width):
                candidates.append((-(scores[b] + float(values[k])), b,
                                   int(indices[k])))
        candidates.sort()
        kept: List[List[int]] = []
        new: List[float] = []
        for score, b, index in candidates[:width]:
            kept.append(beams[b] + [index])
            new.append(-score)
        beams = kept
        scores = new
    return beams, scores


def nms(boxes: Tensor, scores: Tensor, limit: float) -> List[int]:
    """Greedy suppression of boxes that overlap."""
    order = torch.argsort(scores, descending=True)
    keep: List[int] = []
    x1, y1, x2, y2 = boxes.unbind(1)
    areas = (x2 - x1) * (y2 - y1)
    while order.numel() > 0:
        i = int(order[0])
        keep.append(i)
        rest = order[1:]
        w = torch.clamp(torch.minimum(x2[i], x2[rest])
                        - torch.maximum(x1[i], x1[rest]), min=0.0)
        h = torch.clamp(torch.minimum(y2[i], y2[rest])
                        - torch.maximum(y1[i], y1[rest]), min=0.0)
        overlap = w * h
        order = rest[overlap / (areas[i] + areas[rest] - overlap) <= limit]
    return keep


def ranks(x: Tensor, n: int) -> Tensor:
    """A loop whose tensor changes its rank."""
    for i in range(n):
        if x.dim() < 4:
            x = x.unsqueeze(0) + 1.0
        else:
            x = x.squeeze(0).sum(0) * 0.5
    return x


def text(words):
    generator = torch.Generator().manual_seed(1)
    known = ["alpha", "Beta", "gamma", "delta", "epsilon", "zeta", "eta"]
    picked = torch.randint(len(known), (words,), generator=generator)
    return " ".join(known[i] for i in picked.tolist()) + "."


def boxes(n):
    generator = torch.Generator().manual_seed(2)
    corners = torch.rand(n, 2, generator=generator) * 100
    sizes = torch.rand(n, 2, generator=generator) * 20 + 1
    return (torch.cat([corners, corners + sizes], 1),
            torch.rand(n, generator=generator), 0.5)


PIECES = {piece: number for number, piece in enumerate(
    "al pha bet B eta a gam ma del ta eps i lon z e t".split())}

# Function, arguments, what they are.
PROGRAMS = {
    "scalar": (scalar, lambda: (10_000_000,), "1e7 turns"),
    "division": (division, lambda: (10_000_000,), "1e7 turns"),
    "lists": (lists, lambda: (100_000,), "100,000 numbers"),
    "tokens": (tokens, lambda: (text(5_000),), "5,000 words"),
    "vocabulary": (vocabulary, lambda: (text(5_000), PIECES), "5,000 words"),
    "format": (format, lambda: (10_000,), "10,000 rows"),
    "beam": (beam, lambda: (torch.randn(
        20, 50, generator=torch.Generator().manual_seed(3)), 4),
        "20 steps of 50, width 4"),
    "nms": (nms, lambda: boxes(1_000), "1,000 boxes"),
    "ranks": (ranks, lambda: (torch.ones(4, 5), 1_000), "1,000 turns"),
}


def is_close(got, expected):
    if isinstance(expected, Tensor):
        return torch.allclose(got, expected)
    if isinstance(expected, float):
        return abs(got - expected) <= 1e-5 * max(1.0, abs(expected))
    if isinstance(expected, (list, tuple)):
        return len(got) == len(expected) and all(map(is_close, got, expected))
    return got == expected


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--programs", nargs="+", choices=list(PROGRAMS),
                        default=list(PROGRAMS))
    parser.add_argument("--repetitions", type=int, default=15)
    options = parser.parse_args()
    torch.set_num_threads(1)

    print(f"{'program':<12}{'of':<26}{'jit ms':>10}{'minitorch ms':>14}"
          f"{'vs jit':>9}")
    good = True
    with torch.inference_mode():
        for name in options.programs:
            function, arguments, label = PROGRAMS[name]
            arguments = arguments()
            scripted = torch.jit.script(function)
            # Compiled for any text and list, not for these.
            compiled = minitorch.compile(scripted)
            agrees = is_close(compiled(*arguments), scripted(*arguments))
            good = good and agrees
            jit, ours = harness.interleave(
                [lambda: scripted(*arguments), lambda: compiled(*arguments)],
                options.repetitions, seconds=60)
            print(f"{name:<12}{label:<26}{jit * 1e3:>10.3f}{ours * 1e3:>14.3f}"
                  f"{jit / ours:>8.1f}x{'' if agrees else '  WRONG'}",
                  flush=True)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
