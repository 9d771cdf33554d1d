//===- TransposeConstant.h - Constants in another order ---------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_LIB_CODEGEN_LAYOUTS_TRANSPOSECONSTANT_H
#define MINITORCH_LIB_CODEGEN_LAYOUTS_TRANSPOSECONSTANT_H

#include "mlir/IR/BuiltinAttributes.h"

namespace minitorch {

/// The elements with dimension `permutation[i]` as dimension i, or null if they
/// are not at hand or not whole bytes.
mlir::ElementsAttr transposeConstant(mlir::ElementsAttr elements,
                                     llvm::ArrayRef<int64_t> permutation);

} // namespace minitorch

#endif // MINITORCH_LIB_CODEGEN_LAYOUTS_TRANSPOSECONSTANT_H
