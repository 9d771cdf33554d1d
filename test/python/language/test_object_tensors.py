"""Tensors in the fields of instances."""
from typing import List, Tuple

import pytest
import torch
from agreement import check
from object_classes import T, Box, Many, Maybe
from torch import Tensor


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
