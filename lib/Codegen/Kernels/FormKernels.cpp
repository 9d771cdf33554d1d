//===- FormKernels.cpp - The program cut into kernels -----------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MiniTorch/Codegen/Kernels/Contraction.h"
#include "MiniTorch/Codegen/Kernels/Outlining.h"
#include "MiniTorch/Codegen/Kernels/PanelCopy.h"
#include "MiniTorch/Codegen/Kernels/Passes.h"
#include "MiniTorch/Codegen/Kernels/RowGroup.h"
#include "MiniTorch/Dialect/Mt/IR/MtAttributes.h"
#include "MiniTorch/Dialect/Mt/IR/MtKernelOps.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlowOps.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/IR/SymbolTable.h"
#include "mlir/Transforms/RegionUtils.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/ADT/StringSet.h"

namespace minitorch {
#define GEN_PASS_DEF_MTFORMKERNELSPASS
#include "MiniTorch/Codegen/Kernels/Passes.h.inc"
} // namespace minitorch

using namespace mlir;
using namespace minitorch;

namespace {
/// Ops of one block that become a kernel.
struct Group {
  mt::KernelKind kind;
  linalg::LinalgOp root;
  SmallVector<Operation *> producers;
};

/// A kernel, and what it is launched with.
struct Kernel {
  func::FuncOp function;
  SmallVector<Value> inputs, outs;
  bool accumulates = false;
};

struct FormKernels : minitorch::impl::MtFormKernelsPassBase<FormKernels> {
  using Base::Base;

  void runOnOperation() override {
    SymbolTable symbols(getOperation());
    SmallVector<func::FuncOp> functions;
    for (auto function : getOperation().getOps<func::FuncOp>())
      if (!function.isExternal())
        functions.push_back(function);
    for (func::FuncOp function : functions) {
      // Contractions take their epilogues, then rows what is left.
      formContractions(function, symbols);
      formRows(function, symbols);
      formSingles(function, symbols);
    }
    for (auto &[function, launches] : kernels)
      describe(function, launches);
    kernels.clear();
    known.clear();
  }

private:
  //===--------------------------------------------------------------------===//
  // Groups
  //===--------------------------------------------------------------------===//

  /// Whether `op` may leave the program: what raises, or works on boxed values,
  /// may not.
  bool mayLeave(linalg::LinalgOp op) const {
    if (!op.hasPureTensorSemantics() || op->getNumResults() == 0)
      return false;
    return !op->walk([](Operation *nested) {
                return isa<cf::AssertOp>(nested) ||
                               nested->getName().getDialectNamespace() == "mt"
                           ? WalkResult::interrupt()
                           : WalkResult::advance();
              }).wasInterrupted();
  }

  /// Whether `op` costs less than a call.
  bool isSmall(linalg::LinalgOp op) const {
    SmallVector<int64_t> ranges = op.getStaticLoopRanges();
    return ShapedType::isStaticShape(ranges) &&
           ShapedType::getNumElements(ranges) <= maxHostElements;
  }

  static linalg::LinalgOp asLinalg(linalg::GenericOp op) {
    return cast<linalg::LinalgOp>(op.getOperation());
  }

  bool isRoot(linalg::LinalgOp op) const {
    return mayLeave(op) && !isSmall(op);
  }

  void formContractions(func::FuncOp function, SymbolTable &symbols) {
    SmallVector<linalg::GenericOp> ops;
    function.walk([&](linalg::GenericOp op) {
      if ((matchContraction(op) || isWindowReduction(op)) &&
          isRoot(asLinalg(op)))
        ops.push_back(op);
    });
    // Two contractions may have one epilogue: the first takes it.
    for (linalg::GenericOp op : ops) {
      Group group{mt::KernelKind::Contraction, asLinalg(op), {}};
      if (std::optional<Contraction> c = matchContraction(op)) {
        linalg::GenericOp copy = getPanelCopy(*c);
        if (copy && copy->getBlock() == op->getBlock() &&
            mayLeave(asLinalg(copy)))
          group.producers.push_back(copy);
        else
          copy = nullptr;
        if (c->isWindowed() || matchWindows(copy))
          group.kind = mt::KernelKind::Convolution;
      } else {
        group.kind = mt::KernelKind::Convolution;
      }
      // With another start the sum is a tensor of its own.
      linalg::GenericOp epilogue = getEpilogue(op);
      if (epilogue &&
          op.getDpsInits().front().getDefiningOp<linalg::FillOp>() &&
          mayLeave(asLinalg(epilogue))) {
        group.producers.push_back(op);
        group.root = asLinalg(epilogue);
      }
      form(group, symbols);
    }
  }

