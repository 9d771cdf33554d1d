//===- Recurrent.cpp - GRU, LSTM, RNN and packed sequences ------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Decompose.h"
#include "TensorBuilder.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;

// A layer in one direction is one product of all its inputs by the input
// weights, and a loop over time that multiplies the state by the hidden
// weights. Gates and their order: the formulas of torch.nn.RNN, LSTM and GRU.

namespace minitorch::mt {
namespace {

/// The weights of one layer in one direction; null where there is no bias or
/// no projection.
struct CellWeights {
  Value inputWeight, hiddenWeight, inputBias, hiddenBias, projection;
};

/// h, and c for LSTM.
using State = SmallVector<Value>;

//===----------------------------------------------------------------------===//
// Cells: the next state from W_ih x + b_ih, h and the weights
//===----------------------------------------------------------------------===//

Value linear(TensorBuilder &b, Value x, Value weight, Value bias) {
  return b.create<AtenLinearOp>({x, weight, bias ? bias : b.none()});
}

/// The `count` gates of a [B, count * H] tensor.
SmallVector<Value> splitGates(TensorBuilder &b, Value gates, int64_t count) {
  Value width = b.floorDivInt(b.size(gates, 1), b.constant(count));
  SmallVector<Value> parts;
  for (int64_t i = 0; i < count; ++i)
    parts.push_back(b.slice(gates, 1, b.mulInt(b.constant(i), width),
                            b.mulInt(b.constant(i + 1), width)));
  return parts;
}

using Cell = State (*)(TensorBuilder &b, Value fromInput, const State &state,
                       const CellWeights &weights);

/// h' = tanh(W_ih x + b_ih + W_hh h + b_hh), or relu.
template <typename ActivationOp>
State rnnCell(TensorBuilder &b, Value fromInput, const State &state,
              const CellWeights &weights) {
  Value fromHidden =
      linear(b, state[0], weights.hiddenWeight, weights.hiddenBias);
  return {b.create<ActivationOp>({b.add(fromInput, fromHidden)})};
}

/// r = sigmoid(x_r + h_r), z = sigmoid(x_z + h_z), n = tanh(x_n + r * h_n),
/// h' = n + z * (h - n)
State gruCell(TensorBuilder &b, Value fromInput, const State &state,
              const CellWeights &weights) {
  Value fromHidden =
      linear(b, state[0], weights.hiddenWeight, weights.hiddenBias);
  SmallVector<Value> x = splitGates(b, fromInput, 3);
  SmallVector<Value> h = splitGates(b, fromHidden, 3);
  Value reset = b.create<AtenSigmoidOp>({b.add(x[0], h[0])});
  Value update = b.create<AtenSigmoidOp>({b.add(x[1], h[1])});
  Value fresh = b.create<AtenTanhOp>({b.add(x[2], b.mul(reset, h[2]))});
  return {b.add(fresh, b.mul(update, b.sub(state[0], fresh)))};
}

/// i, f, o = sigmoid, g = tanh of their gates; c' = f * c + i * g,
/// h' = o * tanh(c'), times the projection where there is one.
State lstmCell(TensorBuilder &b, Value fromInput, const State &state,
               const CellWeights &weights) {
  Value fromHidden =
      linear(b, state[0], weights.hiddenWeight, weights.hiddenBias);
  SmallVector<Value> gates = splitGates(b, b.add(fromInput, fromHidden), 4);
  Value in = b.create<AtenSigmoidOp>({gates[0]});
  Value forget = b.create<AtenSigmoidOp>({gates[1]});
  Value candidate = b.create<AtenTanhOp>({gates[2]});
  Value out = b.create<AtenSigmoidOp>({gates[3]});
  Value c = b.add(b.mul(forget, state[1]), b.mul(in, candidate));
  Value h = b.mul(out, b.create<AtenTanhOp>({c}));
  if (weights.projection)
    h = linear(b, h, weights.projection, Value());
  return {h, c};
}

//===----------------------------------------------------------------------===//
// Layers
//===----------------------------------------------------------------------===//

/// What one layer in one direction gives.
struct LayerResult {
  Value output;
  State state;
};

/// `x` with `size` elements in `dim`, which it has: so that operations on it
/// and on others of that size need not broadcast when the program runs.
Value withSize(TensorBuilder &b, Value x, int64_t dim, Value size) {
  std::optional<int64_t> known = getConstantInt(size);
  if (known && getStaticSize(x, dim) == known)
    return x;
  return b.narrow(x, dim, b.constant(int64_t(0)), size);
}

/// The state with as many columns as the weights say: those of W_hh for h, a
/// quarter of its rows for c.
State withColumns(TensorBuilder &b, State state, const CellWeights &weights) {
  state[0] = withSize(b, state[0], 1, b.size(weights.hiddenWeight, 1));
  if (state.size() > 1)
    state[1] = withSize(
        b, state[1], 1,
        b.floorDivInt(b.size(weights.hiddenWeight, 0), b.constant(int64_t(4))));
  return state;
}

/// The state with `rows` rows.
State withRows(TensorBuilder &b, State state, Value rows) {
  for (Value &part : state)
    part = withSize(b, part, 0, rows);
  return state;
}

/// A layer over [T, B, I].
LayerResult runLayer(TensorBuilder &b, Cell cell, Value input, State state,
                     const CellWeights &weights, bool isReverse) {
  Value fromInput = linear(b, input, weights.inputWeight, weights.inputBias);
  Value steps = b.size(input, 0), rows = b.size(input, 1);
  state = withRows(b, withColumns(b, state, weights), rows);
  auto select = [&](Value t) {
    return withSize(b, b.select(fromInput, 0, t), 0, rows);
  };
  if (getConstantInt(steps) == 1) {
    State next = cell(b, select(b.constant(int64_t(0))), state, weights);
    return {b.unsqueeze(next[0], 0), next};
  }
  Value output =
      b.zeros({steps, rows, b.size(state[0], 1)}, getDtype(fromInput));
  Value last = b.subInt(steps, b.constant(int64_t(1)));
  SmallVector<Value> carried(state);
  carried.push_back(output);
  carried = b.loop(steps, carried, [&](Value i, ValueRange values) {
    Value t = isReverse ? b.subInt(last, i) : i;
    State current = withRows(b, State(values.drop_back()), rows);
    State next = cell(b, select(t), current, weights);
    SmallVector<Value> results(next);
    results.push_back(b.selectScatter(values.back(), next[0], 0, t));
    return results;
  });
  return {carried.back(), State(ValueRange(carried).drop_back())};
}

/// A layer over a packed sequence: the rows of step t are the
/// `batchSizes[t]` sequences that are still running, one step after the other.
/// The state keeps a row for every sequence; those that have ended keep theirs,
/// and in reverse those that have not started have the initial one.
LayerResult runPackedLayer(TensorBuilder &b, Cell cell, Value data,
                           Value batchSizes, State state,
                           const CellWeights &weights, bool isReverse) {
  Value fromInput = linear(b, data, weights.inputWeight, weights.inputBias);
  Value steps = b.size(batchSizes, 0);
  Value zero = b.constant(int64_t(0));
  Value last = b.subInt(steps, b.constant(int64_t(1)));
  Value rows = b.size(data, 0);
  state = withColumns(b, state, weights);
  Value output = b.zeros({rows, b.size(state[0], 1)}, getDtype(fromInput));
  SmallVector<Value> carried(state);
  carried.push_back(output);
  carried.push_back(isReverse ? rows : zero);
  carried = b.loop(steps, carried, [&](Value i, ValueRange values) {
    Value t = isReverse ? b.subInt(last, i) : i;
    Value running = b.itemInt(b.select(batchSizes, 0, t));
    Value offset = values.back(), out = values.drop_back().back();
    ValueRange whole = values.drop_back(2);
    Value start = isReverse ? b.subInt(offset, running) : offset;
    Value end = isReverse ? offset : b.addInt(offset, running);
    State current;
    for (Value part : whole)
      current.push_back(b.narrow(part, 0, zero, running));
    State next =
        cell(b, b.narrow(fromInput, 0, start, running), current, weights);
    SmallVector<Value> results;
    for (auto [part, rowsOfPart] : llvm::zip(whole, next))
      results.push_back(b.sliceScatter(part, rowsOfPart, 0, zero, running));
    results.push_back(b.sliceScatter(out, next[0], 0, start, end));
    results.push_back(isReverse ? start : end);
    return results;
  });
  return {carried[carried.size() - 2], State(ValueRange(carried).drop_back(2))};
}

//===----------------------------------------------------------------------===//
// Networks
//===----------------------------------------------------------------------===//

/// The operands that all networks share.
struct Network {
  SmallVector<Value> params;
  bool hasBiases = false, isBidirectional = false, isBatchFirst = false;
  int64_t numLayers = 0;

