//===- Reshapes.cpp - Views that keep the order of elements -----*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MiniTorch/Conversion/Lowering/RuntimeCheck.h"
#include "MiniTorch/Conversion/Lowering/StructuredOps.h"
#include "Patterns.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"

using namespace mlir;
using namespace minitorch;

//===----------------------------------------------------------------------===//
// Reshape
//===----------------------------------------------------------------------===//

namespace {
/// Consecutive source dims and consecutive result dims with as many elements.
struct DimGroup {
  ReassociationIndices source, result;
};
} // namespace

/// The finest groups that are provably equal; the last one takes what is left.
static SmallVector<DimGroup> matchDims(ArrayRef<SizeProduct> source,
                                       ArrayRef<SizeProduct> result) {
  SmallVector<DimGroup> groups;
  size_t i = 0, j = 0;
  while (i < source.size() && j < result.size()) {
    DimGroup group;
    group.source.push_back(i);
    group.result.push_back(j);
    SizeProduct x = source[i++], y = result[j++];
    while (!(x == y)) {
      bool canExtendSource = i < source.size();
      bool canExtendResult = j < result.size();
      if (!canExtendSource && !canExtendResult)
        break;
      // The side that divides the other one has dims missing.
      bool extendSource =
          canExtendSource && (!canExtendResult || y.divideBy(x).has_value() ||
                              !x.divideBy(y).has_value());
      if (extendSource) {
        x = x * source[i];
        group.source.push_back(i++);
      } else {
        y = y * result[j];
        group.result.push_back(j++);
      }
    }
    groups.push_back(group);
  }
  for (; i < source.size(); ++i)
    groups.back().source.push_back(i);
  for (; j < result.size(); ++j)
    groups.back().result.push_back(j);
  return groups;
}

static int64_t multiplyStatic(ArrayRef<int64_t> shape, ArrayRef<int64_t> dims) {
  int64_t product = 1;
  for (int64_t dim : dims) {
    if (ShapedType::isDynamic(shape[dim]))
      return ShapedType::kDynamic;
    product *= shape[dim];
  }
  return product;
}

static Value castShape(OpBuilder &b, Location loc, Value value,
                       ArrayRef<int64_t> shape) {
  auto type = cast<RankedTensorType>(value.getType());
  if (type.getShape() == shape)
    return value;
  return tensor::CastOp::create(
      b, loc, RankedTensorType::get(shape, type.getElementType()), value);
}

/// `source` collapsed and expanded to `sizes`, whose products are `products`.
static Value createReshape(OpBuilder &b, Location loc, Value source,
                           ArrayRef<OpFoldResult> sizes,
                           ArrayRef<SizeProduct> products) {
  auto type = cast<RankedTensorType>(source.getType());
  SmallVector<int64_t> shape;
  for (OpFoldResult size : sizes)
    shape.push_back(getConstantIntValue(size).value_or(ShapedType::kDynamic));
  auto resultType = RankedTensorType::get(shape, type.getElementType());
  if (type.getRank() == 0 && sizes.empty())
    return source;
  // Where there is no element, sizes that are equal may not be seen to be.
  if (llvm::is_contained(type.getShape(), 0) || llvm::is_contained(shape, 0))
    return createEmpty(b, loc, sizes, type.getElementType());
  if (sizes.empty()) {
    source = castShape(b, loc, source, SmallVector<int64_t>(type.getRank(), 1));
    return tensor::CollapseShapeOp::create(b, loc, source,
                                           ArrayRef<ReassociationIndices>());
  }
  if (type.getRank() == 0)
    return tensor::ExpandShapeOp::create(
        b, loc,
        RankedTensorType::get(SmallVector<int64_t>(sizes.size(), 1),
                              type.getElementType()),
        source, ArrayRef<ReassociationIndices>(),
        SmallVector<OpFoldResult>(sizes.size(), b.getIndexAttr(1)));

  SmallVector<SizeProduct> sourceProducts;
  for (int64_t dim = 0; dim < type.getRank(); ++dim)
    sourceProducts.push_back(SizeProduct::of(source, dim));
  SmallVector<ReassociationIndices> collapsed, expanded;
  SmallVector<int64_t> middle;
  for (DimGroup &group : matchDims(sourceProducts, products)) {
    middle.push_back(multiplyStatic(shape, group.result));
    collapsed.push_back(group.source);
    expanded.push_back(group.result);
  }
  if (static_cast<int64_t>(collapsed.size()) != type.getRank())
    source = tensor::CollapseShapeOp::create(b, loc, source, collapsed);
  source = castShape(b, loc, source, middle);
  if (expanded.size() == sizes.size())
    return source;
  return tensor::ExpandShapeOp::create(b, loc, resultType, source, expanded,
                                       sizes);
}

