"""Views raise at their place, for memory that is not the tensor's, and where
strides do not let them be; tensors that are no views are not the argument."""
import sys
from typing import List

import pytest
import torch
from agreement import check_calls
from sections.case import case
from torch import Tensor

A = torch.arange(12.0).reshape(3, 4)


@case((A[:2],), (A,))
def part_outside(x: Tensor):
    return x[2]


@case((A,), (A[:2],))
def between_writes(x: Tensor):
    x.add_(1)
    y = x[2]
    x.add_(1)
    return y


@case((A[:2],), (A,))
def before_what_is_printed(x: Tensor):
    x.add_(1)
    y = x[2]
    print("a")
    z = y[3]
    x.add_(1)
    return z


@case((torch.tensor(2.0),), (A,))
def size_of_a_scalar(x: Tensor):
    return x.size(0)


@case((A,), (A.t(),))
def view_of_what_is_not_contiguous(x: Tensor):
    return x.view(12) + 1


@case((A,), (A.t(),))
def write_through_such_a_view(x: Tensor):
    x.view(3, 4).add_(1)
    return x


@case((A.t(),), (A,))
def view_of_what_keeps_the_order(x: Tensor):
    return (x + 1).view(12)


@case((A.t(),), (A,))
def strides_of_what_keeps_the_order(x: Tensor):
    y = x.clone()
    return (y.stride(), y.is_contiguous(), (x * 2).is_contiguous(),
            torch.zeros_like(x).stride())


@case((A.t(),), (A,))
def memory_of_what_keeps_the_order(x: Tensor):
    return torch.as_strided(x.double(), [12], [1])


@case((torch.ones(2, 3, 4, 5).to(memory_format=torch.channels_last),))
def channels_last(x: Tensor):
    y = x + 1
    return y.is_contiguous(memory_format=torch.channels_last), y.view(2, -1)


@case((torch.ones(4, 2),), (torch.ones(2, 2),), (torch.ones(5, 2),))
def parts_that_are_too_few(x: Tensor):
    a, b = x.split(2)
    return a.sum(), b.sum()


@case((torch.ones(2, 3),), (torch.ones(2, 4),), (torch.ones(2, 2),))
def columns(x: Tensor):
    a, b, c = x.unbind(1)
    return a + c


@case((torch.ones(2, 8),), (torch.ones(2, 3),))
def chunks(x: Tensor):
    a, b, c, d = x.chunk(4, 1)
    return a + d.sum()


@case((A,), (A,))
def another_number_of_parts(x: Tensor):
    a, b = x.unbind()
    return a


@case((A, 2), (A, -1), (A, 5))
def size_that_is_the_rest(x: Tensor, n: int):
    return x.view(n, 6)


@case((A, [-1]), (A, [2, 6]), (A, [2, -1]))
def sizes_with_the_rest(x: Tensor, s: List[int]):
    return x.view(s), x.reshape(s)


@case((torch.ones(2, 2), 1), (torch.ones(2, 2), 5))
def part_that_a_list_keeps(x: Tensor, n: int):
    parts = [x[0], x[n]]
    parts[0] *= 2
    return x


@case((torch.ones(2), 2), (torch.ones(2), 3))
def view_that_is_only_counted(x: Tensor, n: int):
    return len([x.view(n)])


@case((torch.tensor(-1.0),), (torch.ones(2),))
def length_of_a_scalar(x: Tensor):
    for i in range(len(x)):
        if x.dtype == torch.uint8:
            print("b")
    return 1


# What is written has its type from its formula, late.


@case((torch.ones(3), torch.ones(3)), (torch.ones(3), torch.ones(0)),
      (torch.ones(2), torch.ones(1)))
def joined_into_one(x: Tensor, y: Tensor) -> Tensor:
    x[None, 1] = torch.hstack([x, y])
    return x


@case((torch.ones(6), torch.ones(3)), (torch.ones(3), torch.ones(3)),
      (torch.ones(8), torch.ones(2)))
def joined_into_a_slice(x: Tensor, y: Tensor) -> Tensor:
    x[:4] = torch.hstack([y, y])
    return x


@case((torch.ones(2, 6), torch.ones(3)), (torch.ones(2, 3), torch.ones(3)))
def stacked_into_all(x: Tensor, y: Tensor) -> Tensor:
    x.copy_(torch.vstack([y, y]))
    return x


PROGRAMS = sys.modules[__name__].CASES


@pytest.mark.parametrize("boxed", [False, True], ids=["default", "boxed"])
@pytest.mark.parametrize("name", PROGRAMS)
def test_agrees(name, boxed):
    check_calls(*PROGRAMS[name], boxed)


@pytest.mark.parametrize("form", [None, "all"])
def test_a_part_outside_is_not_read(form):
    import minitorch
    compiled = minitorch.compile(torch.jit.script(part_outside), (A[:2],),
                                 fallback=False, dynamic_shapes=form)
    with pytest.raises(RuntimeError, match="out of range"):
        compiled(A[:2])


def test_a_copy_is_not_the_argument():
    import minitorch

    def contiguous(x: Tensor):
        return x.contiguous()

    compiled = minitorch.compile(torch.jit.script(contiguous), (A,),
                                 fallback=False)
    x = A.t()
    assert compiled(A) is not None and compiled(x) is not x
    assert compiled(x).stride() == (3, 1)
