#!/usr/bin/env python3
"""Generates the ATen op classes, at build time.

Reads AtenSchemas.txt (every schema, made by utils/dump_schemas.py) and
AtenOps.txt (`name.overload rule [generic]`: the C++ function that infers the
operator's types; with a class of its own, or as an mt.operator),
DtypeErrors.txt (made by utils/dump_dtype_errors.py) and OperandErrors.txt, and
writes, into --output-dir:

  AtenOps.td              one TableGen op a line of AtenOps.txt that is not
                          generic
  AtenOpMethods.cpp.inc   their interface methods
  TypeRules.h.inc         a declaration a type rule
  GenericRules.cpp.inc    the rules of generic operators, sorted by name
  RuleNames.cpp.inc       the name of every operator's rule, sorted by operator
  DtypeErrors.cpp.inc     the lines of DtypeErrors.txt, sorted by name
  OperandErrors.cpp.inc   the lines of OperandErrors.txt, sorted by name
"""
import argparse
import fnmatch
import os
import re
import sys

# ODS operand names that would clash with members of Operation or Op.
RESERVED = {"operands", "results", "attributes", "type", "types", "name",
            "loc", "properties", "operation", "block", "regions", "context"}


def split_arguments(text):
    """Splits `a, b[2], c(x, y)` at the top-level commas."""
    depth, start, parts = 0, 0, []
    for i, ch in enumerate(text):
        if ch in "([":
            depth += 1
        elif ch in ")]":
            depth -= 1
        elif ch == "," and depth == 0:
            parts.append(text[start:i])
            start = i + 1
    parts.append(text[start:])
    return [p.strip() for p in parts if p.strip()]


class Schema:
    """A line of AtenSchemas.txt: a schema, and tags in braces."""

    def __init__(self, line):
        text, _, tags = line.partition("  {")
        self.text = text
        self.tags = tags.rstrip("}").split()
        head, _, rest = text.partition("(")
        self.name = head
        depth = 1
        for i, ch in enumerate(rest):
            depth += ch == "("
            depth -= ch == ")"
            if depth == 0:
                break
        self.arguments = [a for a in split_arguments(rest[:i]) if a != "*"]
        self.returns = rest[i + 1:].strip()[2:].strip()
        if self.returns.startswith("("):
            self.return_list = split_arguments(self.returns[1:-1])
        else:
            self.return_list = [self.returns]

    def argument(self, text):
        """(type, name) of one argument."""
        text = re.sub(r"=.*$", "", text) if "=" in text else text
        type_text, _, name = text.rpartition(" ")
        return type_text, name

    @property
    def is_mutating(self):
        return "!" in self.text


def strip_alias(type_text):
    return re.sub(r"\([a-z|!* >-]+\)", "", type_text)


def ods_type(type_text):
    base = strip_alias(type_text)
    if base.endswith("?"):
        return "AnyType"
    if base == "Tensor":
        return "Mt_AnyTensor"
    if base in ("int", "SymInt", "ScalarType", "Layout", "MemoryFormat"):
        return "Mt_Int"
    if base == "float":
        return "Mt_Float"
    if base == "bool":
        return "Mt_Bool"
    return "AnyType"


def class_name(qualified):
    base = qualified.split("::", 1)[1]
    parts = re.split(r"[._]", base)
    camel = "".join(p[:1].upper() + p[1:] for p in parts if p)
    if base.startswith("_"):
        camel = "_" + camel
    return f"Aten{camel.replace('_', 'Priv')}Op"


def op_definition(schema, rule):
    qualified = schema.name
    cls = class_name(qualified)
    arguments = []
    for a in schema.arguments:
        type_text, name = schema.argument(a)
        if name in RESERVED:
            name = name + "_arg"
        arguments.append(f"{ods_type(type_text)}:${name}")
    results = [f"AnyType:$result{i if len(schema.return_list) > 1 else ''}"
               for i in range(len(schema.return_list))]
    mnemonic = qualified.split("::", 1)[1]
    return (f'def Mt_{cls} : Mt_AtenOp<"{mnemonic}"> {{\n'
            f'  let summary = "{qualified}";\n'
            f"  let description = [{{ `{schema.text}` }}];\n"
            f"  let arguments = (ins {', '.join(arguments)});\n"
            f"  let results = (outs {', '.join(results)});\n}}\n")


