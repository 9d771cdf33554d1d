#!/usr/bin/env python3
"""Writes the checked-in schema list from PyTorch's own operator registry.

    python utils/dump_schemas.py > include/MiniTorch/Dialect/Mt/IR/AtenSchemas.txt

One schema a line, sorted by name, `aten::` and `prim::` only. Schemas that are
variadic on both sides (`...`) carry no facts and are left out.
"""
import torch


def main():
    lines = set()
    for schema in torch._C._jit_get_all_schemas():
        text = str(schema)
        if not text.startswith(("aten::", "prim::")) or "(...) -> ..." in text:
            continue
        lines.add(text)
    print(f"# PyTorch {torch.__version__.split('+')[0]}; made by utils/dump_schemas.py")
    print("\n".join(sorted(lines)))


if __name__ == "__main__":
    main()
