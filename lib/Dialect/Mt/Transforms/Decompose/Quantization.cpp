//===- Quantization.cpp - Elements rounded to integers ----------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Decompose.h"
#include "Formula.h"

using namespace mlir;

// Source: the pages of torch.fake_quantize_per_tensor_affine and of
// torch.fake_quantize_per_channel_affine; for what overflows, PyTorch itself.

namespace minitorch::mt {
namespace {

/// Two to the power of 63.
constexpr double kTooLarge = 0x1p63;

struct Quantizer {
  /// float32, of rank 0 or that of the elements.
  Value scale, zeroPoint;
  Value low, high;
  /// Numbers that are no int64 become the lowest, and the zero point may be
  /// between integers.
  bool hasChannels = false, hasFloatZero = false;
};

/// q = round(x / scale) + zero, clamped to [low, high]; (q - zero) * scale and,
/// where asked for, whether nothing was clamped.
SmallVector<Value> quantize(TensorBuilder &b, Value x, const Quantizer &by,
                            bool withMask) {
  Type dtype = getDtype(x);
  Type narrow = b.getRewriter().getF32Type();
  Type wide = b.getRewriter().getF64Type();
  Value inverse = b.create<AtenReciprocalOp>({by.scale});
  Value scaled = x;
  Type computed = getAccumulationDtype(dtype);
  scaled = b.mul(b.toDtype(x, computed), b.toDtype(inverse, computed));
  Value zero = b.toDtype(by.zeroPoint, computed);
  Value q;
  if (by.hasFloatZero)
    q = b.create<AtenRoundOp>({b.toDtype(b.add(scaled, zero), narrow)});
  else
    q = b.add(b.create<AtenRoundOp>({scaled}), zero);
  Value clamped = b.create<AtenClampOp>({q, by.low, by.high});
  // NaN compares with nothing.
  Value isBelow = by.hasChannels
                      ? b.create<AtenLtScalarOp>(
                            {b.create<AtenAbsOp>({q}), b.constant(kTooLarge)})
                      : b.create<AtenEqTensorOp>({q, q});
  clamped = b.create<AtenMaskedFillScalarOp>(
      {clamped, b.create<AtenLogicalNotOp>({isBelow}), by.low});
  Type last = by.hasChannels ? wide : narrow;
  Value steps = b.sub(b.toDtype(clamped, last), b.toDtype(by.zeroPoint, last));
  Value result = b.mul(steps, b.toDtype(by.scale, last));
  SmallVector<Value> results{b.toDtype(result, dtype)};
  if (withMask) {
    Value isInside =
        b.create<AtenLogicalAndOp>({b.create<AtenGeScalarOp>({q, by.low}),
                                    b.create<AtenLeScalarOp>({q, by.high})});
    results.push_back(isInside);
  }
  return results;
}

bool isKnownFloat(Value x) {
  return getRank(x) && isa_and_present<FloatType>(getDtype(x));
}

// (self, scale, zero_point, quant_min, quant_max)
template <bool withMask>
FormulaResult perTensor(TensorBuilder &b, ValueRange in) {
  if (!isKnownFloat(in[0]))
    return std::nullopt;
  Type narrow = b.getRewriter().getF32Type();
  Quantizer by{b.full({}, in[1], narrow), b.full({}, in[2], narrow), in[3],
               in[4]};
  return {quantize(b, in[0], by, withMask)};
}

/// The number in a tensor of one element, as a tensor of rank 0.
Value getNumber(TensorBuilder &b, Value tensor, Type dtype) {
  return b.toDtype(b.reshape(b.toDtype(tensor, dtype), {}),
                   b.getRewriter().getF32Type());
}

// (self, scale, zero_point, quant_min, quant_max): tensors of one element, an
// integer the second.
FormulaResult perTensorByTensors(TensorBuilder &b, ValueRange in) {
  if (!isKnownFloat(in[0]) || !getRank(in[1]) || !getRank(in[2]) ||
      !getDtype(in[1]) || !getDtype(in[2]))
    return std::nullopt;
  Quantizer by{getNumber(b, in[1], b.getRewriter().getF32Type()),
               getNumber(b, in[2], b.getRewriter().getI64Type()), in[3], in[4]};
  return {quantize(b, in[0], by, /*withMask=*/false)};
}

// (self, scale, zero_point, axis, quant_min, quant_max)
template <bool withMask>
FormulaResult perChannel(TensorBuilder &b, ValueRange in) {
  std::optional<int64_t> axis = getConstantInt(in[3]);
  if (!isKnownFloat(in[0]) || getRank(in[1]) != 1 || getRank(in[2]) != 1 ||
      !getDtype(in[1]) || !getDtype(in[2]) || !axis || *axis < 0 ||
      *axis >= *getRank(in[0]))
    return std::nullopt;
  Type narrow = b.getRewriter().getF32Type();
  SmallVector<Value> sizes(*getRank(in[0]), b.constant(int64_t(1)));
  sizes[*axis] = b.size(in[0], *axis);
  Quantizer by{b.reshape(b.toDtype(in[1], narrow), sizes),
               b.reshape(b.toDtype(in[2], narrow), sizes),
               in[4],
               in[5],
               /*hasChannels=*/true,
               /*hasFloatZero=*/isa<FloatType>(getDtype(in[2]))};
  return {quantize(b, in[0], by, withMask)};
}

constexpr NamedFormula formulas[] = {
    {"aten::fake_quantize_per_channel_affine", perChannel<false>},
    {"aten::fake_quantize_per_channel_affine_cachemask", perChannel<true>},
    {"aten::fake_quantize_per_tensor_affine", perTensor<false>},
    {"aten::fake_quantize_per_tensor_affine.tensor_qparams",
     perTensorByTensors},
    {"aten::fake_quantize_per_tensor_affine_cachemask", perTensor<true>},
};

} // namespace

void populateQuantizationDecompositions(RewritePatternSet &patterns) {
  addFormulas(patterns, formulas);
}

} // namespace minitorch::mt
