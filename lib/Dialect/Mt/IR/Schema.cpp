//===- Schema.cpp - PyTorch operator schemas --------------------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MiniTorch/Dialect/Mt/IR/Schema.h"
#include "MiniTorch/Dialect/Mt/IR/Facts.h"
#include "MiniTorch/Dialect/Mt/IR/MtOps.h"
#include "MiniTorch/Dialect/Mt/IR/RuntimeTable.h"
#include "MiniTorch/Dialect/Mt/IR/TypeRules.h"
#include "llvm/ADT/StringMap.h"
#include <cctype>
#include <mutex>

using namespace mlir;
using namespace minitorch::mt;
using llvm::StringRef;

namespace {
struct SchemaText {
  const char *name;
  const char *text;
  OperatorFacts facts;
};
#include "MiniTorch/Dialect/Mt/IR/AtenFactData.cpp.inc"
constexpr SchemaText schemaTable[] = {
#include "MiniTorch/Dialect/Mt/IR/AtenSchemaTable.cpp.inc"
};
} // namespace

//===----------------------------------------------------------------------===//
// Parsing
//===----------------------------------------------------------------------===//

/// Calls `each` for the parts of `text` between top-level commas.
static void splitTopLevel(StringRef text,
                          llvm::function_ref<void(StringRef)> each) {
  int depth = 0;
  size_t start = 0;
  bool quoted = false;
  for (size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '"' || c == '\'')
      quoted = !quoted;
    if (quoted)
      continue;
    depth += c == '(' || c == '[';
    depth -= c == ')' || c == ']';
    if (c == ',' && depth == 0) {
      each(text.slice(start, i).trim());
      start = i + 1;
    }
  }
  if (!text.drop_front(start).trim().empty())
    each(text.drop_front(start).trim());
}

/// Takes the alias annotations `(a!)`, `(a -> *)`, `(a|b)` out of a type.
static std::string parseAlias(StringRef type, SchemaArgument &argument) {
  std::string plain;
  while (!type.empty()) {
    size_t open = type.find('(');
    // Dict(str, t) and Future(t) are types; an alias set is a letter or `*`.
    bool isAlias = open != StringRef::npos && open + 1 < type.size() &&
                   (type[open + 1] == '*' ||
                    (islower(type[open + 1]) && open + 2 < type.size() &&
                     !isalpha(type[open + 2]) &&
                     !type.take_front(open).ends_with("Future") &&
                     !type.take_front(open).ends_with("Await")));
    if (!isAlias) {
      size_t next = open == StringRef::npos ? type.size() : open + 1;
      plain += type.take_front(next);
      type = type.drop_front(next);
      continue;
    }
    size_t close = type.find(')', open);
    StringRef alias = type.slice(open + 1, close);
    plain += type.take_front(open);
    StringRef last = alias.rsplit('|').second;
    argument.aliasSet = last.empty() ? alias.front() : last.front();
    argument.aliasesElements |= type.drop_front(close + 1).starts_with("[");
    argument.isWrite |= alias.contains('!');
    argument.escapes |= alias.contains('*');
    type = type.drop_front(close + 1);
  }
  return plain;
}

static SchemaArgument parseArgument(StringRef text, bool isResult) {
  SchemaArgument argument;
  // The default comes after the name; a `=` cannot occur before it.
  auto [declaration, defaultValue] = text.split('=');
  if (defaultValue.data() && declaration.size() != text.size())
    argument.defaultValue = defaultValue.str();
  // The name is the last word, unless the last word belongs to the type.
  size_t space = declaration.rfind(' ');
  bool hasName =
      space != StringRef::npos &&
      declaration.drop_front(space).find_first_of(")]?") == StringRef::npos;
  if (isResult && space == StringRef::npos)
    hasName = false;
  StringRef type = hasName ? declaration.take_front(space) : declaration;
  if (hasName)
    argument.name = declaration.drop_front(space + 1).str();
  argument.type = parseAlias(type, argument);
  return argument;
}

static Schema parseSchema(StringRef text) {
  Schema schema;
  size_t open = text.find('(');
  schema.name = text.take_front(open).str();
  int depth = 0;
  size_t close = open;
  for (; close < text.size(); ++close) {
    depth += text[close] == '(';
    depth -= text[close] == ')';
    if (depth == 0)
      break;
  }
  bool keywordOnly = false;
  splitTopLevel(text.slice(open + 1, close), [&](StringRef part) {
    if (part == "*") {
      keywordOnly = true;
      return;
    }
    schema.arguments.push_back(parseArgument(part, /*isResult=*/false));
    schema.arguments.back().isKeywordOnly = keywordOnly;
  });
  StringRef returns = text.drop_front(close + 1).trim();
  returns.consume_front("->");
  returns = returns.trim();
  if (returns.consume_front("(")) {
    splitTopLevel(returns.drop_back(), [&](StringRef part) {
      schema.results.push_back(parseArgument(part, /*isResult=*/true));
    });
  } else {
    schema.results.push_back(parseArgument(returns, /*isResult=*/true));
  }
  return schema;
}

//===----------------------------------------------------------------------===//
// Lookup
//===----------------------------------------------------------------------===//

bool Schema::isMutating() const {
  return llvm::any_of(arguments,
                      [](const SchemaArgument &a) { return a.isWrite; });
}

int Schema::getArgumentIndex(StringRef argumentName) const {
  for (auto [i, argument] : llvm::enumerate(arguments))
    if (argument.name == argumentName)
      return i;
  return -1;
}