  int64_t numDirections() const { return isBidirectional ? 2 : 1; }
  /// Parameters of one layer in one direction: two weights, two biases, and a
  /// projection where one is left over.
  int64_t paramsPerCell() const {
    return params.size() / (numLayers * numDirections());
  }
  CellWeights getWeights(int64_t index) const {
    int64_t count = paramsPerCell();
    ValueRange cell = ValueRange(params).slice(index * count, count);
    CellWeights weights;
    weights.inputWeight = cell[0];
    weights.hiddenWeight = cell[1];
    if (hasBiases) {
      weights.inputBias = cell[2];
      weights.hiddenBias = cell[3];
    }
    if (count % 2 != 0)
      weights.projection = cell.back();
    return weights;
  }
};

template <typename OpTy>
FailureOr<Network> readNetwork(PatternRewriter &rewriter, OpTy op) {
  std::optional<SmallVector<Value>> params = getListElements(op.getParams());
  auto hasBiases = getConstantBool(op.getHasBiases());
  auto isBidirectional = getConstantBool(op.getBidirectional());
  auto numLayers = getConstantInt(op.getNumLayers());
  if (!params || !hasBiases || !isBidirectional || !numLayers)
    return rewriter.notifyMatchFailure(
        op, "the parameters or the form of the network are not known");
  if (getConstantBool(op.getTrain()) != false &&
      getConstantFloat(op.getDropout()) != 0.0)
    return rewriter.notifyMatchFailure(op, "dropout of training is random");
  Network network;
  network.params = *params;
  network.hasBiases = *hasBiases;
  network.isBidirectional = *isBidirectional;
  network.numLayers = *numLayers;
  int64_t cells = network.numLayers * network.numDirections();
  int64_t fewest = *hasBiases ? 4 : 2;
  if (cells < 1 || params->size() % cells != 0 ||
      network.paramsPerCell() < fewest || network.paramsPerCell() > fewest + 1)
    return rewriter.notifyMatchFailure(op, "the number of parameters is wrong");
  if constexpr (requires { op.getBatchFirst(); }) {
    auto isBatchFirst = getConstantBool(op.getBatchFirst());
    if (!isBatchFirst)
      return rewriter.notifyMatchFailure(op, "batch_first is not a constant");
    network.isBatchFirst = *isBatchFirst;
  }
  return network;
}

/// Runs every layer, each in its directions, and gives the last layer's output
/// and the final states, [layers * directions, B, H]. `states` are the initial
/// ones; `batchSizes` is null for a padded input.
SmallVector<Value> runNetwork(TensorBuilder &b, const Network &network,
                              Cell cell, Value input, Value batchSizes,
                              ValueRange states) {
  if (network.isBatchFirst)
    input = b.transpose(input, 0, 1);
  SmallVector<SmallVector<Value>> finals(states.size());
  for (int64_t layer = 0; layer < network.numLayers; ++layer) {
    SmallVector<Value> outputs;
    for (int64_t direction = 0; direction < network.numDirections();
         ++direction) {
      int64_t index = layer * network.numDirections() + direction;
      State state;
      for (Value initial : states)
        state.push_back(b.select(initial, 0, b.constant(index)));
      CellWeights weights = network.getWeights(index);
      bool isReverse = direction == 1;
      LayerResult result =
          batchSizes ? runPackedLayer(b, cell, input, batchSizes, state,
                                      weights, isReverse)
                     : runLayer(b, cell, input, state, weights, isReverse);
      outputs.push_back(result.output);
      for (auto [list, value] : llvm::zip(finals, result.state))
        list.push_back(value);
    }
    input = b.cat(outputs, -1);
  }
  SmallVector<Value> results{network.isBatchFirst ? b.transpose(input, 0, 1)
                                                  : input};
  for (ArrayRef<Value> list : finals)
    results.push_back(b.stack(list, 0));
  return results;
}

/// gru.input, rnn_tanh.input, rnn_relu.input
template <typename OpTy, Cell cell>
struct NetworkDecomposition : OpRewritePattern<OpTy> {
  using OpRewritePattern<OpTy>::OpRewritePattern;
  LogicalResult matchAndRewrite(OpTy op,
                                PatternRewriter &rewriter) const override {
    FailureOr<Network> network = readNetwork(rewriter, op);
    if (failed(network))
      return failure();
    if (getRank(op.getInput()) != 3 || getRank(op.getHx()) != 3)
      return rewriter.notifyMatchFailure(op, "input or state is not of rank 3");
    TensorBuilder b(rewriter, op.getLoc());
    b.replace(
        op, runNetwork(b, *network, cell, op.getInput(), Value(), op.getHx()));
    return success();
  }
};

/// gru.data, rnn_tanh.data, rnn_relu.data
template <typename OpTy, Cell cell>
struct PackedNetworkDecomposition : OpRewritePattern<OpTy> {
  using OpRewritePattern<OpTy>::OpRewritePattern;
  LogicalResult matchAndRewrite(OpTy op,
                                PatternRewriter &rewriter) const override {
    FailureOr<Network> network = readNetwork(rewriter, op);
    if (failed(network))
      return failure();
    if (getRank(op.getData()) != 2 || getRank(op.getHx()) != 3)
      return rewriter.notifyMatchFailure(
          op, "data is not of rank 2 or state not of rank 3");
    TensorBuilder b(rewriter, op.getLoc());
    b.replace(op, runNetwork(b, *network, cell, op.getData(),
                             op.getBatchSizes(), op.getHx()));
    return success();
  }
};

/// The two tensors of an LSTM's state.
FailureOr<SmallVector<Value>> getLstmState(PatternRewriter &rewriter,
                                           Operation *op, Value list,
                                           int64_t rank) {
  std::optional<SmallVector<Value>> state = getListElements(list);
  if (!state || state->size() != 2)
    return rewriter.notifyMatchFailure(op, "the state is not known");
  for (Value value : *state)
    if (getRank(value) != rank)
      return rewriter.notifyMatchFailure(op, "the state has another rank");
  return *state;
}

/// lstm.input
struct LstmDecomposition : OpRewritePattern<AtenLstmInputOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(AtenLstmInputOp op,
                                PatternRewriter &rewriter) const override {
    FailureOr<Network> network = readNetwork(rewriter, op);
    auto state = getLstmState(rewriter, op, op.getHx(), 3);
    if (failed(network) || failed(state))
      return failure();
    if (getRank(op.getInput()) != 3)
      return rewriter.notifyMatchFailure(op, "the input is not of rank 3");
    TensorBuilder b(rewriter, op.getLoc());
    b.replace(
        op, runNetwork(b, *network, lstmCell, op.getInput(), Value(), *state));
    return success();
  }
};

/// lstm.data
struct PackedLstmDecomposition : OpRewritePattern<AtenLstmDataOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(AtenLstmDataOp op,
                                PatternRewriter &rewriter) const override {
    FailureOr<Network> network = readNetwork(rewriter, op);
    auto state = getLstmState(rewriter, op, op.getHx(), 3);
    if (failed(network) || failed(state))
      return failure();
    if (getRank(op.getData()) != 2)
      return rewriter.notifyMatchFailure(op, "data is not of rank 2");
    TensorBuilder b(rewriter, op.getLoc());
    b.replace(op, runNetwork(b, *network, lstmCell, op.getData(),
                             op.getBatchSizes(), *state));
    return success();
  }
};

