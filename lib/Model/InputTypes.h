//===- InputTypes.h - Types of arguments as the compiler reads them -----===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_LIB_MODEL_INPUTTYPES_H
#define MINITORCH_LIB_MODEL_INPUTTYPES_H

#include "MiniTorch/ExecutionEngine/Session.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace minitorch {

/// How the types of arguments are written for mt-specialize.
struct InputTypeOptions {
  /// Sizes of tensors are "?", followed by the size in this call.
  bool isDynamic = false;
  bool givesExamples = true;
  /// Numbers are constants.
  bool fixNumbers = false;
  /// Tensors that are the same are one, and those that are not contiguous have
  /// strides.
  bool givesMemory = false;
  Matching matching = Matching::Strict;
  /// Everything but numbers is an object.
  bool isBoxed = false;
};

/// The `inputs` of mt-specialize for calling `method` (whose first `skipped`
/// arguments are not parameters) with these arguments: the types of the values,
/// as the parameters' declared types read them; defaults for what is not given.
llvm::Expected<std::string> inputTypes(mlir::func::FuncOp method,
                                       unsigned skipped,
                                       const CallRequest &request,
                                       const InputTypeOptions &options);

/// The type that parameter `i` of a method has when it is not given: that of
/// its default as a constant, "missing" without one.
llvm::Expected<std::string> defaultType(mlir::func::FuncOp method, unsigned i);

} // namespace minitorch

#endif // MINITORCH_LIB_MODEL_INPUTTYPES_H
