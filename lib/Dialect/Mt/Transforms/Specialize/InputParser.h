//===- InputParser.h - Types of arguments as text ---------------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_LIB_DIALECT_MT_TRANSFORMS_SPECIALIZE_INPUTPARSER_H
#define MINITORCH_LIB_DIALECT_MT_TRANSFORMS_SPECIALIZE_INPUTPARSER_H

#include "MiniTorch/Dialect/Mt/IR/MtAttributes.h"
#include "mlir/IR/Builders.h"

namespace minitorch::mt {

/// Parses the specification of the arguments and makes their values: leaves
/// become block arguments, containers are constructed of them.
class InputParser {
public:
  InputParser(llvm::StringRef text, mlir::OpBuilder &builder,
              mlir::Location loc, mlir::Block &body, unsigned position)
      : loc(loc), rest(text), builder(builder), body(body), position(position) {
  }

  /// The value of the next argument, which is declared `declared`, and its
  /// slot; null with `error` set where the text is not a specification.
  mlir::Value parse(mlir::Type declared, SlotAttr &slot);
  bool atEnd() { return rest.trim().empty(); }
  bool consume(llvm::StringRef token) {
    rest = rest.ltrim();
    return rest.consume_front(token);
  }
  /// One leaf, boxed as the parameter is declared.
  mlir::Value parseBoxed(mlir::Type declared, SlotAttr &slot);
  /// Tensors are objects, whatever is said of them.
  bool boxesTensors = false;
  /// Of the argument, with its name.
  mlir::Location loc;

  std::string error;
  llvm::SmallVector<mlir::Value> leaves;
  /// For each leaf, the sizes of an example, and strides, where it gives some.
  llvm::SmallVector<llvm::SmallVector<int64_t>> examples, strides;

private:
  mlir::Value fail(const llvm::Twine &message) {
    if (error.empty())
      error = (message + ", before '" + rest.take_front(20) + "'").str();
    return {};
  }
  llvm::StringRef word() {
    rest = rest.ltrim();
    llvm::StringRef text = rest.take_while(
        [](char c) { return !llvm::StringRef(",()[]{} ").contains(c); });
    rest = rest.drop_front(text.size());
    return text;
  }
  mlir::Value leaf(mlir::Type type, llvm::ArrayRef<int64_t> example = {},
                   llvm::ArrayRef<int64_t> stridesOfLeaf = {}) {
    mlir::Value argument = body.insertArgument(position++, type, loc);
    leaves.push_back(argument);
    examples.emplace_back(example);
    strides.emplace_back(stridesOfLeaf);
    return argument;
  }
  bool parseSequence(llvm::StringRef close,
                     llvm::function_ref<mlir::Type(unsigned)> declared,
                     llvm::SmallVectorImpl<mlir::Value> &values,
                     llvm::SmallVectorImpl<SlotAttr> &slots);
  mlir::Value parseValue(mlir::Type declared, SlotAttr &slot);
  std::optional<std::string> parseText();
  mlir::Value parseEnum(mlir::Type declared, SlotAttr &slot);

  llvm::StringRef rest;
  mlir::OpBuilder &builder;
  mlir::Block &body;
  unsigned position;
};

} // namespace minitorch::mt

#endif // MINITORCH_LIB_DIALECT_MT_TRANSFORMS_SPECIALIZE_INPUTPARSER_H
