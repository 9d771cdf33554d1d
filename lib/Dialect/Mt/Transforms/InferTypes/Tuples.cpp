//===- Tuples.cpp - Tuples through branches and loops -----------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "InferTypes.h"

using namespace mlir;
using namespace minitorch::mt;
namespace mt = minitorch::mt;

/// Appends the elements of a tuple. A value that is never read has elements
/// that are never read.
static void appendElements(OpBuilder &builder, Location loc, Value tuple,
                           TypeRange types, SmallVectorImpl<Value> &values) {
  if (!tuple.getDefiningOp<PrimUninitializedOp>()) {
    auto unpack = PrimTupleUnpackOp::create(builder, loc, types, tuple);
    llvm::append_range(values, unpack.getResults());
    return;
  }
  for (Type type : types)
    values.push_back(PrimUninitializedOp::create(builder, loc, type));
}

/// The tuple that every one of `values` is by its own name, where they are
/// declared `type`; null for other values.
static mt::TupleType getFlatTuple(Type type, ValueRange values) {
  auto tuple = dyn_cast<mt::TupleType>(type);
  for (Value value : values) {
    value = stripCasts(value);
    if (value.getDefiningOp<PrimUninitializedOp>())
      continue;
    auto own = dyn_cast<mt::TupleType>(value.getType());
    if (!tuple || !own || own.getName() != tuple.getName())
      return {};
  }
  return tuple;
}

bool TypeInference::flattenTuples(PrimIfOp op) {
  SmallVector<mt::TupleType> tuples;
  for (auto [i, type] : llvm::enumerate(op.getResultTypes()))
    tuples.push_back(getFlatTuple(
        type, {op.thenYield().getValues()[i], op.elseYield().getValues()[i]}));
  if (llvm::none_of(tuples, [](mt::TupleType tuple) { return tuple; }))
    return false;
  SmallVector<Type> types;
  SmallVector<unsigned> counts;
  for (auto [type, tuple] : llvm::zip(op.getResultTypes(), tuples)) {
    counts.push_back(tuple ? tuple.getTypes().size() : 0);
    if (tuple)
      llvm::append_range(types, tuple.getTypes());
    else
      types.push_back(type);
  }
  OpBuilder builder(op);
  for (PrimYieldOp yield : {op.thenYield(), op.elseYield()}) {
    builder.setInsertionPoint(yield);
    SmallVector<Value> values;
    for (auto [i, value] : llvm::enumerate(yield.getValues())) {
      if (!tuples[i]) {
        values.push_back(value);
        continue;
      }
      appendElements(builder, yield.getLoc(), value, tuples[i].getTypes(),
                     values);
    }
    yield.getValuesMutable().assign(values);
  }
  builder.setInsertionPoint(op);
  auto flat = PrimIfOp::create(builder, op.getLoc(), types, op.getCondition());
  flat.getThenRegion().takeBody(op.getThenRegion());
  flat.getElseRegion().takeBody(op.getElseRegion());
  SmallVector<Value> replacements;
  unsigned next = 0;
  for (auto [i, count] : llvm::enumerate(counts)) {
    if (!tuples[i]) {
      replacements.push_back(flat.getResult(next++));
      continue;
    }
    ValueRange elements = flat.getResults().slice(next, count);
    next += count;
    replacements.push_back(PrimTupleConstructOp::create(builder, op.getLoc(),
                                                        tuples[i], elements));
  }
  op.replaceAllUsesWith(replacements);
  op.erase();
  return true;
}

bool TypeInference::flattenTuples(PrimLoopOp op) {
  SmallVector<mt::TupleType> tuples;
  for (auto [i, init] : llvm::enumerate(op.getInits())) {
    // What is not changed is what it was.
    Value next = op.getTerminator().getValues()[i];
    tuples.push_back(getFlatTuple(
        init.getType(), {init, next == op.getCarried()[i] ? init : next}));
  }
  if (llvm::none_of(tuples, [](mt::TupleType tuple) { return tuple; }))
    return false;
  Block &body = op.getBody().front();
  OpBuilder builder(op);
  SmallVector<Value> inits;
  SmallVector<Type> types;
  for (auto [init, tuple] : llvm::zip(op.getInits(), tuples)) {
    if (!tuple) {
      inits.push_back(init);
      types.push_back(init.getType());
      continue;
    }
    appendElements(builder, op.getLoc(), init, tuple.getTypes(), inits);
    llvm::append_range(types, tuple.getTypes());
  }
  auto flat =
      PrimLoopOp::create(builder, op.getLoc(), types, op.getMaxTripCount(),
                         op.getInitialCondition(), inits);
  auto terminator = op.getTerminator();
  builder.setInsertionPoint(terminator);
  SmallVector<Value> values;
  for (auto [i, value] : llvm::enumerate(terminator.getValues())) {
    if (!tuples[i]) {
      values.push_back(value);
      continue;
    }
    appendElements(builder, op.getLoc(), value, tuples[i].getTypes(), values);
  }
  terminator.getValuesMutable().assign(values);
  // New block arguments, and the tuples made of them again.
  builder.setInsertionPointToStart(&body);
  unsigned oldCount = tuples.size();
  SmallVector<Value> carried;
  for (Type type : types)
    carried.push_back(body.addArgument(type, op.getLoc()));
  unsigned next = 0;
  for (unsigned i = 0; i < oldCount; ++i) {
    Value replacement;
    if (!tuples[i]) {
      replacement = carried[next++];
    } else {
      unsigned count = tuples[i].getTypes().size();
      replacement =
          PrimTupleConstructOp::create(builder, op.getLoc(), tuples[i],
                                       ArrayRef(carried).slice(next, count));
      next += count;
    }
    body.getArgument(1 + i).replaceAllUsesWith(replacement);
  }
  body.eraseArguments(1, oldCount);
  flat.getBody().takeBody(op.getBody());
  builder.setInsertionPointAfter(flat);
  SmallVector<Value> replacements;
  next = 0;
  for (mt::TupleType tuple : tuples) {
    if (!tuple) {
      replacements.push_back(flat.getResult(next++));
      continue;
    }
    ValueRange elements =
        flat.getResults().slice(next, tuple.getTypes().size());
    next += tuple.getTypes().size();
    replacements.push_back(
        PrimTupleConstructOp::create(builder, op.getLoc(), tuple, elements));
  }
  op.replaceAllUsesWith(replacements);
  op.erase();
  return true;
}
