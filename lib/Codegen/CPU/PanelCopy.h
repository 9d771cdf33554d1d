//===- PanelCopy.h - Ops that lay out B at run time -------------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_LIB_CODEGEN_CPU_PANELCOPY_H
#define MINITORCH_LIB_CODEGEN_CPU_PANELCOPY_H

#include "mlir/Dialect/Linalg/IR/Linalg.h"

namespace minitorch {

// These ops are told by their form. An attribute that marked them would be lost
// where an upstream pass builds an op anew.

/// Whether the op only moves elements: a transpose, a broadcast, a copy.
bool isMove(mlir::linalg::GenericOp op);

/// The windows of a convolution as columns:
/// out[..., k, p] = image[taps(..., k) + stride * pixels(..., p)].
struct Windows {
  mlir::OpOperand *taps, *pixels;
  /// A tensor or a buffer of one dimension.
  mlir::Value image;
  /// The distance of neighbouring pixels.
  int64_t stride;
};

/// Recognizes windows, on tensors or on buffers.
std::optional<Windows> matchWindows(mlir::Operation *op);

} // namespace minitorch

#endif // MINITORCH_LIB_CODEGEN_CPU_PANELCOPY_H
