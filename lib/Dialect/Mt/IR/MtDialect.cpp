//===- MtDialect.cpp - The mt dialect and its types -------------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MiniTorch/Dialect/Mt/IR/MtDialect.h"
#include "AttributeSyntax.h"
#include "MiniTorch/Dialect/Mt/IR/AtenOps.h"
#include "MiniTorch/Dialect/Mt/IR/MtCountingOps.h"
#include "MiniTorch/Dialect/Mt/IR/MtKernelOps.h"
#include "MiniTorch/Dialect/Mt/IR/MtOps.h"
#include "MiniTorch/Dialect/Mt/IR/MtRuntimeOps.h"
#include "MiniTorch/Dialect/Mt/IR/MtTaskOps.h"
#include "MiniTorch/Dialect/Mt/IR/TypeOracle.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/DialectImplementation.h"
#include "mlir/Transforms/InliningUtils.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace minitorch::mt;

#include "MiniTorch/Dialect/Mt/IR/MtDialect.cpp.inc"

#define GET_TYPEDEF_CLASSES
#include "MiniTorch/Dialect/Mt/IR/MtTypes.cpp.inc"

namespace {
/// An mt operation may be inlined: what may not be duplicated says so by its
/// effects. Only root slots belong to the frame of their function.
struct MtInlinerInterface : public DialectInlinerInterface {
  using DialectInlinerInterface::DialectInlinerInterface;
  bool isLegalToInline(Operation *op, Region *, bool, IRMapping &) const final {
    return !isa<EnterRootsOp, LeaveRootsOp, RootOp, UnrootOp>(op);
  }
  bool isLegalToInline(Region *, Region *, bool, IRMapping &) const final {
    return true;
  }
};
} // namespace

void MtDialect::initialize() {
  addTypes<
#define GET_TYPEDEF_LIST
#include "MiniTorch/Dialect/Mt/IR/MtTypes.cpp.inc"
      >();
  registerAttributes();
  addOperations<
#define GET_OP_LIST
#include "MiniTorch/Dialect/Mt/IR/MtOps.cpp.inc"
      >();
  addOperations<
#define GET_OP_LIST
#include "MiniTorch/Dialect/Mt/IR/MtCountingOps.cpp.inc"
      >();
  addOperations<
#define GET_OP_LIST
#include "MiniTorch/Dialect/Mt/IR/MtKernelOps.cpp.inc"
      >();
  addOperations<
#define GET_OP_LIST
#include "MiniTorch/Dialect/Mt/IR/MtRuntimeOps.cpp.inc"
      >();
  addOperations<
#define GET_OP_LIST
#include "MiniTorch/Dialect/Mt/IR/MtTaskOps.cpp.inc"
      >();
  registerMtDialectOperations(this);
  addInterfaces<MtInlinerInterface>();
}

const TypeOracleInterface *minitorch::mt::getTypeOracle(MLIRContext *context) {
  auto *dialect = context->getLoadedDialect<MtDialect>();
  return dialect ? dialect->getRegisteredInterface<TypeOracleInterface>()
                 : nullptr;
}

Operation *MtDialect::materializeConstant(OpBuilder &builder, Attribute value,
                                          Type type, Location loc) {
  if (isa<NoneType>(type))
    return ConstantNoneOp::create(builder, loc, type);
  if (isa<StrType>(type))
    if (auto str = dyn_cast<StringAttr>(value))
      return ConstantStrOp::create(builder, loc, type, str);
  if (isa<DeviceType>(type))
    if (auto str = dyn_cast<StringAttr>(value))
      return ConstantDeviceOp::create(builder, loc, type, str);
  if (isa<ObjectType>(type))
    if (auto symbol = dyn_cast<FlatSymbolRefAttr>(value))
      return ConstantObjectOp::create(builder, loc, type, symbol);
  if (isa<EnumType>(type))
    if (auto member = dyn_cast<DictionaryAttr>(value))
      return ConstantEnumOp::create(builder, loc, type, member);
  if (isa<minitorch::mt::TensorType>(type))
    if (auto elements = dyn_cast<ElementsAttr>(value))
      return ConstantTensorOp::create(builder, loc, type, elements);
  if (auto typed = dyn_cast<TypedAttr>(value))
    if (typed.getType() == type &&
        (type.isIntOrIndexOrFloat() || isa<RankedTensorType>(type)))
      return arith::ConstantOp::create(builder, loc, type, typed);
  return nullptr;
}

//===----------------------------------------------------------------------===//
// TensorShape
//===----------------------------------------------------------------------===//

std::optional<TensorShape> TensorShape::of(Type type) {
  if (auto boxed = dyn_cast<minitorch::mt::TensorType>(type)) {
    TensorShape shape;
    shape.hasRank = boxed.getHasRank();
    shape.sizes.assign(boxed.getSizes().begin(), boxed.getSizes().end());
    shape.dtype = boxed.getDtype();
    return shape;
  }
  if (auto ranked = dyn_cast<RankedTensorType>(type))
    return TensorShape(ranked.getShape(), ranked.getElementType());
  return std::nullopt;
}

