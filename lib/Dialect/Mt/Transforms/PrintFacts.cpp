//===- PrintFacts.cpp - What the compiler knows of operators --------------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MiniTorch/Dialect/Mt/IR/Facts.h"
#include "MiniTorch/Dialect/Mt/IR/MtOps.h"
#include "MiniTorch/Dialect/Mt/Transforms/Passes.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace minitorch::mt {
#define GEN_PASS_DEF_MTPRINTFACTSPASS
#include "MiniTorch/Dialect/Mt/Transforms/Passes.h.inc"
} // namespace minitorch::mt

using namespace mlir;
using namespace minitorch::mt;

static StringRef getWord(ResultRelation relation) {
  switch (relation) {
  case ResultRelation::New:
    return "new";
  case ResultRelation::View:
    return "view";
  case ResultRelation::Itself:
    return "itself";
  case ResultRelation::Unknown:
    return "unknown";
  }
  llvm_unreachable("unknown relation");
}

static StringRef getWord(NewLayout layout) {
  switch (layout) {
  case NewLayout::Unknown:
    return "unknown";
  case NewLayout::Kept:
    return "kept";
  case NewLayout::Any:
    return "any";
  }
  llvm_unreachable("unknown layout");
}

static StringRef getWord(std::optional<bool> truth) {
  return !truth ? "unknown" : *truth ? "yes" : "no";
}

static void printFacts(SchemaOpInterface op, llvm::raw_ostream &os) {
  os << op.getSchemaName();
  const Schema *schema = op.getSchema();
  if (!schema) {
    os << ": nothing is known\n";
    return;
  }
  os << '\n';
  for (auto [i, argument] : llvm::enumerate(schema->arguments))
    os << "  " << argument.name
       << ": result=" << getWord(op.getResultRelation(i))
       << " written=" << getWord(op.getWrite(i))
       << " elements=" << getWord(op.readsElements(i)) << '\n';
  os << "  layout=" << getWord(op.getResultLayout());
  for (auto [word, holds] :
       {std::pair("returns-operand", op.mayReturnOperand()),
        std::pair("depends-on-layout", op.dependsOnLayout()),
        std::pair("keeps-contents", op.keepsContents()),
        std::pair("changes-metadata", op.changesMetadata()),
        std::pair("random", op.drawsRandomNumbers()),
        std::pair("memory", op.readsMemory()),
        std::pair("pointwise", op.isPointwise()),
        std::pair("writes-repeats", op.writesRepeats())})
    if (holds)
      os << ' ' << word;
  if (const Schema *functional = op.getFunctionalSchema())
    os << " functional=" << functional->name;
  os << '\n';
}

namespace {
class MtPrintFactsPass
    : public minitorch::mt::impl::MtPrintFactsPassBase<MtPrintFactsPass> {
public:
  using Base::Base;
  void runOnOperation() override {
    llvm::outs() << "func @" << getOperation().getName() << '\n';
    getOperation().walk(
        [](SchemaOpInterface op) { printFacts(op, llvm::outs()); });
  }
};
} // namespace