//===----------------------------------------------------------------------===//
// Cells by themselves
//===----------------------------------------------------------------------===//

/// One step of a cell; an input without a batch gets one.
LogicalResult replaceCell(PatternRewriter &rewriter, Operation *op, Cell cell,
                          Value input, ValueRange states, Value inputWeight,
                          Value hiddenWeight, Value inputBias,
                          Value hiddenBias) {
  std::optional<Value> bias1 = getOptionalTensor(inputBias);
  std::optional<Value> bias2 = getOptionalTensor(hiddenBias);
  std::optional<int64_t> rank = getRank(input);
  if (!bias1 || !bias2 || !rank || *rank < 1 || *rank > 2)
    return rewriter.notifyMatchFailure(op, "operands are not known enough");
  TensorBuilder b(rewriter, op->getLoc());
  CellWeights weights{inputWeight, hiddenWeight, *bias1, *bias2, Value()};
  State state(states);
  if (*rank == 1) {
    input = b.unsqueeze(input, 0);
    for (Value &value : state)
      value = b.unsqueeze(value, 0);
  }
  State next = cell(b, linear(b, input, inputWeight, *bias1), state, weights);
  if (*rank == 1)
    for (Value &value : next)
      value = b.squeeze(value, 0);
  b.replace(op, next);
  return success();
}