/// Sizes of which one may turn out to be -1 when the program runs: the rest of
/// `elements` then. Those of tensors are none of these.
static void inferAtRunTime(const AtenLowering &l, OpFoldResult elements,
                           MutableArrayRef<OpFoldResult> sizes) {
  OpBuilder &b = l.b;
  auto mayBeNegative = [](OpFoldResult size) {
    auto value = dyn_cast<Value>(size);
    while (auto cast = value ? value.getDefiningOp<arith::IndexCastOp>()
                             : arith::IndexCastOp())
      value = cast.getIn();
    return value && !value.getDefiningOp<tensor::DimOp>();
  };
  if (llvm::none_of(sizes, mayBeNegative))
    return;
  // The product of the others, negative.
  Value product = toIndex(b, l.loc, multiplySizes(b, l.loc, sizes));
  Value zero = arith::ConstantIndexOp::create(b, l.loc, 0);
  Value one = arith::ConstantIndexOp::create(b, l.loc, 1);
  Value minus = arith::ConstantIndexOp::create(b, l.loc, -1);
  Value others = arith::MaxSIOp::create(
      b, l.loc, arith::SubIOp::create(b, l.loc, zero, product), one);
  Value rest =
      arith::DivSIOp::create(b, l.loc, toIndex(b, l.loc, elements), others);
  for (OpFoldResult &size : sizes) {
    if (!mayBeNegative(size))
      continue;
    Value given = toIndex(b, l.loc, size);
    Value isRest =
        arith::CmpIOp::create(b, l.loc, arith::CmpIPredicate::eq, given, minus);
    size = arith::SelectOp::create(b, l.loc, isRest, rest, given).getResult();
  }
}

/// `self` with `sizes`, one of which may be -1: the rest.
static LogicalResult lowerToSizes(const AtenLowering &l, DtypedValue self,
                                  SmallVector<OpFoldResult> sizes) {
  RankedTensorType type = l.getResultType();
  if (type.getRank() != static_cast<int64_t>(sizes.size()))
    return l.fail("number of sizes differs from the result's rank");
  OpBuilder &b = l.b;
  SizeProduct total, known;
  for (int64_t dim = 0; dim < self.getRank(); ++dim)
    total = total * SizeProduct::of(self.value, dim);

  std::optional<size_t> inferred;
  SmallVector<OpFoldResult> others;
  for (auto [dim, size] : llvm::enumerate(sizes)) {
    bool isInferred = isConstantIntValue(size, -1);
    // What type inference found is as good as what the program says, once it
    // is checked.
    if (isInferred) {
      inferred = dim;
      continue;
    }
    known = known * SizeProduct::of(size);
    others.push_back(size);
  }
  SmallVector<SizeProduct> products;
  for (OpFoldResult size : sizes)
    products.push_back(isConstantIntValue(size, -1) ? SizeProduct()
                                                    : SizeProduct::of(size));
  SmallVector<Value> values;
  std::string message = "shape '[" + describeSizes(b, l.loc, sizes, values) +
                        "]' is invalid for ";
  message +=
      "input of size " +
      describeSizes(b, l.loc, getNumElements(b, l.loc, self.value), values);
  if (inferred) {
    // Of nothing, the rest may be any size.
    OpFoldResult othersProduct = multiplySizes(b, l.loc, others);
    if (std::optional<int64_t> count = getConstantIntValue(othersProduct);
        !count || *count == 0) {
      Value zero = arith::ConstantIndexOp::create(b, l.loc, 0);
      l.check(arith::CmpIOp::create(b, l.loc, arith::CmpIPredicate::ne,
                                    toIndex(b, l.loc, othersProduct), zero),
              "RuntimeError",
              "cannot reshape tensor of 0 elements into shape with -1 because "
              "the unspecified dimension size -1 can be any value and is "
              "ambiguous");
    }
    std::optional<SizeProduct> rest = total.divideBy(known);
    if (!type.isDynamicDim(*inferred)) {
      sizes[*inferred] = b.getIndexAttr(type.getDimSize(*inferred));
      if (!rest)
        others.push_back(sizes[*inferred]);
    } else {
      OpFoldResult elements = getNumElements(b, l.loc, self.value);
      OpFoldResult product = multiplySizes(b, l.loc, others);
      Value divisor = toIndex(b, l.loc, product);
      if (isConstantIntValue(product, 1)) {
        sizes[*inferred] = elements;
      } else {
        Value one = arith::ConstantIndexOp::create(b, l.loc, 1);
        Value safe = arith::MaxSIOp::create(b, l.loc, divisor, one);
        sizes[*inferred] =
            arith::DivSIOp::create(b, l.loc, toIndex(b, l.loc, elements), safe)
                .getResult();
      }
      if (!rest) {
        others.push_back(sizes[*inferred]);
        products[*inferred] = SizeProduct::of(sizes[*inferred]);
      }
    }
    if (rest)
      products[*inferred] = *rest;
    else if (!type.isDynamicDim(*inferred))
      products[*inferred] = SizeProduct::of(sizes[*inferred]);
    if (!rest)
      l.check(createSizesEqual(b, l.loc, multiplySizes(b, l.loc, others),
                               getNumElements(b, l.loc, self.value)),
              "RuntimeError", message, values);
  } else if (!(total == known)) {
    inferAtRunTime(l, getNumElements(b, l.loc, self.value), sizes);
    others = sizes;
    for (auto [product, size] : llvm::zip(products, sizes))
      product = SizeProduct::of(size);
    l.check(createSizesEqual(b, l.loc, multiplySizes(b, l.loc, others),
                             getNumElements(b, l.loc, self.value)),
            "RuntimeError", message, values);
  }
  for (auto [dim, size] : llvm::enumerate(sizes))
    if (!type.isDynamicDim(dim))
      size = b.getIndexAttr(type.getDimSize(dim));
  return l.replace(createReshape(b, l.loc, self.value, sizes, products));
}

