//===- Windows.cpp - Window functions ---------------------------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// name(window_length, periodic = True, parameters..., dtype, layout, device,
// pin_memory): values at the points 0, 1, ... n - 1 of a window that is
// symmetric over [0, n - 1], or, if it is periodic, over [0, n].
// Source: the operators' pages in PyTorch's documentation.
//
//===----------------------------------------------------------------------===//

#include "Decompose.h"
#include "Formula.h"

using namespace mlir;

namespace minitorch::mt {
namespace {

constexpr double pi = 3.14159265358979323846;

/// A window's values: `fractions` are the points as parts of [0, 1],
/// `parameters` the operands after `periodic`, which may be left out.
using WindowFunction = Value (*)(TensorBuilder &b, Value fractions,
                                 ValueRange parameters);

/// cos(2 pi k x)
Value cosine(TensorBuilder &b, Value x, double k) {
  return b.create<AtenCosOp>({b.mulScalar(x, b.constant(2 * pi * k))});
}

/// 1 - |2x - 1|
Value bartlett(TensorBuilder &b, Value x, ValueRange) {
  Value twice = b.mulScalar(x, b.constant(2.0));
  Value distance = b.create<AtenAbsOp>({b.addScalar(twice, b.constant(-1.0))});
  return b.addScalar(b.mulScalar(distance, b.constant(-1.0)), b.constant(1.0));
}

/// 0.42 - 0.5 cos(2 pi x) + 0.08 cos(4 pi x)
Value blackman(TensorBuilder &b, Value x, ValueRange) {
  Value sum = b.sub(b.mulScalar(cosine(b, x, 2), b.constant(0.08)),
                    b.mulScalar(cosine(b, x, 1), b.constant(0.5)));
  return b.addScalar(sum, b.constant(0.42));
}

/// alpha - beta cos(2 pi x)
Value raisedCosine(TensorBuilder &b, Value x, Value alpha, Value beta) {
  return b.sub(b.full({}, alpha, getDtype(x)),
               b.mulScalar(cosine(b, x, 1), beta));
}
Value hann(TensorBuilder &b, Value x, ValueRange) {
  return raisedCosine(b, x, b.constant(0.5), b.constant(0.5));
}
Value hamming(TensorBuilder &b, Value x, ValueRange parameters) {
  return raisedCosine(b, x,
                      parameters.empty() ? b.constant(0.54) : parameters[0],
                      parameters.size() < 2 ? b.constant(0.46) : parameters[1]);
}

/// i0(beta sqrt(1 - (2x - 1)^2)) / i0(beta), and 1 - (2x - 1)^2 = 4x (1 - x)
Value kaiser(TensorBuilder &b, Value x, ValueRange parameters) {
  Value beta = b.full({}, parameters.empty() ? b.constant(12.0) : parameters[0],
                      getDtype(x));
  Value product = b.mulScalar(b.sub(x, b.mul(x, x)), b.constant(4.0));
  Value root = b.create<AtenSqrtOp>({product});
  return b.div(b.call("aten::i0", {b.mul(root, beta)}),
               b.call("aten::i0", {beta}));
}

template <WindowFunction function>
FormulaResult window(TensorBuilder &b, ValueRange in) {
  ValueRange own = in.drop_back(4);
  std::optional<Type> dtype =
      getOptionalDtype(in[own.size()], Float32Type::get(in[0].getContext()));
  std::optional<bool> isPeriodic =
      own.size() == 1 ? true : getConstantBool(own[1]);
  if (!dtype || !isa_and_nonnull<FloatType>(*dtype) || !isPeriodic)
    return std::nullopt;
  Value length = own[0], one = b.constant(int64_t(1));
  Value last = *isPeriodic ? length : b.subInt(length, one);
  Type wide = getAccumulationDtype(*dtype);
  Value x = b.divScalar(b.arange(length, wide), b.maxInt(last, one));
  Value values =
      function(b, x, own.drop_front(std::min<size_t>(own.size(), 2)));
  // A single point is 1.
  std::optional<int64_t> count = getConstantInt(length);
  if (count == 1)
    values = b.full({one}, b.constant(1.0), wide);
  else if (!count)
    values = b.create<AtenMaskedFillScalarOp>(
        {values,
         b.create<AtenEqScalarOp>(
             {b.full({}, length, b.getRewriter().getI64Type()), one}),
         b.constant(1.0)});
  return {{b.toDtype(values, *dtype)}};
}

constexpr NamedFormula formulas[] = {
    {"aten::bartlett_window", window<bartlett>},
    {"aten::bartlett_window.periodic", window<bartlett>},
    {"aten::blackman_window", window<blackman>},
    {"aten::blackman_window.periodic", window<blackman>},
    {"aten::hamming_window", window<hamming>},
    {"aten::hamming_window.periodic", window<hamming>},
    {"aten::hamming_window.periodic_alpha", window<hamming>},
    {"aten::hamming_window.periodic_alpha_beta", window<hamming>},
    {"aten::hann_window", window<hann>},
    {"aten::hann_window.periodic", window<hann>},
    {"aten::kaiser_window", window<kaiser>},
    {"aten::kaiser_window.beta", window<kaiser>},
    {"aten::kaiser_window.periodic", window<kaiser>},
};

} // namespace

void populateWindowDecompositions(RewritePatternSet &patterns) {
  addFormulas(patterns, formulas);
}

} // namespace minitorch::mt
