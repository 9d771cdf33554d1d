//===- MtToArith.cpp - Operators on numbers ---------------------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MiniTorch/Conversion/MtToArith.h"
#include "MiniTorch/Conversion/Lowering/RuntimeCheck.h"
#include "MiniTorch/Dialect/Mt/IR/MtOps.h"
#include "MiniTorch/Dialect/Mt/IR/TypeRules.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlowOps.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/Matchers.h"
#include "mlir/Transforms/WalkPatternRewriteDriver.h"
#include "llvm/ADT/StringMap.h"

namespace minitorch {
#define GEN_PASS_DEF_CONVERTMTTOARITHPASS
#include "MiniTorch/Conversion/Passes.h.inc"
} // namespace minitorch

using namespace mlir;
using namespace minitorch;
using namespace minitorch::mt;

namespace {

/// Builds the arith form of one operator. Operands are i64, f64 or i1, as the
/// overload names; a null value means that the form does not apply.
struct Scalars {
  OpBuilder &b;
  Location loc;

  bool isFloat(Value v) { return isa<FloatType>(v.getType()); }
  bool isBool(Value v) { return v.getType().isSignlessInteger(1); }

  Value integer(int64_t v) {
    return arith::ConstantOp::create(b, loc, b.getI64IntegerAttr(v));
  }
  Value number(double v) {
    return arith::ConstantOp::create(b, loc, b.getF64FloatAttr(v));
  }
  Value toFloat(Value v) {
    if (isFloat(v))
      return v;
    if (isBool(v))
      return arith::UIToFPOp::create(b, loc, b.getF64Type(), v);
    return arith::SIToFPOp::create(b, loc, b.getF64Type(), v);
  }
  Value toInt(Value v) {
    if (isBool(v))
      return arith::ExtUIOp::create(b, loc, b.getI64Type(), v);
    return v;
  }
  /// Both operands at the type that Python computes in.
  bool promote(Value &x, Value &y) {
    if (isFloat(x) || isFloat(y)) {
      x = toFloat(x);
      y = toFloat(y);
      return true;
    }
    x = toInt(x);
    y = toInt(y);
    return false;
  }
  Value compare(arith::CmpIPredicate i, arith::CmpFPredicate f, Value x,
                Value y) {
    if (isBool(x) && isBool(y))
      return arith::CmpIOp::create(b, loc, i, x, y);
    if (promote(x, y))
      return arith::CmpFOp::create(b, loc, f, x, y);
    return arith::CmpIOp::create(b, loc, i, x, y);
  }
  /// x where it compares so, else y: also where one of them is NaN.
  Value choose(arith::CmpFPredicate predicate, Value x, Value y) {
    Value holds = arith::CmpFOp::create(b, loc, predicate, x, y);
    return arith::SelectOp::create(b, loc, holds, x, y);
  }
  void checkNotZero(Value divisor, StringRef message) {
    if (auto known = getConstantInt(divisor); known && *known != 0)
      return;
    Value ok = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::ne, divisor,
                                     integer(0));
    createRuntimeCheck(b, loc, ok, "RuntimeError", message);
  }
  /// A divisor that the processor divides the least int64 by, too: 1 for -1.
  Value withoutMinusOne(Value divisor, Value &isMinusOne) {
    isMinusOne = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::eq,
                                       divisor, integer(-1));
    return arith::SelectOp::create(b, loc, isMinusOne, integer(1), divisor);
  }
  /// Processors look at the lowest bits of it only; to LLVM more are undefined.
  Value shiftAmount(Value y) {
    return arith::AndIOp::create(b, loc, y, integer(63));
  }
  /// Whether a conversion to int64 is defined.
  Value fitsInt(Value x) {
    Value low = number(-9223372036854775808.0),
          high = number(9223372036854775808.0);
    Value above =
        arith::CmpFOp::create(b, loc, arith::CmpFPredicate::OGE, x, low);
    Value below =
        arith::CmpFOp::create(b, loc, arith::CmpFPredicate::OLT, x, high);
    return arith::AndIOp::create(b, loc, above, below);
  }
  /// int(x): what is out of int64's range becomes its least, as x86 has it.
  Value truncateToInt(Value x) {
    Value fits = fitsInt(x), least = number(-9223372036854775808.0);
    Value safe = arith::SelectOp::create(b, loc, fits, x, least);
    return arith::FPToSIOp::create(b, loc, b.getI64Type(), safe);
  }
  /// floor(x) and the like give an int in TorchScript.
  Value roundToInt(Value rounded) {
    createRuntimeCheck(b, loc, fitsInt(rounded), "RuntimeError",
                       "Cannot convert float to integer");
    return arith::FPToSIOp::create(b, loc, b.getI64Type(), rounded);
  }
};

