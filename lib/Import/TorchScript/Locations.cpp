//===- Locations.cpp - Source ranges to MLIR locations ----------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A NameLoc is the name of a value, and is outermost: the printer takes the
// first that it finds in a location.
//
//===----------------------------------------------------------------------===//

#include "Importer.h"

using namespace mlir;
using namespace minitorch::torchscript;
using torch::jit::SourceRange;

/// A trace keeps the Python call stack as text, a line a frame, innermost
/// first: `file.py(12): forward`. PyTorch's own frames and what called the
/// tracer say nothing about the user's model.
static std::optional<Location> parseCallStack(MLIRContext *context,
                                              StringRef text) {
  SmallVector<Location> frames;
  SmallVector<StringRef> lines;
  text.split(lines, '\n', /*MaxSplit=*/-1, /*KeepEmpty=*/false);
  for (StringRef line : lines) {
    auto [file, rest] = line.rsplit("(");
    auto [number, function] = rest.split("): ");
    unsigned lineNumber;
    if (function.empty() || number.getAsInteger(10, lineNumber))
      return std::nullopt;
    if (file.ends_with("/torch/jit/_trace.py"))
      break;
    if (file.ends_with("/torch/nn/modules/module.py"))
      continue;
    frames.push_back(
        FusedLoc::get({FileLineColLoc::get(context, file, lineNumber, 1)},
                      StringAttr::get(context, function), context));
  }
  if (frames.empty())
    return std::nullopt;
  Location loc = frames.back();
  for (Location frame : llvm::drop_begin(llvm::reverse(frames)))
    loc = CallSiteLoc::get(frame, loc);
  return loc;
}

static Location convertRange(MLIRContext *context, const SourceRange &range) {
  if (!range.source())
    return UnknownLoc::get(context);
  if (range.start() == 0 && range.size() == range.source()->size())
    if (auto stack = parseCallStack(context, range.text().str()))
      return *stack;
  if (auto place = range.file_line_col()) {
    auto [file, line, column] = *place;
    if (file.empty())
      return UnknownLoc::get(context);
    // PyTorch counts lines from 1 and columns from 0.
    return FileLineColLoc::get(context, file, line, column + 1);
  }
  return UnknownLoc::get(context);
}

Location Importer::convertLocation(const SourceRange &range) {
  if (range.source())
    if (auto original = range.source()->findSourceRangeThatGenerated(range)) {
      Location loc = convertRange(context, *original);
      if (!isa<UnknownLoc>(loc))
        return loc;
    }
  return convertRange(context, range);
}

Location Importer::convertLocation(const torch::jit::Node &node) {
  // Attribute accesses and constants have no place of their own: it is that of
  // their user, or of what they store.
  const torch::jit::Node *placed = &node;
  while (!placed->sourceRange().source() && placed->outputs().size() == 1 &&
         !placed->output()->uses().empty())
    placed = placed->output()->uses()[0].user;
  if (!placed->sourceRange().source() && !placed->inputs().empty())
    placed = placed->inputs()[placed->inputs().size() - 1]->node();
  Location loc = convertLocation(placed->sourceRange());
  // Outermost first, and the node's own range belongs to the innermost.
  if (auto stack = placed->callstack()) {
    std::vector<torch::jit::InlinedCallStackEntry> entries = (*stack)->vec();
    for (const auto &entry : llvm::reverse(entries))
      loc = CallSiteLoc::get(loc, convertLocation(std::get<1>(entry)));
  }
  return loc;
}

/// "x" for "x.3", which PyTorch numbers itself; empty for a temporary value,
/// which is a number, or "_3" in an archive.
static StringRef getSourceName(const torch::jit::Value &value,
                               std::string &storage) {
  if (!value.hasDebugName())
    return {};
  storage = value.debugNameBase();
  StringRef name = storage;
  StringRef number = name;
  number.consume_front("_");
  return number.find_first_not_of("0123456789") == StringRef::npos ? StringRef()
                                                                   : name;
}

/// Longer names than this of all results together are left at the first ones.
static constexpr size_t maxNameLength = 32;

void Importer::nameValue(const torch::jit::Value &from, Value to) {
  std::string storage;
  StringRef name = getSourceName(from, storage);
  if (name.empty())
    return;
  auto addName = [&](Location loc) {
    return NameLoc::get(StringAttr::get(context, name), loc);
  };
  if (auto argument = dyn_cast<BlockArgument>(to))
    return argument.setLoc(addName(argument.getLoc()));
  Operation *op = to.getDefiningOp();
  auto named = dyn_cast<NameLoc>(op->getLoc());
  if (!named)
    return op->setLoc(addName(op->getLoc()));
  // The value has another name already, or it is one of several results, which
  // have one name together.
  if (op->getNumResults() == 1)
    return;
  std::string joined = named.getName().str() + "_" + name.str();
  if (joined.size() <= maxNameLength)
    op->setLoc(
        NameLoc::get(StringAttr::get(context, joined), named.getChildLoc()));
}
