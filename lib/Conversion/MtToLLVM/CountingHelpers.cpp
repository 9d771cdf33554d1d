//===- CountingHelpers.cpp - Functions that count ---------------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "CountingHelpers.h"
#include "MiniTorch-c/Objects.h"
#include "MiniTorch/Conversion/MtToLLVM.h"
#include <limits>

using namespace mlir;
using namespace minitorch;

static constexpr StringLiteral retainObjectName = "mt.retain_object";
static constexpr StringLiteral releaseObjectName = "mt.release_object";
static constexpr StringLiteral retainValueName = "mt.retain_value";
static constexpr StringLiteral releaseValueName = "mt.release_value";

static Value createInteger(OpBuilder &b, Location loc, Type type,
                           int64_t value) {
  return LLVM::ConstantOp::create(b, loc, type, b.getIntegerAttr(type, value));
}

Value minitorch::createIsObject(OpBuilder &b, Location loc, Value tag) {
  return LLVM::ICmpOp::create(
      b, loc, LLVM::ICmpPredicate::eq, tag,
      createInteger(b, loc, tag.getType(), MTRT_TAG_OBJECT));
}

LLVM::LLVMFuncOp CountingHelpers::create(StringRef name, TypeRange types) {
  OpBuilder b = OpBuilder::atBlockBegin(module.getBody());
  auto type = LLVM::LLVMFunctionType::get(
      LLVM::LLVMVoidType::get(module.getContext()), llvm::to_vector(types));
  auto func = LLVM::LLVMFuncOp::create(b, module.getLoc(), name, type);
  symbols.insert(func);
  return func;
}

LLVM::LLVMFuncOp CountingHelpers::getRuntime(StringRef name, TypeRange types) {
  LLVM::LLVMFuncOp func = lookup(name);
  return func ? func : create(name, types);
}

/// void name(ptr object) {
///   if (!object) return;
///   i32 count = load relaxed object;
///   if (count - least <u INT32_MAX - least) object->count = count + step;
///   else if (count) slow(object);
/// }
LLVM::LLVMFuncOp CountingHelpers::getForObject(StringRef name, int32_t step,
                                               StringRef slow) {
  if (LLVM::LLVMFuncOp func = lookup(name))
    return func;
  LLVM::LLVMFuncOp runtime =
      getRuntime(slow, LLVM::LLVMPointerType::get(module.getContext()));
  LLVM::LLVMFuncOp func =
      create(name, LLVM::LLVMPointerType::get(module.getContext()));
  func.setLinkage(LLVM::Linkage::Private);
  func.setAlwaysInline(true);

  Location loc = func.getLoc();
  OpBuilder b(func.getContext());
  Type i32 = b.getI32Type();
  Block *entry = func.addEntryBlock(b);
  Value object = entry->getArgument(0);
  auto addBlock = [&] { return b.createBlock(&func.getBody(), func.end()); };
  Block *load = addBlock(), *fast = addBlock(), *rest = addBlock(),
        *call = addBlock(), *end = addBlock();

  b.setInsertionPointToEnd(entry);
  Value null = LLVM::ZeroOp::create(b, loc, object.getType());
  Value isNull =
      LLVM::ICmpOp::create(b, loc, LLVM::ICmpPredicate::eq, object, null);
  LLVM::CondBrOp::create(b, loc, isNull, end, load);

  // Another thread may be changing a count that turns out to be negative.
  b.setInsertionPointToEnd(load);
  Value count = LLVM::LoadOp::create(b, loc, i32, object, /*alignment=*/4,
                                     /*isVolatile=*/false,
                                     /*isNonTemporal=*/false,
                                     /*isInvariant=*/false,
                                     /*isInvariantGroup=*/false,
                                     LLVM::AtomicOrdering::monotonic);
  // From `least` to INT32_MAX - 1, as one comparison.
  int32_t least = step > 0 ? 1 : 2;
  Value above =
      LLVM::SubOp::create(b, loc, count, createInteger(b, loc, i32, least));
  Value isPlain = LLVM::ICmpOp::create(
      b, loc, LLVM::ICmpPredicate::ult, above,
      createInteger(b, loc, i32, std::numeric_limits<int32_t>::max() - least));
  LLVM::CondBrOp::create(b, loc, isPlain, fast, rest);

  b.setInsertionPointToEnd(fast);
  Value next =
      LLVM::AddOp::create(b, loc, count, createInteger(b, loc, i32, step));
  LLVM::StoreOp::create(b, loc, next, object, /*alignment=*/4);
  LLVM::BrOp::create(b, loc, end);

  b.setInsertionPointToEnd(rest);
  Value isImmortal = LLVM::ICmpOp::create(b, loc, LLVM::ICmpPredicate::eq,
                                          count, createInteger(b, loc, i32, 0));
  LLVM::CondBrOp::create(b, loc, isImmortal, end, call);

  b.setInsertionPointToEnd(call);
  LLVM::CallOp::create(b, loc, runtime, object);
  LLVM::BrOp::create(b, loc, end);

  b.setInsertionPointToEnd(end);
  LLVM::ReturnOp::create(b, loc, ValueRange());
  return func;
}

/// void name(i64 tag, i64 bits) { if (isObject(tag)) forObject((ptr)bits); }
LLVM::LLVMFuncOp CountingHelpers::getForValue(StringRef name,
                                              LLVM::LLVMFuncOp forObject) {
  if (LLVM::LLVMFuncOp func = lookup(name))
    return func;
  OpBuilder b(module.getContext());
  LLVM::LLVMFuncOp func = create(name, {b.getI64Type(), b.getI64Type()});
  func.setLinkage(LLVM::Linkage::Private);
  func.setAlwaysInline(true);

  Location loc = func.getLoc();
  Block *entry = func.addEntryBlock(b);
  Block *call = b.createBlock(&func.getBody(), func.end());
  Block *end = b.createBlock(&func.getBody(), func.end());
  b.setInsertionPointToEnd(entry);
  Value isObject = createIsObject(b, loc, entry->getArgument(0));
  LLVM::CondBrOp::create(b, loc, isObject, call, end);
  b.setInsertionPointToEnd(call);
  Value object = LLVM::IntToPtrOp::create(
      b, loc, LLVM::LLVMPointerType::get(b.getContext()),
      entry->getArgument(1));
  LLVM::CallOp::create(b, loc, forObject, object);
  LLVM::BrOp::create(b, loc, end);
  b.setInsertionPointToEnd(end);
  LLVM::ReturnOp::create(b, loc, ValueRange());
  return func;
}

LLVM::LLVMFuncOp CountingHelpers::getRetainObject() {
  return getForObject(retainObjectName, /*step=*/1, counting::retainObject);
}
LLVM::LLVMFuncOp CountingHelpers::getReleaseObject() {
  return getForObject(releaseObjectName, /*step=*/-1, counting::releaseObject);
}
LLVM::LLVMFuncOp CountingHelpers::getRetainValue() {
  return getForValue(retainValueName, getRetainObject());
}
LLVM::LLVMFuncOp CountingHelpers::getReleaseValue() {
  return getForValue(releaseValueName, getReleaseObject());
}