using Builder1 = Value (*)(Scalars &, Value);
using Builder2 = Value (*)(Scalars &, Value, Value);

template <typename Op> Value floatFunction(Scalars &s, Value x) {
  return Op::create(s.b, s.loc, s.toFloat(x));
}

Value floorMod(Scalars &s, Value x, Value y) {
  if (s.promote(x, y)) {
    // TorchScript's: fmod(y + fmod(x, y), y).
    Value r = arith::RemFOp::create(s.b, s.loc, x, y);
    return arith::RemFOp::create(s.b, s.loc,
                                 arith::AddFOp::create(s.b, s.loc, y, r), y);
  }
  s.checkNotZero(y, "modulo by zero");
  Value isMinusOne;
  Value r =
      arith::RemSIOp::create(s.b, s.loc, x, s.withoutMinusOne(y, isMinusOne));
  Value zero = s.integer(0);
  Value nonZero =
      arith::CmpIOp::create(s.b, s.loc, arith::CmpIPredicate::ne, r, zero);
  Value rNegative =
      arith::CmpIOp::create(s.b, s.loc, arith::CmpIPredicate::slt, r, zero);
  Value yNegative =
      arith::CmpIOp::create(s.b, s.loc, arith::CmpIPredicate::slt, y, zero);
  Value differ = arith::XOrIOp::create(s.b, s.loc, rNegative, yNegative);
  Value fix = arith::AndIOp::create(s.b, s.loc, nonZero, differ);
  return arith::SelectOp::create(s.b, s.loc, fix,
                                 arith::AddIOp::create(s.b, s.loc, r, y), r);
}

Value trueDivide(Scalars &s, Value x, Value y) {
  // int / int raises for zero; float / float is IEEE.
  return arith::DivFOp::create(s.b, s.loc, s.toFloat(x), s.toFloat(y));
}

Value power(Scalars &s, Value x, Value y) {
  Value base = s.toFloat(x), exponent = s.toFloat(y);
  std::optional<double> known = getConstantFloat(exponent);
  if (!known || *known < 0) {
    Value isThere = arith::CmpFOp::create(s.b, s.loc, arith::CmpFPredicate::UNE,
                                          base, s.number(0));
    Value isUp = arith::CmpFOp::create(s.b, s.loc, arith::CmpFPredicate::UGE,
                                       exponent, s.number(0));
    createRuntimeCheck(
        s.b, s.loc, arith::OrIOp::create(s.b, s.loc, isThere, isUp),
        "RuntimeError", "0.0 cannot be raised to a negative power");
  }
  return math::PowFOp::create(s.b, s.loc, base, exponent);
}

Value roundUp(Scalars &s, Value x) {
  return s.isFloat(x) ? s.roundToInt(math::CeilOp::create(s.b, s.loc, x))
                      : s.toInt(x);
}
Value roundDown(Scalars &s, Value x) {
  return s.isFloat(x) ? s.roundToInt(math::FloorOp::create(s.b, s.loc, x))
                      : s.toInt(x);
}

Value toBool(Scalars &s, Value x) {
  if (s.isBool(x))
    return x;
  if (s.isFloat(x))
    return arith::CmpFOp::create(s.b, s.loc, arith::CmpFPredicate::UNE, x,
                                 s.number(0));
  return arith::CmpIOp::create(s.b, s.loc, arith::CmpIPredicate::ne, x,
                               s.integer(0));
}

