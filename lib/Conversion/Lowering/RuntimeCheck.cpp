//===- RuntimeCheck.cpp - Checks made when the program runs -----*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MiniTorch/Conversion/Lowering/RuntimeCheck.h"
#include "MiniTorch/Conversion/Lowering/TensorSizes.h"
#include "MiniTorch/Dialect/Mt/IR/MtOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlowOps.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/IR/Matchers.h"
#include "llvm/ADT/TypeSwitch.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;
using namespace minitorch;

static FileLineColLoc findFile(Location loc) {
  return TypeSwitch<Location, FileLineColLoc>(loc)
      .Case([](FileLineColLoc file) { return file; })
      .Case([](NameLoc named) { return findFile(named.getChildLoc()); })
      .Case([](OpaqueLoc opaque) {
        return findFile(opaque.getFallbackLocation());
      })
      .Case([](CallSiteLoc call) {
        if (FileLineColLoc file = findFile(call.getCallee()))
          return file;
        return findFile(call.getCaller());
      })
      .Case([](FusedLoc fused) {
        for (Location part : fused.getLocations())
          if (FileLineColLoc file = findFile(part))
            return file;
        return FileLineColLoc();
      })
      .Default([](Location) { return FileLineColLoc(); });
}

std::string minitorch::formatSourcePosition(Location loc) {
  FileLineColLoc file = findFile(loc);
  if (!file)
    return "";
  std::string text;
  llvm::raw_string_ostream(text)
      << "\n  at " << file.getFilename().getValue() << ":" << file.getLine()
      << ":" << file.getColumn();
  return text;
}

StringRef minitorch::getExceptionName(StringRef qualifiedName) {
  qualifiedName.consume_front("builtins.");
  return qualifiedName.empty() ? "RuntimeError" : qualifiedName;
}

void minitorch::createRuntimeCheck(OpBuilder &b, Location loc, Value condition,
                                   StringRef exception, const Twine &message,
                                   ValueRange values) {
  if (matchPattern(condition, m_One()))
    return;
  if (!values.empty()) {
    Value yes = arith::ConstantIntOp::create(b, loc, 1, 1);
    Value fails = arith::XOrIOp::create(b, loc, condition, yes);
    auto ifOp = scf::IfOp::create(b, loc, fails, /*withElseRegion=*/false);
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(ifOp.thenBlock());
    for (Value value : values)
      mt::OperatorOp::create(b, loc, TypeRange(), messageValueName, value);
  }
  cf::AssertOp::create(
      b, loc, condition,
      (exception + ": " + message + formatSourcePosition(loc)).str());
}

std::string minitorch::describeSizes(OpBuilder &b, Location loc,
                                     ArrayRef<OpFoldResult> sizes,
                                     SmallVectorImpl<Value> &values,
                                     StringRef separator) {
  std::string text;
  llvm::raw_string_ostream os(text);
  llvm::interleave(
      sizes, os,
      [&](OpFoldResult size) {
        if (std::optional<int64_t> known = getConstantIntValue(size)) {
          os << *known;
          return;
        }
        os << "{}";
        values.push_back(toInt(b, loc, size));
      },
      separator);
  return text;
}