  void formRows(func::FuncOp function, SymbolTable &symbols) {
    // Last consumers first: their groups are the largest.
    SmallVector<linalg::GenericOp> roots;
    function.walk([&](linalg::GenericOp op) { roots.push_back(op); });
    DenseSet<Operation *> done;
    for (linalg::GenericOp op : llvm::reverse(roots)) {
      if (done.contains(op) || !RowGroup::isRoot(op) || !isRoot(asLinalg(op)))
        continue;
      RowGroup rows(op);
      if (!rows.isWorthwhile() ||
          !llvm::all_of(rows.members, [&](Operation *member) {
            return mayLeave(cast<linalg::LinalgOp>(member));
          }))
        continue;
      done.insert(rows.members.begin(), rows.members.end());
      Group group{mt::KernelKind::Rows, asLinalg(op), {}};
      // In the order of the program.
      for (Operation *member : llvm::reverse(rows.members))
        if (member != op)
          group.producers.push_back(member);
      form(group, symbols);
    }
  }

  void formSingles(func::FuncOp function, SymbolTable &symbols) {
    SmallVector<Group> groups;
    function.walk([&](linalg::LinalgOp op) {
      // A fill is part of what it initializes.
      if (isa<linalg::FillOp>(op) || !isRoot(op))
        return;
      mt::KernelKind kind =
          linalg::isaConvolutionOpInterface(op) ? mt::KernelKind::Convolution
          : op.getNumReductionLoops() > 0       ? mt::KernelKind::Reduction
                                                : mt::KernelKind::Pointwise;
      groups.push_back({kind, op, {}});
    });
    for (Group &group : groups)
      form(group, symbols);
  }

  //===--------------------------------------------------------------------===//
  // Functions
  //===--------------------------------------------------------------------===//

  /// Whether a kernel has its own `op`: a number, or a tensor of one.
  static bool isCloned(Operation *op) {
    if (isa_and_nonnull<tensor::EmptyOp>(op))
      return true;
    if (!op || !op->hasTrait<OpTrait::ConstantLike>())
      return false;
    auto constant = dyn_cast<arith::ConstantOp>(op);
    auto elements =
        constant ? dyn_cast<ElementsAttr>(constant.getValue()) : nullptr;
    return !elements || elements.isSplat();
  }

  /// Whether the value that `init` has before is used.
  static bool isRead(linalg::LinalgOp op, OpOperand &init) {
    return op.payloadUsesValueFromOperand(&init);
  }

  Kernel build(Group &group) {
    MLIRContext *context = &getContext();
    Location loc = group.root.getLoc();
    Kernel kernel;
    SmallVector<linalg::FillOp> fills;
    // What the kernel fills before it writes, and where.
    for (OpOperand &init : group.root.getDpsInitsMutable()) {
      auto fill = init.get().getDefiningOp<linalg::FillOp>();
      fills.push_back(isRead(group.root, init) ? fill : nullptr);
      kernel.outs.push_back(fill ? fill.getDpsInits()[0] : init.get());
      kernel.accumulates |= isRead(group.root, init) && !fill;
    }

    // What is used and not made in the kernel.
    llvm::SetVector<Value> inputs;
    llvm::SetVector<Operation *> cloned;
    llvm::SmallDenseSet<Operation *> members(group.producers.begin(),
                                             group.producers.end());
    members.insert(group.root);
    auto use = [&](Value value) {
      Operation *op = value.getDefiningOp();
      if (op && members.contains(op))
        return;
      if (!isCloned(op)) {
        inputs.insert(value);
        return;
      }
      // The sizes of an empty tensor.
      for (Value operand : op->getOperands()) {
        if (isCloned(operand.getDefiningOp()))
          cloned.insert(operand.getDefiningOp());
        else
          inputs.insert(operand);
      }
      cloned.insert(op);
    };
    auto useAll = [&](Operation *op) {
      auto dps = cast<DestinationStyleOpInterface>(op);
      for (OpOperand &operand : op->getOpOperands()) {
        // The root's are those of the kernel.
        if (op == group.root && dps.isDpsInit(&operand))
          continue;
        auto fill = operand.get().getDefiningOp<linalg::FillOp>();
        if (fill && dps.isDpsInit(&operand)) {
          for (Value value : fill->getOperands())
            use(value);
          cloned.insert(fill);
        } else {
          use(operand.get());
        }
      }
      llvm::SetVector<Value> captured;
      getUsedValuesDefinedAbove(op->getRegions(), captured);
      for (Value value : captured)
        use(value);
    };
    for (Operation *op : group.producers)
      useAll(op);
    useAll(group.root);
    for (linalg::FillOp fill : fills)
      if (fill)
        use(fill.getInputs()[0]);
    kernel.inputs = inputs.takeVector();

    // The function.
    SmallVector<Type> types(TypeRange(ValueRange(kernel.inputs)));
    llvm::append_range(types, TypeRange(ValueRange(kernel.outs)));
    OpBuilder builder(context);
    kernel.function = func::FuncOp::create(
        builder, loc, "kernel",
        builder.getFunctionType(types, group.root->getResultTypes()));
    kernel.function->setAttr(mt::kernelAttrName,
                             mt::KernelAttr::get(context, group.kind, {}, {}));
    Block *body = kernel.function.addEntryBlock();
    builder.setInsertionPointToStart(body);
    IRMapping mapping;
    mapping.map(kernel.inputs,
                body->getArguments().take_front(kernel.inputs.size()));
    for (Operation *op : cloned)
      builder.clone(*op, mapping);
    for (Operation *op : group.producers)
      builder.clone(*op, mapping);
    SmallVector<Value> outs;
    for (auto [number, fill] : llvm::enumerate(fills)) {
      outs.push_back(body->getArgument(kernel.inputs.size() + number));
      if (fill)
        outs.back() =
            linalg::FillOp::create(builder, fill.getLoc(),
                                   mapping.lookupOrDefault(fill.getInputs()[0]),
                                   outs.back())
                .getResult(0);
    }
    auto root = cast<linalg::LinalgOp>(builder.clone(*group.root, mapping));
    for (auto [init, out] : llvm::zip_equal(root.getDpsInitsMutable(), outs))
      init.set(out);
    func::ReturnOp::create(builder, loc, root->getResults());
    return kernel;
  }