# PyTorch's numbers of dtypes, and words for several.
DTYPES = {"uint8": 0, "int8": 1, "int16": 2, "int32": 3, "int64": 4,
          "float16": 5, "float32": 6, "float64": 7, "complex64": 9,
          "complex128": 10, "bool": 11, "bfloat16": 15}
DTYPE_GROUPS = {"integers": ("uint8", "int8", "int16", "int32", "int64"),
                "floats": ("float16", "bfloat16", "float32", "float64"),
                "complex": ("complex64", "complex128")}
DTYPE_ERROR = re.compile(
    r"(\S+)\(([\w,]+)\) (\S+) (?:if (\S+) )?(\w+): (.*)")
OPERAND_ERROR = re.compile(r"(\S+) if (\S+) (\w+): (.*)")


def quoted(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def dtype_errors(path, schemas):
    """The rows of the table of dtypes that operators refuse."""
    rows = []
    with open(path, encoding="utf-8") as f:
        for number, line in enumerate(f, 1):
            if line.startswith("#"):
                continue
            match = DTYPE_ERROR.fullmatch(line.rstrip("\n"))
            if not match:
                sys.exit(f"{path}:{number}: expected `name.overload(operands) "
                         f"dtypes [if conditions] Type: message`, got "
                         f"`{line.strip()}`")
            name, operands, words, conditions, exception, message = \
                match.groups()
            if "aten::" + name not in schemas:
                sys.exit(f"{path}:{number}: AtenSchemas.txt has no aten::{name}")
            mask = 0
            for word in words.split(","):
                for dtype in DTYPE_GROUPS.get(word, (word,)):
                    mask |= 1 << DTYPES[dtype]
            # Lines with conditions are asked first.
            rows.append(("aten::" + name, not conditions, quoted(operands),
                         mask, quoted(conditions or ""), quoted(exception),
                         quoted(message)))
    return [f"{{{quoted(row[0])}, {', '.join(map(str, row[2:]))}}},"
            for row in sorted(rows)]


def operand_errors(path, schemas):
    """The rows of the table of operands that operators refuse."""
    rows = []
    with open(path, encoding="utf-8") as f:
        for number, line in enumerate(f, 1):
            line = line.rstrip("\n")
            if not line or line.startswith("#"):
                continue
            match = OPERAND_ERROR.fullmatch(line)
            if not match:
                sys.exit(f"{path}:{number}: expected `name.overload if "
                         f"conditions Type: message`, got `{line}`")
            patterns, conditions, exception, message = match.groups()
            for pattern in patterns.split(","):
                names = fnmatch.filter(schemas, "aten::" + pattern)
                if not names:
                    sys.exit(f"{path}:{number}: AtenSchemas.txt has no "
                             f"aten::{pattern}")
                rows += [(name, number, conditions, exception, message)
                         for name in names]
    # Of one operator, in the order of the file.
    return [f"{{{', '.join(map(quoted, (row[0], *row[2:])))}}},"
            for row in sorted(rows)]


def write_if_changed(path, text):
    if os.path.exists(path):
        with open(path, encoding="utf-8") as f:
            if f.read() == text:
                os.utime(path)
                return
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--schemas", required=True)
    parser.add_argument("--ops", required=True)
    parser.add_argument("--dtype-errors", required=True)
    parser.add_argument("--operand-errors", required=True)
    parser.add_argument("--output-dir", required=True)
    args = parser.parse_args()

    schemas = {}
    with open(args.schemas, encoding="utf-8") as f:
        for line in f:
            line = line.strip()
            if line and not line.startswith("#"):
                s = Schema(line)
                schemas[s.name] = s

    td = ["// Generated by utils/gen_aten_ops.py.",
          'include "MiniTorch/Dialect/Mt/IR/MtOpBase.td"']
    methods = ["// Generated by utils/gen_aten_ops.py."]
    seen, generic, rule_names = {}, {}, {}
    with open(args.ops, encoding="utf-8") as f:
        for number, line in enumerate(f, 1):
            line = line.split("#")[0].strip()
            if not line:
                continue
            where = f"{args.ops}:{number}"
            words = line.split()
            if len(words) not in (2, 3) or words[2:] not in ([], ["generic"]):
                sys.exit(f"{where}: expected `name.overload rule [generic]`, "
                         f"got `{line}`")
            name, rule = words[:2]
            schema = schemas.get("aten::" + name)
            if schema is None:
                sys.exit(f"{where}: AtenSchemas.txt has no aten::{name}")
            if schema.is_mutating:
                sys.exit(f"{where}: aten::{name} mutates; it functionalizes by "
                         "rule and needs no class")
            rule_names[schema.name] = rule
            if words[2:]:
                if schema.name in generic:
                    sys.exit(f"{where}: {name} has a rule already")
                generic[schema.name] = rule
                continue
            cls = class_name(schema.name)
            if cls in seen:
                sys.exit(f"{where}: {name} and {seen[cls]} give the same class {cls}")
            seen[cls] = name
            td.append(op_definition(schema, rule))
            methods.append(
                f"::llvm::StringRef {cls}::getSchemaName() {{ return \"{schema.name}\"; }}\n"
                f"::llvm::LogicalResult {cls}::inferTypes(::llvm::SmallVectorImpl<::mlir::Type> &results, std::string &reason) {{\n"
                f"  return type_rules::{rule}(TypeRuleContext(getOperation(), results, reason));\n}}\n"
                f"void {cls}::getEffects(::llvm::SmallVectorImpl<::mlir::MemoryEffects::EffectInstance> &effects) {{\n"
                f"  getSchemaEffects(getOperation(), effects);\n}}\n")

    rules = ["// Generated by utils/gen_aten_ops.py."]
    rules += [f"::llvm::LogicalResult {r}(const TypeRuleContext &context);"
              for r in sorted(set(rule_names.values()))]

    named = ["// Generated by utils/gen_aten_ops.py. Sorted by name."]
    named += [f'{{"{name}", type_rules::{rule}}},'
              for name, rule in sorted(generic.items())]

    named_rules = ["// Generated by utils/gen_aten_ops.py. Sorted by name."]
    named_rules += [f'{{"{name}", "{rule}"}},'
                    for name, rule in sorted(rule_names.items())]

    errors = ["// Generated by utils/gen_aten_ops.py. Sorted by name."]
    errors += dtype_errors(args.dtype_errors, schemas)
    checks = ["// Generated by utils/gen_aten_ops.py. Sorted by name."]
    checks += operand_errors(args.operand_errors, schemas)

    out = args.output_dir
    write_if_changed(os.path.join(out, "DtypeErrors.cpp.inc"), "\n".join(errors) + "\n")
    write_if_changed(os.path.join(out, "OperandErrors.cpp.inc"), "\n".join(checks) + "\n")
    write_if_changed(os.path.join(out, "TypeRules.h.inc"), "\n".join(rules) + "\n")
    write_if_changed(os.path.join(out, "GenericRules.cpp.inc"), "\n".join(named) + "\n")
    write_if_changed(os.path.join(out, "RuleNames.cpp.inc"), "\n".join(named_rules) + "\n")
    write_if_changed(os.path.join(out, "AtenOps.td"), "\n".join(td) + "\n")
    write_if_changed(os.path.join(out, "AtenOpMethods.cpp.inc"), "\n".join(methods) + "\n")


if __name__ == "__main__":
    main()