/// gru_cell, rnn_tanh_cell, rnn_relu_cell
template <typename OpTy, Cell cell>
struct CellDecomposition : OpRewritePattern<OpTy> {
  using OpRewritePattern<OpTy>::OpRewritePattern;
  LogicalResult matchAndRewrite(OpTy op,
                                PatternRewriter &rewriter) const override {
    return replaceCell(rewriter, op, cell, op.getInput(), op.getHx(),
                       op.getWIh(), op.getWHh(), op.getBIh(), op.getBHh());
  }
};

/// lstm_cell
struct LstmCellDecomposition : OpRewritePattern<AtenLstmCellOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(AtenLstmCellOp op,
                                PatternRewriter &rewriter) const override {
    auto state = getLstmState(rewriter, op, op.getHx(),
                              getRank(op.getInput()).value_or(-1));
    if (failed(state))
      return failure();
    return replaceCell(rewriter, op, lstmCell, op.getInput(), *state,
                       op.getWIh(), op.getWHh(), op.getBIh(), op.getBHh());
  }
};

//===----------------------------------------------------------------------===//
// Packed sequences
//===----------------------------------------------------------------------===//

/// counts[i] = how many of `values` are greater than i, for i < end.
Value countGreater(TensorBuilder &b, Value values, Value end) {
  Type i64 = b.getRewriter().getI64Type();
  Value steps = b.unsqueeze(b.arange(end, i64), 1);
  Value greater = b.create<AtenGtTensorOp>({b.unsqueeze(values, 0), steps});
  return b.sum(b.toDtype(greater, i64), {1}, /*keepDim=*/false);
}

