"""What nobody uses in a method that is saved is not in the archive, also if it
would raise: of one that was just scripted it does not run either. A call runs."""
import io
from typing import Dict, List

import minitorch
import pytest
import torch
from agreement import outcome


class Methods(torch.nn.Module):
    def forward(self, n: int) -> int:
        return n

    def item(self, items: List[List[int]], n: int) -> List[int]:
        return items[n]

    def number(self, items: List[int], n: int) -> int:
        return items[n]

    def printed(self, n: int) -> int:
        print("printed")
        return n

    def lookup(self, d: Dict[str, int], key: str) -> int:
        return d[key]

    @torch.jit.export
    def item_of_a_call(self, n: int) -> int:
        self.item([[1], [2]], n)
        return n

    @torch.jit.export
    def number_of_a_call(self, n: int) -> int:
        unused = self.number([1, 2], n)
        return n

    @torch.jit.export
    def key_of_a_call(self, n: int) -> int:
        unused = self.lookup({"a": n}, "a" if n == 0 else "b")
        return n

    @torch.jit.export
    def decides_nothing(self, n: int) -> int:
        item = [[1], [2]][n]
        if item is item:
            kept = [1.5]
        else:
            for i in range(n):
                pass
        return n

    @torch.jit.export
    def turns_of_nothing(self, n: int) -> int:
        for i in range(self.number([1, 2], n)):
            kept = [i]
        return n

    @torch.jit.export
    def length_of_a_scalar(self, n: int) -> int:
        for row in torch.tensor(n):
            kept = row + 1
        return n

    @torch.jit.export
    def prints(self, n: int) -> int:
        if self.number([1, 2], n) > 5:
            self.printed(n)
        return n

    @torch.jit.export
    def writes(self, n: int) -> List[int]:
        kept = [1]
        kept.append(self.number([1, 2], n))
        return kept

    @torch.jit.export
    def returns_in_a_loop(self, n: int) -> int:
        for i in range(3):
            if self.number([1, 2], n) == i:
                return i
        return n


NAMES = [name for name in vars(Methods)
         if not name.startswith("_") and name not in
         ("forward", "item", "number", "printed", "lookup")]


@pytest.fixture(scope="module")
def models():
    scripted = torch.jit.script(Methods())
    buffer = io.BytesIO()
    torch.jit.save(scripted, buffer)
    buffer.seek(0)
    loaded = torch.jit.load(buffer)
    return loaded, [minitorch.compile(model, (0,), fallback=False)
                    for model in (scripted, loaded)]


@pytest.mark.parametrize("n", [0, 1, 3])
@pytest.mark.parametrize("name", NAMES)
def test_agrees(name, n, models):
    loaded, compiled = models
    expected = outcome(getattr(loaded, name), (n,))
    for model in compiled:
        assert outcome(getattr(model, name), (n,)) == expected