Value negateBool(Scalars &s, Value x) {
  Value one = arith::ConstantOp::create(s.b, s.loc, s.b.getBoolAttr(true));
  return arith::XOrIOp::create(s.b, s.loc, toBool(s, x), one);
}

/// Operators of one number, by base name.
const llvm::StringMap<Builder1> &getUnaryTable() {
  static const llvm::StringMap<Builder1> table = {
      {"aten::neg",
       [](Scalars &s, Value x) -> Value {
         if (s.isFloat(x))
           return arith::NegFOp::create(s.b, s.loc, x);
         return arith::SubIOp::create(s.b, s.loc, s.integer(0), s.toInt(x));
       }},
      {"prim::abs",
       [](Scalars &s, Value x) -> Value {
         if (s.isFloat(x))
           return math::AbsFOp::create(s.b, s.loc, x);
         return math::AbsIOp::create(s.b, s.loc, s.toInt(x));
       }},
      {"aten::fabs", floatFunction<math::AbsFOp>},
      {"aten::sqrt", floatFunction<math::SqrtOp>},
      {"aten::exp", floatFunction<math::ExpOp>},
      {"aten::expm1", floatFunction<math::ExpM1Op>},
      {"aten::log", floatFunction<math::LogOp>},
      {"aten::log1p", floatFunction<math::Log1pOp>},
      {"aten::log2", floatFunction<math::Log2Op>},
      {"aten::log10", floatFunction<math::Log10Op>},
      {"aten::sin", floatFunction<math::SinOp>},
      {"aten::cos", floatFunction<math::CosOp>},
      {"aten::tan", floatFunction<math::TanOp>},
      {"aten::asin", floatFunction<math::AsinOp>},
      {"aten::acos", floatFunction<math::AcosOp>},
      {"aten::atan", floatFunction<math::AtanOp>},
      {"aten::sinh", floatFunction<math::SinhOp>},
      {"aten::cosh", floatFunction<math::CoshOp>},
      {"aten::tanh", floatFunction<math::TanhOp>},
      {"aten::asinh", floatFunction<math::AsinhOp>},
      {"aten::acosh", floatFunction<math::AcoshOp>},
      {"aten::atanh", floatFunction<math::AtanhOp>},
      {"aten::erf", floatFunction<math::ErfOp>},
      {"aten::erfc", floatFunction<math::ErfcOp>},
      // Python's round is to even.
      {"aten::round", floatFunction<math::RoundEvenOp>},
      {"aten::isnan", floatFunction<math::IsNaNOp>},
      {"aten::isinf", floatFunction<math::IsInfOp>},
      {"aten::isfinite", floatFunction<math::IsFiniteOp>},
      {"aten::ceil", roundUp},
      {"aten::floor", roundDown},
      {"aten::radians",
       [](Scalars &s, Value x) -> Value {
         return arith::MulFOp::create(s.b, s.loc, s.toFloat(x),
                                      s.number(0.017453292519943295));
       }},
      {"aten::degrees",
       [](Scalars &s, Value x) -> Value {
         return arith::MulFOp::create(s.b, s.loc, s.toFloat(x),
                                      s.number(57.29577951308232));
       }},
      {"aten::__not__", negateBool},
      {"aten::Bool", toBool},
      {"aten::Float",
       [](Scalars &s, Value x) -> Value { return s.toFloat(x); }},
      {"aten::Int",
       [](Scalars &s, Value x) -> Value {
         if (s.isFloat(x))
           return s.truncateToInt(x);
         return s.toInt(x);
       }},
  };
  return table;
}