static LogicalResult lowerView(const AtenLowering &l) {
  std::optional<SmallVector<DtypedValue>> list =
      l.getList(l.getName() == "reshape" ? "shape" : "size");
  if (!list)
    return l.fail("sizes that are not a list of known length");
  SmallVector<OpFoldResult> sizes;
  for (const DtypedValue &size : *list)
    sizes.push_back(toSize(l.b, l.loc, size.value));
  return lowerToSizes(l, l.get("self"), sizes);
}

static LogicalResult lowerViewAs(const AtenLowering &l) {
  return lowerToSizes(l, l.get("self"),
                      getSizes(l.b, l.loc, l.get("other").value));
}

static LogicalResult lowerFlatten(const AtenLowering &l) {
  DtypedValue self = l.get("self");
  FailureOr<int64_t> start = l.getDim("start_dim", self.getRank());
  FailureOr<int64_t> end = l.getDim("end_dim", self.getRank());
  if (failed(start) || failed(end))
    return failure();
  if (self.getRank() == 0)
    return lowerToSizes(l, self, {l.b.getIndexAttr(1)});
  SmallVector<OpFoldResult> sizes = getSizes(l.b, l.loc, self.value), result;
  result.append(sizes.begin(), sizes.begin() + *start);
  result.push_back(multiplySizes(
      l.b, l.loc, ArrayRef(sizes).slice(*start, *end - *start + 1)));
  result.append(sizes.begin() + *end + 1, sizes.end());
  return lowerToSizes(l, self, result);
}

static LogicalResult lowerUnflatten(const AtenLowering &l) {
  DtypedValue self = l.get("self");
  FailureOr<int64_t> dim = l.getDim("dim", self.getRank());
  std::optional<SmallVector<DtypedValue>> inner = l.getList("sizes");
  if (failed(dim))
    return failure();
  if (!inner || self.getRank() == 0)
    return l.fail("sizes that are not a list of known length");
  SmallVector<OpFoldResult> sizes = getSizes(l.b, l.loc, self.value), result;
  result.append(sizes.begin(), sizes.begin() + *dim);
  for (const DtypedValue &size : *inner)
    result.push_back(toSize(l.b, l.loc, size.value));
  result.append(sizes.begin() + *dim + 1, sizes.end());
  return lowerToSizes(l, self, result);
}

//===----------------------------------------------------------------------===//
// Unit dims
//===----------------------------------------------------------------------===//

static LogicalResult lowerUnsqueeze(const AtenLowering &l) {
  DtypedValue self = l.get("self");
  FailureOr<int64_t> dim = l.getDim("dim", self.getRank() + 1);
  if (failed(dim))
    return failure();
  return l.replace(insertUnitDims(l.b, l.loc, self.value, *dim));
}

/// squeeze: the dims of size 1 go, of all or of the named ones.
static LogicalResult lowerSqueeze(const AtenLowering &l) {
  DtypedValue self = l.get("self");
  FailureOr<SmallVector<int64_t>> dims = l.getDims("dim", self.getRank());
  if (failed(dims))
    return failure();
  RankedTensorType type = self.getTensorType();
  // A list of no dims names none here.
  if (l.getResultType().getRank() == type.getRank())
    return l.replace(self.value);
  SmallVector<int64_t> unit;
  for (int64_t dim : *dims)
    if (type.getDimSize(dim) == 1)
      unit.push_back(dim);
  if (type.getRank() - static_cast<int64_t>(unit.size()) !=
      l.getResultType().getRank())
    return l.fail("a size that may be 1 is only known at run time");
  return l.replace(dropUnitDims(l.b, l.loc, self.value, unit));
}

