//===- TensorViews.h - Steps of which views are made ------------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_LIB_RUNTIME_TENSORVIEWS_H
#define MINITORCH_LIB_RUNTIME_TENSORVIEWS_H

#include "TensorObjects.h"

namespace mtrt {

/// What is at `index` of a dimension, which goes away.
Geometry selected(Geometry geometry, int64_t dim, int64_t index);
/// With a dimension of size 1 in front of `dim`, which may be negative.
Geometry unsqueezed(Geometry geometry, int64_t dim);

} // namespace mtrt

#endif // MINITORCH_LIB_RUNTIME_TENSORVIEWS_H