/// Operators of two numbers, by base name.
const llvm::StringMap<Builder2> &getBinaryTable() {
  using IP = arith::CmpIPredicate;
  using FP = arith::CmpFPredicate;
  static const llvm::StringMap<Builder2> table = {
      {"aten::add",
       [](Scalars &s, Value x, Value y) -> Value {
         if (s.promote(x, y))
           return arith::AddFOp::create(s.b, s.loc, x, y);
         return arith::AddIOp::create(s.b, s.loc, x, y);
       }},
      {"aten::sub",
       [](Scalars &s, Value x, Value y) -> Value {
         if (s.promote(x, y))
           return arith::SubFOp::create(s.b, s.loc, x, y);
         return arith::SubIOp::create(s.b, s.loc, x, y);
       }},
      {"aten::mul",
       [](Scalars &s, Value x, Value y) -> Value {
         if (s.promote(x, y))
           return arith::MulFOp::create(s.b, s.loc, x, y);
         return arith::MulIOp::create(s.b, s.loc, x, y);
       }},
      {"aten::div", trueDivide},
      {"aten::floordiv",
       [](Scalars &s, Value x, Value y) -> Value {
         if (s.promote(x, y))
           return math::FloorOp::create(
               s.b, s.loc, arith::DivFOp::create(s.b, s.loc, x, y));
         s.checkNotZero(y, "division by 0");
         Value isMinusOne, divisor = s.withoutMinusOne(y, isMinusOne);
         Value quotient = arith::FloorDivSIOp::create(s.b, s.loc, x, divisor);
         Value negated = arith::SubIOp::create(s.b, s.loc, s.integer(0), x);
         return arith::SelectOp::create(s.b, s.loc, isMinusOne, negated,
                                        quotient);
       }},
      {"aten::remainder", floorMod},
      {"aten::fmod",
       [](Scalars &s, Value x, Value y) -> Value {
         return arith::RemFOp::create(s.b, s.loc, s.toFloat(x), s.toFloat(y));
       }},
      {"aten::pow", power},
      {"aten::log",
       [](Scalars &s, Value x, Value base) -> Value {
         return arith::DivFOp::create(
             s.b, s.loc, math::LogOp::create(s.b, s.loc, s.toFloat(x)),
             math::LogOp::create(s.b, s.loc, s.toFloat(base)));
       }},
      {"aten::atan2",
       [](Scalars &s, Value x, Value y) -> Value {
         return math::Atan2Op::create(s.b, s.loc, s.toFloat(x), s.toFloat(y));
       }},
      {"aten::copysign",
       [](Scalars &s, Value x, Value y) -> Value {
         return math::CopySignOp::create(s.b, s.loc, s.toFloat(x),
                                         s.toFloat(y));
       }},
      {"prim::max",
       [](Scalars &s, Value x, Value y) -> Value {
         if (s.promote(x, y))
           return s.choose(arith::CmpFPredicate::OGT, x, y);
         return arith::MaxSIOp::create(s.b, s.loc, x, y);
       }},
      {"prim::min",
       [](Scalars &s, Value x, Value y) -> Value {
         if (s.promote(x, y))
           return s.choose(arith::CmpFPredicate::OLT, x, y);
         return arith::MinSIOp::create(s.b, s.loc, x, y);
       }},
      {"aten::eq",
       [](Scalars &s, Value x, Value y) -> Value {
         return s.compare(IP::eq, FP::OEQ, x, y);
       }},
      {"aten::ne",
       [](Scalars &s, Value x, Value y) -> Value {
         return s.compare(IP::ne, FP::UNE, x, y);
       }},
      {"aten::lt",
       [](Scalars &s, Value x, Value y) -> Value {
         return s.compare(IP::slt, FP::OLT, x, y);
       }},
      {"aten::le",
       [](Scalars &s, Value x, Value y) -> Value {
         return s.compare(IP::sle, FP::OLE, x, y);
       }},
      {"aten::gt",
       [](Scalars &s, Value x, Value y) -> Value {
         return s.compare(IP::sgt, FP::OGT, x, y);
       }},
      {"aten::ge",
       [](Scalars &s, Value x, Value y) -> Value {
         return s.compare(IP::sge, FP::OGE, x, y);
       }},
      {"aten::__and__",
       [](Scalars &s, Value x, Value y) -> Value {
         return arith::AndIOp::create(s.b, s.loc, x, y);
       }},
      {"aten::__or__",
       [](Scalars &s, Value x, Value y) -> Value {
         return arith::OrIOp::create(s.b, s.loc, x, y);
       }},
      {"aten::__xor__",
       [](Scalars &s, Value x, Value y) -> Value {
         return arith::XOrIOp::create(s.b, s.loc, x, y);
       }},
      {"aten::__lshift__",
       [](Scalars &s, Value x, Value y) -> Value {
         return arith::ShLIOp::create(s.b, s.loc, x, s.shiftAmount(y));
       }},
      {"aten::__rshift__",
       [](Scalars &s, Value x, Value y) -> Value {
         return arith::ShRSIOp::create(s.b, s.loc, x, s.shiftAmount(y));
       }},
  };
  return table;
}