/// Raises unless there are `batch` lengths, each at least one and at most the
/// one before it.
void checkLengths(TensorBuilder &b, Value lengths, Value batch) {
  auto compare = [&](arith::CmpIPredicate predicate, Value x, Value y) {
    return b.getRewriter().createOrFold<arith::CmpIOp>(b.getLoc(), predicate, x,
                                                       y);
  };
  Value one = b.constant(int64_t(1)), zero = b.constant(int64_t(0));
  Value count = b.size(lengths, 0);
  b.raiseUnless(compare(arith::CmpIPredicate::eq, count, batch),
                "Expected `len(lengths)` to be equal to batch_size");
  Value others = b.subInt(count, one);
  Value isSorted = b.itemBool(b.create<AtenAllOp>(
      {b.create<AtenGeTensorOp>({b.narrow(lengths, 0, zero, others),
                                 b.narrow(lengths, 0, one, others)})}));
  b.raiseUnless(isSorted,
                "`lengths` array must be sorted in decreasing order when "
                "`enforce_sorted` is True. You can pass `enforce_sorted=False` "
                "to pack_padded_sequence and/or pack_sequence to sidestep this "
                "requirement if you do not need ONNX exportability.");
  Value last = b.itemInt(b.select(lengths, 0, others));
  b.raiseUnless(compare(arith::CmpIPredicate::sgt, last, zero),
                "Length of all samples has to be greater than 0, but found an "
                "element in 'lengths' that is <= 0");
}