const Schema *minitorch::mt::lookupSchema(StringRef name) {
  static std::mutex mutex;
  static llvm::StringMap<std::unique_ptr<Schema>> parsed;
  std::lock_guard<std::mutex> lock(mutex);
  auto it = parsed.find(name);
  if (it != parsed.end())
    return it->second.get();
  const SchemaText *entry = llvm::lower_bound(
      schemaTable, name,
      [](const SchemaText &row, StringRef key) { return row.name < key; });
  std::unique_ptr<Schema> schema;
  if (entry != std::end(schemaTable) && name == entry->name) {
    schema = std::make_unique<Schema>(parseSchema(entry->text));
    schema->facts = &entry->facts;
  }
  return (parsed[name] = std::move(schema)).get();
}

const Schema *minitorch::mt::lookupSchema(Operation *op) {
  if (auto schemaOp = dyn_cast<SchemaOpInterface>(op))
    return lookupSchema(schemaOp.getSchemaName());
  return nullptr;
}

static bool sameArguments(const Schema &a, const Schema &b, unsigned dropped) {
  unsigned matched = 0, kept = 0;
  for (const SchemaArgument &argument : a.arguments) {
    // out= arguments have no counterpart; the written self of an in-place
    // operator does.
    if (dropped && argument.isWrite)
      continue;
    ++kept;
    int j = b.getArgumentIndex(argument.name);
    matched += j >= 0 && b.arguments[j].type == argument.type;
  }
  return matched == kept && b.arguments.size() == kept;
}

const Schema *minitorch::mt::getFunctionalSchema(const Schema &schema) {
  if (StringRef named = schema.facts->functional; !named.empty())
    return lookupSchema(named);
  auto [base, overload] = StringRef(schema.name).split('.');
  bool isOut = overload == "out" || overload.ends_with("_out") ||
               llvm::any_of(schema.arguments, [](const SchemaArgument &a) {
                 return a.isWrite && a.isKeywordOnly;
               });
  if (!isOut && !base.ends_with("_")) {
    // The name does not say that `_native_batch_norm_legit` writes; that of its
    // functional form says that it does not.
    const Schema *functional = lookupSchema(
        (base + "_functional" + (overload.empty() ? "" : "." + overload))
            .str());
    return functional && !functional->isMutating() ? functional : nullptr;
  }
  std::string functionalName = (isOut ? base : base.drop_back()).str();
  // `x &= y` is aten::__iand__.
  if (!isOut && base.starts_with("aten::__i"))
    functionalName = ("aten::__" + base.drop_front(9)).str();
  StringRef functionalBase = functionalName;
  if (!isOut) {
    std::string same =
        (functionalBase + (overload.empty() ? "" : "." + overload)).str();
    // `ldexp` without an overload is that of numbers.
    if (const Schema *functional = lookupSchema(same))
      if (!functional->isMutating() &&
          functional->arguments.front().type == schema.arguments.front().type)
        return functional;
  }
  // The same base name with the same arguments.
  for (const SchemaText &row : schemaTable) {
    StringRef name(row.name);
    if (!name.starts_with(functionalBase) ||
        name.split('.').first != functionalBase)
      continue;
    const Schema *candidate = lookupSchema(name);
    if (candidate && !candidate->isMutating() &&
        sameArguments(schema, *candidate, isOut))
      return candidate;
  }
  return nullptr;
}

//===----------------------------------------------------------------------===//
// Effects
//===----------------------------------------------------------------------===//

/// A value with identity, whose contents can change.
static bool isMutable(Type type) {
  if (isa<minitorch::mt::TensorType, ListType, DictType, ObjectType, AnyType,
          FutureType, UnionType, GeneratorType>(type))
    return true;
  if (auto optional = dyn_cast<OptionalType>(type))
    return isMutable(optional.getElementType());
  if (auto tuple = dyn_cast<minitorch::mt::TupleType>(type))
    return llvm::any_of(tuple.getTypes(), isMutable);
  return false;
}

void minitorch::mt::getSchemaEffects(
    Operation *op, SmallVectorImpl<MemoryEffects::EffectInstance> &effects) {
  auto schemaOp = cast<SchemaOpInterface>(op);
  const Schema *schema = lookupSchema(op);
  StringRef name = schemaOp.getSchemaName();
  // What a value is does not change.
  if (name == "prim::isinstance")
    return;
  // One without a result is there for something else: it prints, or raises. But
  // there is nobody to warn.
  bool acts = schema && schema->results.empty() && !schema->isMutating() &&
              name != "aten::warn";
  if (!schema || acts || schemaOp.drawsRandomNumbers()) {
    // Nothing is known of it, or it advances the generator's state.
    effects.emplace_back(MemoryEffects::Read::get());
    effects.emplace_back(MemoryEffects::Write::get());
    return;
  }
  // An error is seen, whoever uses the result.
  auto holdsTensor = [](Type type) {
    auto list = dyn_cast<ListType>(type);
    return TensorShape::of(list ? list.getElementType() : type).has_value();
  };
  if (const RuntimeOp *entry = lookupRuntimeOp(name);
      entry && entry->raises &&
      llvm::none_of(op->getOperandTypes(), holdsTensor))
    effects.emplace_back(MemoryEffects::Write::get());
  for (OpOperand &operand : op->getOpOperands()) {
    if (!isMutable(operand.get().getType()))
      continue;
    effects.emplace_back(MemoryEffects::Read::get(), &operand);
    if (writesOperand(op, operand.getOperandNumber()))
      effects.emplace_back(MemoryEffects::Write::get(), &operand);
  }
  for (OpResult result : op->getResults())
    if (isMutable(result.getType()) && !schema->isMutating())
      effects.emplace_back(MemoryEffects::Allocate::get(), result);
}
