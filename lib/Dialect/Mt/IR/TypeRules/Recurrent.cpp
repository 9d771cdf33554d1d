//===- Recurrent.cpp - Type rules of recurrent networks ---------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Operands.h"

using namespace mlir;

namespace minitorch::mt::type_rules {

namespace {
/// What the operands of gru, lstm and their kind say.
struct Recurrence {
  int64_t directions = kDynamic;
  int64_t layers = kDynamic; // times directions
  int64_t hidden = kDynamic; // of each direction's output
  int64_t cell = kDynamic;   // of the LSTM's cell state
  int64_t batch = kDynamic;
};
} // namespace

/// Merges what an initial state [layers, batch, hidden] says.
static LogicalResult mergeState(const TypeRuleContext &context,
                                const TensorShape &state,
                                Recurrence &recurrence, int64_t &hidden) {
  if (!state.hasRank)
    return success();
  if (state.getRank() != 3 || !mergeSize(recurrence.layers, state.sizes[0]) ||
      !mergeSize(recurrence.batch, state.sizes[1]) ||
      !mergeSize(hidden, state.sizes[2])) {
    Sizes expected = {recurrence.layers, recurrence.batch, hidden};
    return context.fail("the initial state has shape " + describe(state) +
                        "; expected " + describe(expected));
  }
  return success();
}

static void readRecurrence(const TypeRuleContext &context,
                           Recurrence &recurrence) {
  if (std::optional<bool> bidirectional = getFlag(context, "bidirectional"))
    recurrence.directions = *bidirectional ? 2 : 1;
  recurrence.layers =
      multiplySizes(getInt(context, "num_layers"), recurrence.directions);
  // The second parameter is the hidden-to-hidden weight, [gates * cell,
  // hidden].
  std::optional<llvm::SmallVector<TensorShape>> params =
      getTensorList(context, "params");
  if (params && params->size() > 1 && (*params)[1].hasRank &&
      (*params)[1].getRank() == 2)
    recurrence.hidden = (*params)[1].sizes[1];
}

/// Sets the outputs: the last layer's at every step, then the final state of
/// each initial one. `output` has the sizes before the last.
static LogicalResult setRecurrence(const TypeRuleContext &context,
                                   const TensorShape &output,
                                   const Recurrence &recurrence, bool hasCell) {
  TensorShape steps = output;
  if (steps.hasRank)
    steps.sizes.push_back(
        multiplySizes(recurrence.hidden, recurrence.directions));
  Sizes hidden = {recurrence.layers, recurrence.batch, recurrence.hidden};
  if (failed(context.setResult(steps)) ||
      failed(context.setResult(hidden, output.dtype)))
    return failure();
  if (!hasCell)
    return success();
  return context.setResult(
      {recurrence.layers, recurrence.batch, recurrence.cell}, output.dtype);
}

/// The initial states: one tensor, or an LSTM's list of two.
static LogicalResult readStates(const TypeRuleContext &context, bool hasCell,
                                Recurrence &recurrence) {
  if (!hasCell)
    return mergeState(context, getTensor(context, "hx"), recurrence,
                      recurrence.hidden);
  std::optional<llvm::SmallVector<TensorShape>> states =
      getTensorList(context, "hx");
  if (!states)
    return success();
  if (states->size() != 2)
    return context.fail("lstm takes two initial states; got " +
                        Twine(states->size()));
  if (failed(mergeState(context, (*states)[0], recurrence, recurrence.hidden)))
    return failure();
  return mergeState(context, (*states)[1], recurrence, recurrence.cell);
}

/// Padded input: [steps, batch, features], or batch first.
static LogicalResult inferPadded(const TypeRuleContext &context, bool hasCell) {
  TensorShape input = context.getTensor(0);
  if (!input.hasRank)
    input = getDynamic(3, input.dtype);
  if (input.getRank() != 3)
    return context.fail("the input must have rank 3; got shape " +
                        describe(input));
  Recurrence recurrence;
  readRecurrence(context, recurrence);
  std::optional<bool> batchFirst = getFlag(context, "batch_first");
  if (batchFirst)
    recurrence.batch = input.sizes[*batchFirst ? 0 : 1];
  if (failed(readStates(context, hasCell, recurrence)))
    return failure();
  TensorShape output = getDynamic(2, input.dtype);
  if (batchFirst) {
    output.sizes[*batchFirst ? 0 : 1] = recurrence.batch;
    output.sizes[*batchFirst ? 1 : 0] = input.sizes[*batchFirst ? 1 : 0];
  }
  return setRecurrence(context, output, recurrence, hasCell);
}

LogicalResult gruInput(const TypeRuleContext &context) {
  return inferPadded(context, /*hasCell=*/false);
}

LogicalResult lstmInput(const TypeRuleContext &context) {
  return inferPadded(context, /*hasCell=*/true);
}

// Packed input: [elements, features].
LogicalResult rnnData(const TypeRuleContext &context) {
  bool hasCell = getSchemaName(context) == "aten::lstm.data";
  TensorShape data = context.getTensor(0);
  if (data.hasRank && data.getRank() != 2)
    return context.fail("packed data must have rank 2; got shape " +
                        describe(data));
  Recurrence recurrence;
  readRecurrence(context, recurrence);
  if (failed(readStates(context, hasCell, recurrence)))
    return failure();
  TensorShape output({data.hasRank ? data.sizes[0] : kDynamic}, data.dtype);
  return setRecurrence(context, output, recurrence, hasCell);
}

//===----------------------------------------------------------------------===//
// Cells
//===----------------------------------------------------------------------===//

/// The next state of a cell: [batch, hidden], or [hidden].
static FailureOr<TensorShape> getNextState(const TypeRuleContext &context,
                                           TensorShape state) {
  TensorShape input = context.getTensor(0);
  TensorShape weight = getTensor(context, "w_hh");
  if (!state.hasRank && input.hasRank)
    state = getDynamic(input.getRank(), state.dtype);
  if (!state.dtype)
    state.dtype = input.dtype;
  if (!state.hasRank)
    return state;
  if (state.getRank() != 1 && state.getRank() != 2)
    return context.fail("a cell's state must have rank 1 or 2; got shape " +
                        describe(state));
  if (input.hasRank && state.getRank() == 2 && input.getRank() == 2 &&
      !mergeSize(state.sizes[0], input.sizes[0]))
    return context.fail("a cell's input " + describe(input) + " and state " +
                        describe(state) + " differ in their batch");
  if (weight.hasRank && weight.getRank() == 2 &&
      !mergeSize(state.sizes.back(), weight.sizes[1]))
    return context.fail("a cell's state " + describe(state) +
                        " does not fit a weight of shape " + describe(weight));
  return state;
}

LogicalResult recurrentCell(const TypeRuleContext &context) {
  FailureOr<TensorShape> state =
      getNextState(context, getTensor(context, "hx"));
  if (failed(state))
    return failure();
  return context.setResult(*state);
}

LogicalResult lstmCell(const TypeRuleContext &context) {
  std::optional<llvm::SmallVector<TensorShape>> states =
      getTensorList(context, "hx");
  if (states && states->size() != 2)
    return context.fail("lstm_cell takes two states; got " +
                        Twine(states->size()));
  for (int i = 0; i < 2; ++i) {
    FailureOr<TensorShape> state =
        getNextState(context, states ? (*states)[i] : TensorShape());
    if (failed(state) || failed(context.setResult(*state)))
      return failure();
  }
  return success();
}

//===----------------------------------------------------------------------===//
// Packed sequences
//===----------------------------------------------------------------------===//

// (data [elements, ...], batch sizes [steps]) of [steps, batch, ...]
LogicalResult packPadded(const TypeRuleContext &context) {
  TensorShape data = context.getTensor(0);
  if (data.hasRank) {
    if (data.getRank() < 2)
      return context.fail("a padded sequence must have at least rank 2; got "
                          "shape " +
                          describe(data));
    data.sizes.erase(data.sizes.begin());
    data.sizes[0] = kDynamic;
  }
  if (failed(context.setResult(data)))
    return failure();
  return context.setResult({kDynamic}, getInt64(context));
}

// (padded [steps, batch, ...], lengths [batch])
LogicalResult padPacked(const TypeRuleContext &context) {
  TensorShape data = context.getTensor(0), batchSizes = context.getTensor(1);
  if (data.hasRank && data.getRank() < 1)
    return context.fail("packed data must have at least rank 1");
  if (data.hasRank) {
    int64_t steps = getInt(context, "total_length");
    if (!isDynamic(steps) && steps <= 0)
      steps = batchSizes.hasRank && batchSizes.getRank() == 1
                  ? batchSizes.sizes[0]
                  : kDynamic;
    std::optional<bool> batchFirst = getFlag(context, "batch_first");
    data.sizes[0] = batchFirst == false ? steps : kDynamic;
    data.sizes.insert(data.sizes.begin() + 1,
                      batchFirst == true ? steps : kDynamic);
  }
  if (failed(context.setResult(data)))
    return failure();
  return context.setResult({kDynamic}, getInt64(context));
}

} // namespace minitorch::mt::type_rules
