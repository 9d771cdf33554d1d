//===- PanelCopy.h - Ops that lay out B at run time -------------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_CODEGEN_KERNELS_PANELCOPY_H
#define MINITORCH_CODEGEN_KERNELS_PANELCOPY_H

#include "MiniTorch/Codegen/Kernels/Contraction.h"

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

/// The op that lays out B for this contraction alone, or null.
mlir::linalg::GenericOp getPanelCopy(const Contraction &contraction);

} // namespace minitorch

#endif // MINITORCH_CODEGEN_KERNELS_PANELCOPY_H