minitorch::mt::TensorType TensorShape::getBoxed(MLIRContext *context) const {
  return minitorch::mt::TensorType::get(context, sizes, hasRank, dtype);
}

//===----------------------------------------------------------------------===//
// !mt.tensor
//===----------------------------------------------------------------------===//

RankedTensorType minitorch::mt::TensorType::getUnboxed() const {
  assert(canUnbox() && "rank and element type must be known");
  return RankedTensorType::get(getSizes(), getDtype());
}

minitorch::mt::TensorType
minitorch::mt::TensorType::getBoxed(RankedTensorType type) {
  return get(type.getContext(), type.getShape(), type.getElementType());
}

static bool isTensorElementType(Type type) {
  if (auto complex = dyn_cast<ComplexType>(type)) {
    Type part = complex.getElementType();
    return part.isF16() || part.isF32() || part.isF64();
  }
  if (auto integer = dyn_cast<IntegerType>(type)) {
    if (integer.isUnsigned())
      return integer.getWidth() == 8;
    return integer.isSignless() &&
           llvm::is_contained({1u, 8u, 16u, 32u, 64u}, integer.getWidth());
  }
  return type.isF16() || type.isBF16() || type.isF32() || type.isF64();
}

LogicalResult minitorch::mt::TensorType::verify(
    llvm::function_ref<InFlightDiagnostic()> emitError,
    llvm::ArrayRef<int64_t> sizes, bool hasRank, Type dtype) {
  if (!hasRank && !sizes.empty())
    return emitError() << "a tensor type of unknown rank has no sizes";
  for (int64_t size : sizes)
    if (size < 0 && !ShapedType::isDynamic(size))
      return emitError() << "a size is negative: " << size;
  if (dtype && !isTensorElementType(dtype))
    return emitError()
           << "not a tensor element type: " << dtype
           << "; expected f16, bf16, f32, f64, i1, i8, i16, i32, "
              "i64, ui8, complex<f16>, complex<f32> or complex<f64>";
  return success();
}

Type minitorch::mt::TensorType::parse(AsmParser &parser) {
  MLIRContext *context = parser.getContext();
  if (failed(parser.parseOptionalLess()))
    return getUnknown(context);
  llvm::SmallVector<int64_t> sizes;
  bool hasRank = false;
  if (failed(parser.parseOptionalStar())) {
    hasRank = true;
    auto parseSize = [&]() -> ParseResult {
      if (succeeded(parser.parseOptionalQuestion())) {
        sizes.push_back(ShapedType::kDynamic);
        return success();
      }
      int64_t size;
      if (parser.parseInteger(size))
        return failure();
      sizes.push_back(size);
      return success();
    };
    if (parser.parseCommaSeparatedList(AsmParser::Delimiter::Square, parseSize,
                                       " of tensor sizes"))
      return {};
  }
  Type dtype;
  if (succeeded(parser.parseOptionalComma()) && parser.parseType(dtype))
    return {};
  if (parser.parseGreater())
    return {};
  return getChecked([&] { return parser.emitError(parser.getNameLoc()); },
                    context, sizes, hasRank, dtype);
}

void minitorch::mt::TensorType::print(AsmPrinter &printer) const {
  if (!getHasRank() && !getDtype())
    return;
  printer << '<';
  if (getHasRank())
    printSizes(printer, getSizes());
  else
    printer << '*';
  if (getDtype())
    printer << ',' << getDtype();
  printer << '>';
}

//===----------------------------------------------------------------------===//
// !mt.tuple
//===----------------------------------------------------------------------===//

// `<` (string (`[` strings `]`)?)? types `>`
Type minitorch::mt::TupleType::parse(AsmParser &parser) {
  Builder &builder = parser.getBuilder();
  StringAttr name;
  llvm::SmallVector<StringAttr> fields;
  llvm::SmallVector<Type> types;
  if (parser.parseLess())
    return {};
  std::string text;
  if (succeeded(parser.parseOptionalString(&text))) {
    name = builder.getStringAttr(text);
    auto parseField = [&]() -> ParseResult {
      std::string field;
      if (parser.parseString(&field))
        return failure();
      fields.push_back(builder.getStringAttr(field));
      return success();
    };
    if (parser.parseCommaSeparatedList(AsmParser::Delimiter::OptionalSquare,
                                       parseField, " of field names"))
      return {};
  }
  if (failed(parser.parseOptionalGreater())) {
    if (parser.parseTypeList(types) || parser.parseGreater())
      return {};
  }
  if (name && fields.size() != types.size()) {
    parser.emitError(parser.getNameLoc())
        << "a named tuple has one field name an element; got " << fields.size()
        << " names for " << types.size() << " elements";
    return {};
  }
  return get(parser.getContext(), types, name, fields);
}

void minitorch::mt::TupleType::print(AsmPrinter &printer) const {
  printer << '<';
  if (getName()) {
    printer << getName() << " [";
    llvm::interleaveComma(getFieldNames(), printer);
    printer << "] ";
  }
  llvm::interleaveComma(getTypes(), printer);
  printer << '>';
}