  void form(Group &group, SymbolTable &symbols) {
    Kernel kernel = build(group);
    auto &candidates = known[hashCode(kernel.function)];
    auto *same = llvm::find_if(candidates, [&](func::FuncOp other) {
      return isSameCode(other, kernel.function) &&
             other->getAttr(mt::kernelAttrName) ==
                 kernel.function->getAttr(mt::kernelAttrName);
    });
    if (same == candidates.end()) {
      candidates.push_back(place(kernel.function, group.kind, symbols));
      same = std::prev(candidates.end());
    } else {
      kernel.function.erase();
    }
    func::FuncOp function = *same;
    StringAttr name = function.getSymNameAttr();

    IRRewriter rewriter(group.root);
    auto launch = mt::LaunchOp::create(
        rewriter, group.root.getLoc(), group.root->getResultTypes(),
        SymbolRefAttr::get(name, {FlatSymbolRefAttr::get(name)}), kernel.inputs,
        kernel.outs, kernel.accumulates);
    rewriter.replaceOp(group.root, launch.getResults());
    for (Operation *op : llvm::reverse(group.producers))
      if (op->use_empty())
        rewriter.eraseOp(op);
    ++numLaunches;
    kernels[function].push_back(launch.getLoc());
  }

  /// A module for the kernel, with the functions that it calls.
  func::FuncOp place(func::FuncOp function, mt::KernelKind kind,
                     SymbolTable &symbols) {
    ++numKernels;
    auto module = ModuleOp::create(
        function.getLoc(),
        (mt::stringifyKernelKind(kind) + "_" + Twine(counter++)).str());
    symbols.insert(module);
    function.setSymName(*module.getSymName());
    module.push_back(function);
    llvm::StringSet<> declared;
    function.walk([&](func::CallOp call) {
      auto callee = symbols.lookup<func::FuncOp>(call.getCallee());
      if (callee && declared.insert(call.getCallee()).second)
        module.push_back(callee.clone());
    });
    return function;
  }

  //===--------------------------------------------------------------------===//
  // Descriptions
  //===--------------------------------------------------------------------===//

  /// The lines of the source in a location.
  static void collectLines(Location loc, llvm::SetVector<StringAttr> &lines) {
    loc->walk([&](Location nested) {
      if (auto line = dyn_cast<FileLineColLoc>(nested))
        lines.insert(
            StringAttr::get(loc.getContext(), line.getFilename().strref() +
                                                  ":" + Twine(line.getLine())));
      return WalkResult::advance();
    });
  }

  void describe(func::FuncOp function, ArrayRef<Location> launches) {
    auto attr = function->getAttrOfType<mt::KernelAttr>(mt::kernelAttrName);
    Builder builder(&getContext());
    llvm::SetVector<StringAttr> lines;
    for (Location loc : launches)
      collectLines(loc, lines);
    SmallVector<Attribute> ops;
    function.walk([&](linalg::LinalgOp op) {
      if (isa<linalg::FillOp>(op))
        return;
      if (!isa<linalg::GenericOp>(op))
        ops.push_back(builder.getStringAttr(op->getName().stripDialect()));
      else
        for (Operation &inner : op.getBlock()->without_terminator())
          if (!inner.hasTrait<OpTrait::ConstantLike>())
            ops.push_back(
                builder.getStringAttr(inner.getName().stripDialect()));
    });
    SmallVector<Attribute> places(lines.begin(), lines.end());
    // A move has lines and no ops: an empty list, as lines follow ops.
    bool isEmpty = ops.empty() && places.empty();
    function->setAttr(
        mt::kernelAttrName,
        mt::KernelAttr::get(&getContext(), attr.getKind(),
                            isEmpty ? ArrayAttr() : builder.getArrayAttr(ops),
                            places.empty() ? ArrayAttr()
                                           : builder.getArrayAttr(places)));
  }

  /// Kernels by what they are, and the places that launch them.
  llvm::MapVector<llvm::hash_code, SmallVector<func::FuncOp, 1>> known;
  llvm::MapVector<func::FuncOp, SmallVector<Location>> kernels;
  unsigned counter = 0;
};
} // namespace
