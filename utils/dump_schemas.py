#!/usr/bin/env python3
"""Writes the checked-in schema list from PyTorch's own operator registry.

    python utils/dump_schemas.py > include/MiniTorch/Dialect/Mt/IR/AtenSchemas.txt

One schema a line, sorted by name, `aten::` and `prim::` only, with those of
PyTorch's tags that the compiler reads behind it, in braces. Schemas that are
variadic on both sides (`...`) carry no facts and are left out.
"""
import torch

TAGS = ("inplace_view", "nondeterministic_seeded", "pointwise", "reduction")


def tags_of(schema):
    """`  {pointwise}`, or nothing."""
    all_tags = torch._C._get_operation_overload(
        schema.name, schema.overload_name)[2]
    tags = sorted({tag.name for tag in all_tags} & set(TAGS))
    return f"  {{{' '.join(tags)}}}" if tags else ""


def main():
    lines = set()
    for schema in torch._C._jit_get_all_schemas():
        text = str(schema)
        if not text.startswith(("aten::", "prim::")) or "(...) -> ..." in text:
            continue
        lines.add(text + tags_of(schema))
    print(f"# PyTorch {torch.__version__.split('+')[0]}; made by utils/dump_schemas.py")
    print("\n".join(sorted(lines)))


if __name__ == "__main__":
    main()