//===----------------------------------------------------------------------===//
// Expand
//===----------------------------------------------------------------------===//

/// `self` broadcast to `sizes`, in which -1 keeps a size.
static LogicalResult lowerExpandTo(const AtenLowering &l, DtypedValue self,
                                   SmallVector<OpFoldResult> sizes) {
  OpBuilder &b = l.b;
  int64_t rank = sizes.size(), offset = rank - self.getRank();
  if (offset < 0 || rank != l.getResultType().getRank())
    return l.fail("fewer sizes than the operand has");
  for (int64_t dim = offset; dim < rank; ++dim) {
    OpFoldResult own = getSize(b, l.loc, self.value, dim - offset);
    if (isConstantIntValue(sizes[dim], -1)) {
      sizes[dim] = own;
      continue;
    }
    if (areSizesEqual(own, sizes[dim]))
      continue;
    if (!getConstantIntValue(sizes[dim])) {
      // It may be -1 when the program runs.
      Value size = toIndex(b, l.loc, sizes[dim]);
      Value isOwn =
          arith::CmpIOp::create(b, l.loc, arith::CmpIPredicate::eq, size,
                                arith::ConstantIndexOp::create(b, l.loc, -1));
      sizes[dim] =
          arith::SelectOp::create(b, l.loc, isOwn, toIndex(b, l.loc, own), size)
              .getResult();
    }
    if (isConstantIntValue(own, 1))
      continue;
    Value isUnit = createSizesEqual(b, l.loc, own, b.getIndexAttr(1));
    Value isSame = createSizesEqual(b, l.loc, own, sizes[dim]);
    SmallVector<Value> values;
    auto describe = [&](ArrayRef<OpFoldResult> all) {
      return describeSizes(b, l.loc, all, values);
    };
    std::string text =
        "The expanded size of the tensor (" + describe(sizes[dim]) + ")";
    text += " must match the existing size (" + describe(own) +
            ") at non-singleton dimension " + std::to_string(dim);
    text += ".  Target sizes: [" + describe(sizes) + "]";
    text +=
        ".  Tensor sizes: [" + describe(getSizes(b, l.loc, self.value)) + "]";
    l.check(arith::OrIOp::create(b, l.loc, isUnit, isSame), "RuntimeError",
            text, values);
  }
  Value value = self.value;
  SmallVector<AffineExpr> exprs;
  for (int64_t dim :
       fitToSizes(b, l.loc, value, ArrayRef(sizes).drop_front(offset)))
    exprs.push_back(b.getAffineDimExpr(dim + offset));
  if (static_cast<int64_t>(exprs.size()) == rank)
    return l.replace(value);
  Value init = createEmpty(b, l.loc, sizes, self.dtype);
  auto generic = linalg::GenericOp::create(
      b, l.loc, init.getType(), value, init,
      {AffineMap::get(rank, 0, exprs, b.getContext()),
       b.getMultiDimIdentityMap(rank)},
      SmallVector<utils::IteratorType>(rank, utils::IteratorType::parallel),
      [](OpBuilder &nested, Location loc, ValueRange arguments) {
        linalg::YieldOp::create(nested, loc, arguments[0]);
      });
  return l.replace(generic.getResults());
}

static LogicalResult lowerExpand(const AtenLowering &l) {
  std::optional<SmallVector<DtypedValue>> list = l.getList("size");
  if (!list)
    return l.fail("sizes that are not a list of known length");
  SmallVector<OpFoldResult> sizes;
  for (const DtypedValue &size : *list)
    sizes.push_back(toSize(l.b, l.loc, size.value));
  return lowerExpandTo(l, l.get("self"), sizes);
}

static LogicalResult lowerExpandAs(const AtenLowering &l) {
  return lowerExpandTo(l, l.get("self"),
                       getSizes(l.b, l.loc, l.get("other").value));
}

void minitorch::detail::populateReshapePatterns(const TypeConverter &converter,
                                                RewritePatternSet &patterns) {
  addAtenLowering(patterns, converter, {"view", "reshape", "_unsafe_view"},
                  lowerView);
  addAtenLowering(patterns, converter, {"view_as", "reshape_as"}, lowerViewAs);
  addAtenLowering(patterns, converter, {"flatten.using_ints"}, lowerFlatten);
  addAtenLowering(patterns, converter, {"unflatten.int"}, lowerUnflatten);
  addAtenLowering(patterns, converter, {"unsqueeze"}, lowerUnsqueeze);
  addAtenLowering(patterns, converter,
                  {"squeeze", "squeeze.dim", "squeeze.dims"}, lowerSqueeze);
  addAtenLowering(patterns, converter, {"expand", "broadcast_to"}, lowerExpand);
  addAtenLowering(patterns, converter, {"expand_as"}, lowerExpandAs);
}
