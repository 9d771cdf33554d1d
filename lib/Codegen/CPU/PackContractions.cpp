//===- PackContractions.cpp - Operands in panels ------------------------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MiniTorch/Codegen/CPU/Passes.h"
#include "MiniTorch/Codegen/Kernels/Contraction.h"
#include "MiniTorch/Codegen/Kernels/PanelCopy.h"
#include "Target.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Utils/IndexingUtils.h"
#include "mlir/IR/AsmState.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "mlir/IR/PatternMatch.h"

namespace minitorch {
#define GEN_PASS_DEF_MTCPUPACKCONTRACTIONSPASS
#include "MiniTorch/Codegen/CPU/Passes.h.inc"
} // namespace minitorch

using namespace mlir;
using namespace minitorch;

/// The raw bytes of a constant; empty if they are not at hand.
static ArrayRef<char> getBytes(ElementsAttr attr) {
  if (auto dense = dyn_cast<DenseElementsAttr>(attr))
    return dense.isSplat() ? ArrayRef<char>() : dense.getRawData();
  if (auto resource = dyn_cast<DenseResourceElementsAttr>(attr))
    if (AsmResourceBlob *blob = resource.getRawHandle().getBlob())
      return blob->getData();
  return {};
}

namespace {

/// How a constant operand is packed: which of its dimensions are n and k, and
/// how wide the panels are. Equal requests share the result.
struct Packing {
  Attribute data;
  unsigned n;
  SmallVector<unsigned> k;
  int64_t columns;