/// _pack_padded_sequence: the steps of [T, B, *] one after the other, of each
/// the sequences that are still running; and how many those are. The lengths
/// fall, so that the running ones are the first.
struct PackDecomposition : OpRewritePattern<AtenPrivPackPaddedSequenceOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(AtenPrivPackPaddedSequenceOp op,
                                PatternRewriter &rewriter) const override {
    Value input = op.getInput(), lengths = op.getLengths();
    std::optional<bool> isBatchFirst = getConstantBool(op.getBatchFirst());
    std::optional<int64_t> rank = getRank(input);
    Type dtype = getDtype(input);
    if (!isBatchFirst || !rank || *rank < 2 || !dtype || getRank(lengths) != 1)
      return rewriter.notifyMatchFailure(op, "operands are not known enough");
    TensorBuilder b(rewriter, op.getLoc());
    if (*isBatchFirst)
      input = b.transpose(input, 0, 1);
    lengths = b.toDtype(lengths, rewriter.getI64Type());
    Value zero = b.constant(int64_t(0));
    checkLengths(b, lengths, b.size(input, 1));
    Value steps = b.itemInt(b.select(lengths, 0, zero));
    Value batchSizes = countGreater(b, lengths, steps);
    Value rows = b.itemInt(b.sum(lengths, {0}, /*keepDim=*/false));
    SmallVector<Value> sizes = b.sizes(input);
    sizes.erase(sizes.begin());
    sizes[0] = rows;
    SmallVector<Value> results = b.loop(
        steps, {b.zeros(sizes, dtype), zero}, [&](Value t, ValueRange values) {
          Value running = b.itemInt(b.select(batchSizes, 0, t));
          Value end = b.addInt(values[1], running);
          Value part = b.narrow(b.select(input, 0, t), 0, zero, running);
          return SmallVector<Value>{
              b.sliceScatter(values[0], part, 0, values[1], end), end};
        });
    b.replace(op, {results[0], batchSizes});
    return success();
  }
};

/// _pad_packed_sequence: the inverse; steps that a sequence does not have are
/// the padding value.
struct PadDecomposition : OpRewritePattern<AtenPrivPadPackedSequenceOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(AtenPrivPadPackedSequenceOp op,
                                PatternRewriter &rewriter) const override {
    Value data = op.getData();
    std::optional<bool> isBatchFirst = getConstantBool(op.getBatchFirst());
    std::optional<int64_t> rank = getRank(data);
    Type dtype = getDtype(data);
    if (!isBatchFirst || !rank || *rank < 1 || !dtype ||
        getRank(op.getBatchSizes()) != 1)
      return rewriter.notifyMatchFailure(op, "operands are not known enough");
    TensorBuilder b(rewriter, op.getLoc());
    Value batchSizes = b.toDtype(op.getBatchSizes(), rewriter.getI64Type());
    Value zero = b.constant(int64_t(0));
    Value steps = b.size(batchSizes, 0);
    // total_length is at least the number of steps, or not positive.
    Value total = b.maxInt(op.getTotalLength(), steps);
    Value batch = b.itemInt(b.select(batchSizes, 0, zero));
    SmallVector<Value> sizes = b.sizes(data);
    sizes[0] = batch;
    sizes.insert(sizes.begin(), total);
    Value empty = b.full(sizes, op.getPaddingValue(), dtype);
    SmallVector<Value> results =
        b.loop(steps, {empty, zero}, [&](Value t, ValueRange values) {
          Value running = b.itemInt(b.select(batchSizes, 0, t));
          Value end = b.addInt(values[1], running);
          Value part = b.narrow(data, 0, values[1], running);
          Value step =
              b.sliceScatter(b.select(values[0], 0, t), part, 0, zero, running);
          return SmallVector<Value>{b.selectScatter(values[0], step, 0, t),
                                    end};
        });
    Value output = results[0];
    if (*isBatchFirst)
      output = b.transpose(output, 0, 1);
    b.replace(op, {output, countGreater(b, batchSizes, batch)});
    return success();
  }
};

} // namespace

void populateRecurrentDecompositions(RewritePatternSet &patterns) {
  constexpr Cell tanhCell = rnnCell<AtenTanhOp>;
  constexpr Cell reluCell = rnnCell<AtenReluOp>;
  patterns.add<NetworkDecomposition<AtenGruInputOp, gruCell>,
               NetworkDecomposition<AtenRnnTanhInputOp, tanhCell>,
               NetworkDecomposition<AtenRnnReluInputOp, reluCell>,
               PackedNetworkDecomposition<AtenGruDataOp, gruCell>,
               PackedNetworkDecomposition<AtenRnnTanhDataOp, tanhCell>,
               PackedNetworkDecomposition<AtenRnnReluDataOp, reluCell>,
               LstmDecomposition, PackedLstmDecomposition,
               CellDecomposition<AtenGruCellOp, gruCell>,
               CellDecomposition<AtenRnnTanhCellOp, tanhCell>,
               CellDecomposition<AtenRnnReluCellOp, reluCell>,
               LstmCellDecomposition, PackDecomposition, PadDecomposition>(
      patterns.getContext());
}

} // namespace minitorch::mt