/// An operator on numbers => its arith or math form.
struct ScalarOperatorConversion : public OpRewritePattern<OperatorOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(OperatorOp op,
                                PatternRewriter &rewriter) const override {
    auto [base, overload] = op.getName().split('.');
    OperandRange inputs = op.getInputs();
    auto isNumber = [](Value v) {
      Type type = v.getType();
      return type.isSignlessInteger(64) || type.isF64() ||
             type.isSignlessInteger(1);
    };
    if (!llvm::all_of(inputs, isNumber) || op.getNumResults() != 1)
      return rewriter.notifyMatchFailure(op, "not all operands are numbers");
    Scalars s{rewriter, op.getLoc()};
    Value result;
    if (inputs.size() == 1) {
      if (Builder1 build = getUnaryTable().lookup(base))
        result = build(s, inputs[0]);
    } else if (inputs.size() == 2) {
      if (base == "aten::pow" && overload == "int_to_int")
        return rewriter.notifyMatchFailure(op, "an int power of ints");
      if (Builder2 build = getBinaryTable().lookup(base))
        result = build(s, inputs[0], inputs[1]);
    } else if (inputs.size() == 3 && base == "aten::__derive_index") {
      // index, start, step => start + index * step
      Value scaled =
          arith::MulIOp::create(rewriter, op.getLoc(), inputs[0], inputs[2]);
      result = arith::AddIOp::create(rewriter, op.getLoc(), inputs[1], scaled);
    } else if (inputs.size() == 3 && base == "aten::__range_length") {
      result = rangeLength(s, inputs[0], inputs[1], inputs[2]);
    }
    if (!result)
      return rewriter.notifyMatchFailure(op, "no scalar form is known");
    // A Scalar overload gives what its operands are.
    if (result.getType() != op.getResult(0).getType()) {
      if (!isa<NumberType>(op.getResult(0).getType()))
        return rewriter.notifyMatchFailure(op, "the result type differs");
      op.getResult(0).setType(result.getType());
    }
    rewriter.replaceOp(op, result);
    return success();
  }

private:
  // max(0, ceil((hi - lo) / step)), for either sign of step
  static Value rangeLength(Scalars &s, Value lo, Value hi, Value step) {
    Value zero = s.integer(0);
    s.checkNotZero(step, "range() arg 3 must not be zero");
    Value span = arith::SubIOp::create(s.b, s.loc, hi, lo);
    Value turns = arith::CeilDivSIOp::create(s.b, s.loc, span, step);
    return arith::MaxSIOp::create(s.b, s.loc, turns, zero);
  }
};

class ConvertMtToArithPass
    : public minitorch::impl::ConvertMtToArithPassBase<ConvertMtToArithPass> {
public:
  using Base::Base;
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    populateMtToArithPatterns(patterns);
    walkAndApplyPatterns(getOperation(), std::move(patterns));
  }
};
} // namespace

void minitorch::populateMtToArithPatterns(RewritePatternSet &patterns) {
  patterns.add<ScalarOperatorConversion>(patterns.getContext());
}
