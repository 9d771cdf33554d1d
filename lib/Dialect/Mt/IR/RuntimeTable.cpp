//===- RuntimeTable.cpp - Which C function runs which operator --*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MiniTorch/Dialect/Mt/IR/RuntimeTable.h"
#include "MiniTorch-c/Objects.h"
#include "MiniTorch/Dialect/Mt/IR/MtDialect.h"
#include "MiniTorch/Dialect/Mt/IR/ValueForms.h"
#include "mlir/IR/BuiltinTypes.h"

using namespace mlir;
using namespace minitorch;
using namespace minitorch::mt;

#define ROW(schema, symbol, parameters, results, raises, typed, taking)        \
  {schema, symbol, parameters, results, raises, typed, taking},
static constexpr RuntimeOp runtimeOps[] = {
#define RUNTIME_OP ROW
#include "MiniTorch/Conversion/RuntimeOps.cpp.inc"
};
static constexpr RuntimeOp boxedTensorOps[] = {
#define BOXED_TENSOR_OP ROW
#include "MiniTorch/Conversion/RuntimeOps.cpp.inc"
};
#undef ROW
static constexpr StringLiteral neverRaising[] = {
#define NEVER_RAISES(schema) schema,
#include "MiniTorch/Conversion/RuntimeOps.cpp.inc"
};

static const RuntimeOp *lookup(ArrayRef<RuntimeOp> table, StringRef schema) {
  const RuntimeOp *found =
      llvm::lower_bound(table, schema, [](const RuntimeOp &op, StringRef name) {
        return op.schema < name;
      });
  return found != table.end() && found->schema == schema ? found : nullptr;
}

const RuntimeOp *minitorch::mt::lookupRuntimeOp(StringRef schema) {
  return lookup(runtimeOps, schema);
}

const RuntimeOp *minitorch::mt::lookupBoxedTensorOp(StringRef schema) {
  return lookup(boxedTensorOps, schema);
}

bool minitorch::mt::neverRaises(StringRef schema) {
  return std::binary_search(std::begin(neverRaising), std::end(neverRaising),
                            schema);
}

char minitorch::mt::getElementLetter(Type type) {
  if (type.isSignlessInteger(64))
    return 'i';
  if (type.isF64())
    return 'f';
  if (type.isSignlessInteger(1))
    return 'b';
  if (isa<ComplexType>(type))
    return 'c';
  if (isa<RankedTensorType>(type))
    return 'o';
  std::optional<ValueForm> form = getValueForm(type);
  if (!form)
    return 0;
  return form == ValueForm::Pointer ? 'o' : 'v';
}

std::string minitorch::mt::expandSymbol(StringRef symbol, char elementLetter) {
  auto [before, after] = symbol.split("{T}");
  if (before.size() == symbol.size())
    return symbol.str();
  return (before + Twine(elementLetter) + after).str();
}

static std::optional<int64_t> getClass(Type type) {
  switch (getElementLetter(type)) {
  case 'i':
    return MTRT_CLASS_INT;
  case 'f':
    return MTRT_CLASS_FLOAT;
  case 'b':
    return MTRT_CLASS_BOOL;
  case 'c':
    return MTRT_CLASS_COMPLEX;
  case 'o':
    return MTRT_CLASS_OBJECT;
  case 'v':
    return MTRT_CLASS_VALUE;
  default:
    return std::nullopt;
  }
}

std::optional<int64_t> minitorch::mt::getContainerWord(Type type) {
  constexpr int flagsShift = 32, valueShift = 3;
  if (auto list = dyn_cast<ListType>(type)) {
    std::optional<int64_t> item = getClass(list.getElementType());
    return item ? std::optional(*item << flagsShift) : std::nullopt;
  }
  if (auto dict = dyn_cast<DictType>(type)) {
    std::optional<int64_t> key = getClass(dict.getKeyType()),
                           value = getClass(dict.getValueType());
    if (!key || !value)
      return std::nullopt;
    return (*key | *value << valueShift) << flagsShift;
  }
  if (isa<mt::TupleType>(type))
    return 0;
  return std::nullopt;
}
