//===- Aliases.cpp - Other names of operators -------------------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Decompose.h"
#include "Formula.h"

using namespace mlir;

namespace minitorch::mt {

// Copies of views are views of values.
static constexpr Alias aliases[] = {
    {"aten::absolute", "abs"},
    {"aten::alias_copy", "alias"},
    {"aten::arccos", "acos"},
    {"aten::arccosh", "acosh"},
    {"aten::arcsin", "asin"},
    {"aten::arcsinh", "asinh"},
    {"aten::arctan", "atan"},
    {"aten::arctan2", "atan2"},
    {"aten::arctanh", "atanh"},
    {"aten::argwhere", "nonzero"},
    {"aten::clamp_max.Tensor", "minimum"},
    {"aten::clamp_min.Tensor", "maximum"},
    {"aten::clip", "clamp"},
    {"aten::clip.Tensor", "clamp.Tensor"},
    {"aten::concat", "cat"},
    {"aten::concatenate", "cat"},
    {"aten::divide.Scalar", "div.Scalar"},
    {"aten::divide.Scalar_mode", "div.Scalar_mode"},
    {"aten::divide.Tensor", "div.Tensor"},
    {"aten::divide.Tensor_mode", "div.Tensor_mode"},
    {"aten::expand_copy", "expand"},
    {"aten::fix", "trunc"},
    {"aten::ger", "outer"},
    {"aten::greater.Scalar", "gt.Scalar"},
    {"aten::greater.Tensor", "gt.Tensor"},
    {"aten::greater_equal.Scalar", "ge.Scalar"},
    {"aten::greater_equal.Tensor", "ge.Tensor"},
    {"aten::less.Scalar", "lt.Scalar"},
    {"aten::less.Tensor", "lt.Tensor"},
    {"aten::less_equal.Scalar", "le.Scalar"},
    {"aten::less_equal.Tensor", "le.Tensor"},
    {"aten::linalg_matmul", "matmul"},
    {"aten::moveaxis.int", "movedim.int"},
    {"aten::multiply.Scalar", "mul.Scalar"},
    {"aten::multiply.Tensor", "mul.Tensor"},
    {"aten::narrow_copy", "narrow"},
    {"aten::negative", "neg"},
    {"aten::not_equal.Scalar", "ne.Scalar"},
    {"aten::not_equal.Tensor", "ne.Tensor"},
    {"aten::permute_copy", "permute"},
    // No tensor here is conjugated or negated lazily.
    {"aten::resolve_conj", "alias"},
    {"aten::resolve_neg", "alias"},
    {"aten::select_copy.int", "select.int"},
    {"aten::slice_copy.Tensor", "slice.Tensor"},
    {"aten::special_erf", "erf"},
    {"aten::special_erfc", "erfc"},
    {"aten::special_exp2", "exp2"},
    {"aten::special_expit", "sigmoid"},
    {"aten::special_expm1", "expm1"},
    {"aten::special_log1p", "log1p"},
    {"aten::special_log_softmax", "log_softmax.int"},
    {"aten::special_logsumexp", "logsumexp"},
    {"aten::special_softmax", "softmax.int"},
    {"aten::split.sizes", "split_with_sizes"},
    {"aten::split_copy.Tensor", "split.Tensor"},
    {"aten::split_with_sizes_copy", "split_with_sizes"},
    {"aten::squeeze_copy", "squeeze"},
    {"aten::squeeze_copy.dim", "squeeze.dim"},
    {"aten::squeeze_copy.dims", "squeeze.dims"},
    {"aten::subtract.Scalar", "sub.Scalar"},
    {"aten::subtract.Tensor", "sub.Tensor"},
    {"aten::swapaxes", "transpose.int"},
    {"aten::swapdims", "transpose.int"},
    {"aten::t_copy", "t"},
    {"aten::transpose_copy.int", "transpose.int"},
    {"aten::true_divide.Scalar", "div.Scalar"},
    {"aten::unbind_copy.int", "unbind.int"},
    {"aten::unfold_copy", "unfold"},
    {"aten::unsafe_chunk", "chunk"},
    {"aten::unsafe_split.Tensor", "split.Tensor"},
    {"aten::unsafe_split_with_sizes", "split_with_sizes"},
    {"aten::unsqueeze_copy", "unsqueeze"},
    {"aten::view_copy", "view"},
};

void populateAliasDecompositions(RewritePatternSet &patterns) {
  addAliases(patterns, aliases);
}

} // namespace minitorch::mt