  bool isOuter(unsigned dim) const {
    return dim != n && !llvm::is_contained(k, dim);
  }
  bool operator==(const Packing &) const = default;
};

struct PackContractions
    : minitorch::impl::MtCPUPackContractionsPassBase<PackContractions> {
  using Base::Base;

  void runOnOperation() override {
    target = CPUTarget::get(vectorBits, registers);
    SmallVector<Contraction> work;
    getOperation().walk([&](linalg::GenericOp op) {
      std::optional<Contraction> c = matchContraction(op);
      if (c && op.hasPureTensorSemantics() && !c->panelColumns)
        work.push_back(*c);
    });
    for (Contraction &c : work) {
      int64_t columns = target.panelColumns(c.getElementType());
      auto constant = c.rhs->get().getDefiningOp<arith::ConstantOp>();
      if (!constant || !packConstant(c, constant, columns))
        packAtRunTime(c);
    }
  }

private:
  /// The position of loop dimension `dim` in the operand.
  static unsigned positionOf(AffineMap map, unsigned dim) {
    return *map.getResultPosition(getAffineDimExpr(dim, map.getContext()));
  }
  static SmallVector<unsigned> positionsOf(AffineMap map,
                                           ArrayRef<unsigned> dims) {
    return llvm::map_to_vector(
        dims, [&](unsigned dim) { return positionOf(map, dim); });
  }

  bool packConstant(Contraction &c, arith::ConstantOp constant,
                    int64_t columns) {
    auto data = dyn_cast<ElementsAttr>(constant.getValue());
    if (!data || getBytes(data).empty())
      return false;
    auto type = cast<RankedTensorType>(constant.getType());
    AffineMap map = c.getMap(c.rhs);
    Packing packing{data, positionOf(map, c.n), positionsOf(map, c.k), columns};
    auto &packed = cache[data];
    auto known = llvm::find_if(
        packed, [&](auto &entry) { return entry.first == packing; });
    if (known == packed.end()) {
      packed.emplace_back(packing, pack(packing, type));
      known = std::prev(packed.end());
    }

    OpBuilder builder(c.op);
    auto value = arith::ConstantOp::create(builder, constant.getLoc(),
                                           cast<TypedAttr>(known->second));
    SmallVector<AffineExpr> results;
    for (unsigned i = 0; i < map.getNumResults(); ++i)
      if (packing.isOuter(i))
        results.push_back(map.getResult(i));
    AffineExpr n = builder.getAffineDimExpr(c.n);
    results.push_back(n.floorDiv(columns));
    for (unsigned k : c.k)
      results.push_back(builder.getAffineDimExpr(k));
    results.push_back(n % columns);
    replaceRhs(c, value,
               AffineMap::get(map.getNumDims(), 0, results, &getContext()));
    ++numPackedConstants;
    return true;
  }

  /// Copies [..., n, k...] in any order to [..., n / columns, k..., columns].
  static Attribute pack(const Packing &packing, RankedTensorType type) {
    auto data = cast<ElementsAttr>(packing.data);
    ArrayRef<char> bytes = getBytes(data);
    int64_t width = type.getElementTypeBitWidth() / 8;
    SmallVector<int64_t> outer, outerStrides, k, kStrides;
    SmallVector<int64_t> strides = computeStrides(type.getShape());
    for (unsigned i = 0; i < type.getRank(); ++i) {
      if (!packing.isOuter(i))
        continue;
      outer.push_back(type.getDimSize(i));
      outerStrides.push_back(strides[i]);
    }
    for (unsigned dim : packing.k) {
      k.push_back(type.getDimSize(dim));
      kStrides.push_back(strides[dim]);
    }
    int64_t n = type.getDimSize(packing.n);
    int64_t panels = llvm::divideCeil(n, packing.columns);
    SmallVector<int64_t> shape(outer);
    shape.push_back(panels);
    shape.append(k);
    shape.push_back(packing.columns);
    auto packedType = RankedTensorType::get(shape, type.getElementType());
    size_t size = packedType.getNumElements() * width;
    AsmResourceBlob blob = HeapAsmResourceBlob::allocate(size, /*align=*/64);
    char *out = blob.getMutableData().data();
    std::fill(out, out + size, 0);
    // Where the elements of one column lie.
    SmallVector<int64_t> column, kSuffix = computeStrides(k);
    for (int64_t i = 0, e = ShapedType::getNumElements(k); i < e; ++i)
      column.push_back(linearize(delinearize(i, kSuffix), kStrides));
    int64_t count = ShapedType::getNumElements(outer);
    SmallVector<int64_t> outerSuffix = computeStrides(outer);
    for (int64_t i = 0; i < count; ++i) {
      SmallVector<int64_t> index = delinearize(i, outerSuffix);
      const char *in = bytes.data() + linearize(index, outerStrides) * width;
      if (width == 4)
        packMatrix<uint32_t>(in, out, n, strides[packing.n], column,
                             packing.columns);
      else
        packMatrix<uint64_t>(in, out, n, strides[packing.n], column,
                             packing.columns);
      out += panels * column.size() * packing.columns * width;
    }
    return DenseResourceElementsAttr::get(packedType, "mt_packed",
                                          std::move(blob));
  }

  template <typename T>
  static void packMatrix(const char *in, char *out, int64_t n, int64_t nStride,
                         ArrayRef<int64_t> column, int64_t columns) {
    auto *from = reinterpret_cast<const T *>(in);
    auto *to = reinterpret_cast<T *>(out);
    for (int64_t panel = 0; panel < n;
         panel += columns, to += column.size() * columns)
      for (int64_t j = 0, e = std::min(columns, n - panel); j < e; ++j)
        for (auto [i, offset] : llvm::enumerate(column))
          to[i * columns + j] = from[(panel + j) * nStride + offset];
  }

  /// Copies B to [..., k..., n]; the copy is tiled with the contraction, so
  /// that only one panel of it ever exists.
  void packAtRunTime(Contraction &c) {
    // The windows of a convolution are such a copy already.
    if (matchWindows(c.rhs->get().getDefiningOp()))
      return;
    // Each tile of rows reads B once; for so few of them a copy does not pay.
    SmallVector<int64_t> rows =
        llvm::map_to_vector(c.m, [&](unsigned dim) { return c.getSize(dim); });
    if (ShapedType::isStaticShape(rows) &&
        ShapedType::getNumElements(rows) <= kFewTiles * target.panelRows() &&
        c.isRhsRowMajor())
      return;
    AffineMap map = c.getMap(c.rhs);
    unsigned n = positionOf(map, c.n);
    SmallVector<unsigned> k = positionsOf(map, c.k);
    Value rhs = c.rhs->get();
    auto type = cast<RankedTensorType>(rhs.getType());
    SmallVector<int64_t> order;
    for (int64_t i = 0; i < type.getRank(); ++i)
      if (i != n && !llvm::is_contained(k, i))
        order.push_back(i);
    order.append(k.begin(), k.end());
    order.push_back(n);

    OpBuilder builder(c.op);
    Location loc = c.op.getLoc();
    SmallVector<OpFoldResult> sizes = tensor::getMixedSizes(builder, loc, rhs);
    SmallVector<OpFoldResult> packedSizes;
    SmallVector<AffineExpr> packedExprs, fromExprs(order.size());
    for (auto [position, dim] : llvm::enumerate(order)) {
      packedSizes.push_back(sizes[dim]);
      packedExprs.push_back(map.getResult(dim));
      fromExprs[dim] = builder.getAffineDimExpr(position);
    }
    Value empty = tensor::EmptyOp::create(builder, loc, packedSizes,
                                          type.getElementType());
    AffineMap from = AffineMap::get(order.size(), 0, fromExprs, &getContext());
    AffineMap to = builder.getMultiDimIdentityMap(order.size());
    SmallVector<utils::IteratorType> loops(order.size(),
                                           utils::IteratorType::parallel);
    auto copy = linalg::GenericOp::create(
        builder, loc, TypeRange(empty.getType()), ValueRange(rhs),
        ValueRange(empty), ArrayRef<AffineMap>{from, to}, loops,
        [](OpBuilder &nested, Location at, ValueRange args) {
          linalg::YieldOp::create(nested, at, args.front());
        });
    replaceRhs(c, copy.getResult(0),
               AffineMap::get(map.getNumDims(), 0, packedExprs, &getContext()));
    ++numPackedAtRunTime;
  }

  static void replaceRhs(Contraction &c, Value value, AffineMap map) {
    SmallVector<AffineMap> maps = c.op.getIndexingMapsArray();
    maps[c.rhs->getOperandNumber()] = map;
    c.rhs->set(value);
    c.op.setIndexingMapsAttr(
        Builder(c.op.getContext()).getAffineMapArrayAttr(maps));
  }

  static constexpr int64_t kFewTiles = 4;

  CPUTarget target{};
  DenseMap<Attribute, SmallVector<std::pair<Packing, Attribute>>> cache;
};

} // namespace
