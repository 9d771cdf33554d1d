//===- Fourier.cpp - Fourier transforms by plain ones -----------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Every transform is one of _fft_c2c, _fft_r2c and _fft_c2r (calls of a
// library) of an input that is cut or padded to the sizes asked for.
//
//===----------------------------------------------------------------------===//

#include "Decompose.h"
#include "Matrices.h"

using namespace mlir;

// Source: the definitions on the operators' pages of PyTorch's documentation.

namespace minitorch::mt {

//===----------------------------------------------------------------------===//
// Operands
//===----------------------------------------------------------------------===//

/// PyTorch's number of how a sum over n is scaled: 0 by 1, 1 by 1 / sqrt(n),
/// 2 by 1 / n.
static std::optional<int64_t> getScaling(Value norm, bool isInverse) {
  if (isNone(norm))
    return isInverse ? 2 : 0;
  std::optional<StringRef> name = getConstantStr(norm);
  if (!name)
    return std::nullopt;
  if (*name == "ortho")
    return 1;
  return (*name == "forward") != isInverse ? 2 : 0;
}

/// Integers as float32; null where there is no transform.
static Type getFftDtype(Value x, bool isComplexWanted) {
  Type dtype = getDtype(x);
  if (!dtype)
    return Type();
  dtype = toFloatDtype(dtype);
  auto complex = dyn_cast<ComplexType>(dtype);
  Type real = complex ? complex.getElementType() : dtype;
  if (!real.isF32() && !real.isF64())
    return Type();
  if (isComplexWanted)
    return complex ? dtype : Type(ComplexType::get(real));
  return complex ? Type() : real;
}

/// `x` with `count` elements along `dim`: cut, or with zeros after it.
static Value resize(TensorBuilder &b, Value x, int64_t dim, Value count) {
  std::optional<int64_t> wanted = getConstantInt(count);
  std::optional<int64_t> size = getStaticSize(x, dim);
  if (wanted && size == wanted)
    return x;
  Value zero = b.constant(int64_t(0));
  Value kept = b.minInt(b.size(x, dim), count);
  Value part = b.narrow(x, dim, zero, kept);
  if (wanted && size && *size > *wanted)
    return part;
  SmallVector<Value> sizes = b.sizes(x);
  sizes[dim] = b.subInt(count, kept);
  return b.cat({part, b.zeros(sizes, getDtype(x))}, dim);
}

namespace {
/// Dims, wrapped, and the size along each that was asked for; null sizes where
/// the input's stays.
struct FftDims {
  SmallVector<int64_t> dims;
  SmallVector<Value> sizes;
};
} // namespace

/// One dim and `n`.
static std::optional<FftDims> getDim(Value x, Value n, Value dim) {
  std::optional<int64_t> rank = getRank(x), number = getConstantInt(dim);
  if (!rank || *rank == 0 || !number || !wrapDim(*number, *rank))
    return std::nullopt;
  return FftDims{{*wrapDim(*number, *rank)}, {isNone(n) ? Value() : n}};
}

/// Dims and `s`, where the last `len(s)` dims, or all, are meant without dims,
/// and -1 keeps a size.
static std::optional<FftDims> getDims(Value x, Value s, Value dim) {
  std::optional<int64_t> rank = getRank(x);
  if (!rank)
    return std::nullopt;
  FftDims result;
  std::optional<SmallVector<Value>> sizes;
  if (!isNone(s)) {
    sizes = getIntValues(s);
    if (!sizes)
      return std::nullopt;
  }
  if (isNone(dim)) {
    int64_t count = sizes ? sizes->size() : *rank;
    if (count > *rank)
      return std::nullopt;
    result.dims = llvm::to_vector(llvm::seq<int64_t>(*rank - count, *rank));
  } else {
    std::optional<SmallVector<int64_t>> dims = getIntList(dim);
    if (!dims || llvm::any_of(*dims, ShapedType::isDynamic))
      return std::nullopt;
    for (int64_t d : *dims) {
      std::optional<int64_t> wrapped = wrapDim(d, *rank);
      if (!wrapped || *rank == 0 || llvm::is_contained(result.dims, *wrapped))
        return std::nullopt;
      result.dims.push_back(*wrapped);
    }
  }
  if (sizes && sizes->size() != result.dims.size())
    return std::nullopt;
  for (size_t i = 0; i < result.dims.size(); ++i) {
    Value size = sizes ? (*sizes)[i] : Value();
    if (size && getConstantInt(size) == -1)
      size = Value();
    result.sizes.push_back(size);
  }
  return result;
}

static Value resizeAll(TensorBuilder &b, Value x, ArrayRef<int64_t> dims,
                       ArrayRef<Value> sizes) {
  for (auto [dim, size] : llvm::zip(dims, sizes))
    if (size)
      x = resize(b, x, dim, size);
  return x;
}

//===----------------------------------------------------------------------===//
// Transforms
//===----------------------------------------------------------------------===//

static Value c2c(TensorBuilder &b, Value x, ArrayRef<int64_t> dims,
                 int64_t scaling, bool forward) {
  if (dims.empty())
    return x;
  return b.call("aten::_fft_c2c",
                {x, b.intList(dims), b.constant(scaling), b.constant(forward)});
}

static Value r2c(TensorBuilder &b, Value x, ArrayRef<int64_t> dims,
                 int64_t scaling) {
  return b.call("aten::_fft_r2c",
                {x, b.intList(dims), b.constant(scaling), b.constant(true)});
}

static Value c2r(TensorBuilder &b, Value x, ArrayRef<int64_t> dims,
                 int64_t scaling, Value size) {
  return b.call("aten::_fft_c2r",
                {x, b.intList(dims), b.constant(scaling), size});
}

/// fftn, ifftn
static FormulaResult complexTransform(TensorBuilder &b, Value x,
                                      std::optional<FftDims> dims, Value norm,
                                      bool forward) {
  std::optional<int64_t> scaling = getScaling(norm, /*isInverse=*/!forward);
  Type dtype = getFftDtype(x, /*isComplexWanted=*/true);
  if (!dims || !scaling || !dtype)
    return std::nullopt;
  x = resizeAll(b, x, dims->dims, dims->sizes);
  return {{c2c(b, b.toDtype(x, dtype), dims->dims, *scaling, forward)}};
}

/// rfftn; ihfftn, which is its conjugate scaled as an inverse.
static FormulaResult realTransform(TensorBuilder &b, Value x,
                                   std::optional<FftDims> dims, Value norm,
                                   bool isHermitian) {
  std::optional<int64_t> scaling = getScaling(norm, isHermitian);
  Type dtype = getFftDtype(x, /*isComplexWanted=*/false);
  if (!dims || dims->dims.empty() || !scaling || !dtype)
    return std::nullopt;
  x = b.toDtype(resizeAll(b, x, dims->dims, dims->sizes), dtype);
  if (!isHermitian)
    return {{r2c(b, x, dims->dims, *scaling)}};
  int64_t last = dims->dims.back();
  Value half = conjugate(b, r2c(b, x, last, *scaling));
  return {{c2c(b, half, ArrayRef(dims->dims).drop_back(), *scaling,
               /*forward=*/false)}};
}

/// irfftn; hfftn, which is that of the conjugate scaled as a forward one.
static FormulaResult realInverse(TensorBuilder &b, Value x,
                                 std::optional<FftDims> dims, Value norm,
                                 bool isHermitian) {
  std::optional<int64_t> scaling = getScaling(norm, !isHermitian);
  Type dtype = getFftDtype(x, /*isComplexWanted=*/true);
  if (!dims || dims->dims.empty() || !scaling || !dtype)
    return std::nullopt;
  int64_t last = dims->dims.back();
  Value one = b.constant(int64_t(1)), two = b.constant(int64_t(2));
  Value size = dims->sizes.back();
  if (!size)
    size = b.mulInt(two, b.subInt(b.size(x, last), one));
  dims->sizes.back() = b.addInt(b.floorDivInt(size, two), one);
  x = b.toDtype(resizeAll(b, x, dims->dims, dims->sizes), dtype);
  if (!isHermitian)
    return {{c2r(b, x, dims->dims, *scaling, size)}};
  x = c2c(b, x, ArrayRef(dims->dims).drop_back(), *scaling, /*forward=*/true);
  return {{c2r(b, conjugate(b, x), last, *scaling, size)}};
}

using Transform = FormulaResult (*)(TensorBuilder &, Value,
                                    std::optional<FftDims>, Value, bool);

template <Transform transform, bool flag>
static FormulaResult oneDim(TensorBuilder &b, ValueRange in) {
  return transform(b, in[0], getDim(in[0], in[1], in[2]), in[3], flag);
}
template <Transform transform, bool flag>
static FormulaResult manyDims(TensorBuilder &b, ValueRange in) {
  return transform(b, in[0], getDims(in[0], in[1], in[2]), in[3], flag);
}

//===----------------------------------------------------------------------===//
// Frequencies
//===----------------------------------------------------------------------===//

/// fftshift: the last half, rounded down, comes first; rounded up for the
/// inverse
template <bool isInverse>
static FormulaResult shift(TensorBuilder &b, ValueRange in) {
  std::optional<FftDims> dims = getDims(in[0], b.none(), in[1]);
  if (!dims)
    return std::nullopt;
  Value x = in[0], zero = b.constant(int64_t(0)), two = b.constant(int64_t(2));
  for (int64_t dim : dims->dims) {
    Value size = b.size(x, dim);
    Value count =
        isInverse ? b.ceilDivInt(size, two) : b.floorDivInt(size, two);
    Value rest = b.subInt(size, count);
    x = b.cat({b.narrow(x, dim, rest, count), b.narrow(x, dim, zero, rest)},
              dim);
  }
  return {{x}};
}

/// fftfreq: [0, ... (n - 1) / 2, -(n / 2), ... -1] / (n d); rfftfreq:
/// [0, ... n / 2] / (n d)
template <bool isHalf>
static FormulaResult frequencies(TensorBuilder &b, ValueRange in) {
  std::optional<int64_t> n = getConstantInt(in[0]);
  std::optional<double> d = getConstantFloat(in[1]);
  std::optional<Type> dtype =
      getOptionalDtype(in[2], b.getRewriter().getF32Type());
  if (!n || !d || !dtype || *n <= 0)
    return std::nullopt;
  Value numbers;
  if (isHalf) {
    numbers = b.arange(b.constant(*n / 2 + 1), *dtype);
  } else {
    Value positive = b.arange(b.constant((*n + 1) / 2), *dtype);
    Value negative = b.addScalar(b.arange(b.constant(*n / 2), *dtype),
                                 b.constant(-(*n / 2)));
    numbers = b.cat({positive, negative}, 0);
  }
  return {{b.mulScalar(numbers, b.constant(1.0 / (*n * *d)))}};
}

//===----------------------------------------------------------------------===//
// Short-time transforms
//===----------------------------------------------------------------------===//

namespace {
/// The operands that stft and istft share.
struct Frames {
  int64_t size, hop;
  Value window; // of `size` elements, or null
};
} // namespace

/// A window of fewer elements has zeros on both sides.
static std::optional<Frames> getFrames(TensorBuilder &b, Value nFft, Value hop,
                                       Value winLength, Value window,
                                       Type dtype) {
  std::optional<int64_t> size = getConstantInt(nFft);
  if (!size || *size <= 0)
    return std::nullopt;
  std::optional<int64_t> step =
      isNone(hop) ? std::optional<int64_t>(*size / 4) : getConstantInt(hop);
  std::optional<int64_t> length =
      isNone(winLength) ? size : getConstantInt(winLength);
  std::optional<Value> given = getOptionalTensor(window);
  if (!step || *step <= 0 || !length || *length <= 0 || *length > *size ||
      !given || (*given && getRank(*given) != 1))
    return std::nullopt;
  Frames frames{*size, *step, *given};
  if (*length == *size)
    return frames;
  if (!frames.window)
    frames.window = b.full(b.constant(*length), b.constant(1.0), dtype);
  int64_t left = (*size - *length) / 2;
  auto zeros = [&](int64_t count) {
    return b.zeros(b.constant(count), getDtype(frames.window));
  };
  frames.window =
      b.cat({zeros(left), frames.window, zeros(*size - *length - left)}, 0);
  return frames;
}

/// stft: transforms of windowed frames, [..., frequencies, frames]
static FormulaResult createStft(TensorBuilder &b, Value x, const Frames &frames,
                                int64_t padding, Value padMode, bool normalized,
                                bool onesided, bool asComplex) {
  bool isBatch = getRank(x) == 2;
  if (padding > 0) {
    // Padding of one dim, which some modes want two dims before.
    Value wide = b.unsqueeze(isBatch ? x : b.unsqueeze(x, 0), 0);
    wide = b.create<AtenPadOp>(
        {wide, b.intList({padding, padding}), padMode, b.none()});
    x = b.squeeze(wide, 0);
    if (!isBatch)
      x = b.squeeze(x, 0);
  }
  Value parts =
      b.create<AtenUnfoldOp>({x, b.constant(int64_t(-1)),
                              b.constant(frames.size), b.constant(frames.hop)});
  if (frames.window)
    parts = b.mul(parts, frames.window);
  int64_t last = *getRank(parts) - 1;
  Value y = onesided
                ? r2c(b, parts, last, normalized)
                : c2c(b,
                      b.toDtype(parts, getFftDtype(parts,
                                                   /*isComplexWanted=*/true)),
                      last, normalized, /*forward=*/true);
  y = transpose(b, y);
  return {{asComplex ? y : b.call("aten::view_as_real", y)}};
}

/// stft; stft.center pads both ends by half a frame first.
template <bool isCentered>
static FormulaResult stft(TensorBuilder &b, ValueRange in) {
  constexpr unsigned rest = isCentered ? 7 : 5;
  Value x = in[0];
  std::optional<int64_t> rank = getRank(x);
  std::optional<bool> normalized = getConstantBool(in[rest]);
  std::optional<bool> onesided = isNone(in[rest + 1])
                                     ? std::optional<bool>(!isComplex(x))
                                     : getConstantBool(in[rest + 1]);
  std::optional<bool> asComplex = isNone(in[rest + 2])
                                      ? std::optional<bool>(isComplex(x))
                                      : getConstantBool(in[rest + 2]);
  std::optional<bool> aligned = isNone(in[rest + 3])
                                    ? std::optional<bool>(false)
                                    : getConstantBool(in[rest + 3]);
  if (!rank || (*rank != 1 && *rank != 2) || !hasLapackDtype(x) ||
      !normalized || !onesided || !asComplex || aligned != false)
    return std::nullopt;
  std::optional<Frames> frames =
      getFrames(b, in[1], in[2], in[3], in[4], getRealDtype(x));
  if (!frames || (*onesided && (isComplex(x) ||
                                (frames->window && isComplex(frames->window)))))
    return std::nullopt;
  int64_t padding = 0;
  if (isCentered) {
    std::optional<bool> center = getConstantBool(in[5]);
    if (!center)
      return std::nullopt;
    padding = *center ? frames->size / 2 : 0;
  }
  return createStft(b, x, *frames, padding, in[isCentered ? 6 : 0], *normalized,
                    *onesided, *asComplex);
}

/// Frames [batch, count, size] added where they belong in the signal, each
/// `hop` after the one before: cut into blocks of `hop`, block j of every frame
/// is one signal, j blocks late.
static Value overlapAdd(TensorBuilder &b, Value parts, int64_t size,
                        int64_t hop) {
  int64_t blocks = llvm::divideCeil(size, hop);
  Value count = b.size(parts, 1), batch = b.size(parts, 0);
  Type dtype = getDtype(parts);
  Value hopValue = b.constant(hop);
  parts = resize(b, parts, 2, b.constant(blocks * hop));
  parts = b.reshape(parts, {batch, count, b.constant(blocks), hopValue});
  Value total;
  for (int64_t j = 0; j < blocks; ++j) {
    Value block = b.select(parts, 2, b.constant(j));
    Value before = b.zeros({batch, b.constant(j), hopValue}, dtype);
    Value after = b.zeros({batch, b.constant(blocks - 1 - j), hopValue}, dtype);
    Value late = b.cat({before, block, after}, 1);
    total = total ? b.add(total, late) : late;
  }
  Value all = b.addInt(count, b.constant(blocks - 1));
  Value signal = b.reshape(total, {batch, b.mulInt(all, hopValue)});
  Value one = b.constant(int64_t(1));
  Value length =
      b.addInt(b.constant(size), b.mulInt(hopValue, b.subInt(count, one)));
  return b.narrow(signal, 1, b.constant(int64_t(0)), length);
}

/// istft: the windowed inverse transforms added up, divided by the sum of the
/// squared windows
static FormulaResult istft(TensorBuilder &b, ValueRange in) {
  Value x = in[0];
  std::optional<int64_t> rank = getRank(x);
  std::optional<bool> center = getConstantBool(in[5]);
  std::optional<bool> normalized = getConstantBool(in[6]);
  std::optional<bool> asComplex = getConstantBool(in[9]);
  std::optional<int64_t> size = getConstantInt(in[1]);
  if (!rank || (*rank != 2 && *rank != 3) || !isComplex(x) ||
      !hasLapackDtype(x) || !center || !normalized || !asComplex || !size)
    return std::nullopt;
  // A real signal needs half of the frequencies, a complex one all.
  std::optional<bool> onesided =
      isNone(in[7]) ? std::optional<bool>(false) : getConstantBool(in[7]);
  if (!onesided || (*onesided && *asComplex))
    return std::nullopt;
  Type real = getRealDtype(x);
  std::optional<Frames> frames = getFrames(b, in[1], in[2], in[3], in[4], real);
  if (!frames)
    return std::nullopt;
  if (!frames->window)
    frames->window = b.full(b.constant(*size), b.constant(1.0), real);

  Value batched = *rank == 2 ? b.unsqueeze(x, 0) : x;
  Value spectra = transpose(b, batched);
  int64_t scaling = *normalized ? 1 : 2;
  Value parts;
  if (*asComplex) {
    parts = c2c(b, spectra, {2}, scaling, /*forward=*/false);
  } else {
    Value half =
        b.narrow(spectra, 2, b.constant(int64_t(0)), b.constant(*size / 2 + 1));
    parts = c2r(b, half, {2}, scaling, b.constant(*size));
  }
  parts = b.mul(parts, frames->window);
  Value squared = b.mul(frames->window, frames->window);
  Value count = b.size(spectra, 1), one = b.constant(int64_t(1));
  Value windows = b.expand(squared, {one, count, b.constant(*size)});
  Value signal = overlapAdd(b, parts, *size, frames->hop);
  Value envelope = overlapAdd(b, windows, *size, frames->hop);

  Value start = b.constant(*center ? *size / 2 : 0);
  Value whole = b.size(signal, 1);
  Value length = b.subInt(whole, b.mulInt(start, b.constant(int64_t(2))));
  if (!isNone(in[8]))
    length = b.minInt(in[8], b.subInt(whole, start));
  signal = b.narrow(signal, 1, start, length);
  envelope = b.narrow(envelope, 1, start, length);
  Value isCovered = b.create<AtenGtScalarOp>(
      {b.create<AtenAbsOp>({envelope}), b.constant(1e-11)});
  b.raiseUnless(b.itemBool(b.create<AtenAllOp>({isCovered})),
                "istft: window overlap add is zero somewhere");
  Value y = b.div(signal, envelope);
  if (!isNone(in[8]))
    y = resize(b, y, 1, in[8]);
  return {{*rank == 2 ? b.squeeze(y, 0) : y}};
}

static constexpr NamedFormula formulas[] = {
    {"aten::fft_fft", oneDim<complexTransform, true>},
    {"aten::fft_fft2", manyDims<complexTransform, true>},
    {"aten::fft_fftfreq", frequencies<false>},
    {"aten::fft_fftn", manyDims<complexTransform, true>},
    {"aten::fft_fftshift", shift<false>},
    {"aten::fft_hfft", oneDim<realInverse, true>},
    {"aten::fft_hfft2", manyDims<realInverse, true>},
    {"aten::fft_hfftn", manyDims<realInverse, true>},
    {"aten::fft_ifft", oneDim<complexTransform, false>},
    {"aten::fft_ifft2", manyDims<complexTransform, false>},
    {"aten::fft_ifftn", manyDims<complexTransform, false>},
    {"aten::fft_ifftshift", shift<true>},
    {"aten::fft_ihfft", oneDim<realTransform, true>},
    {"aten::fft_ihfft2", manyDims<realTransform, true>},
    {"aten::fft_ihfftn", manyDims<realTransform, true>},
    {"aten::fft_irfft", oneDim<realInverse, false>},
    {"aten::fft_irfft2", manyDims<realInverse, false>},
    {"aten::fft_irfftn", manyDims<realInverse, false>},
    {"aten::fft_rfft", oneDim<realTransform, false>},
    {"aten::fft_rfft2", manyDims<realTransform, false>},
    {"aten::fft_rfftfreq", frequencies<true>},
    {"aten::fft_rfftn", manyDims<realTransform, false>},
    {"aten::istft", istft},
    {"aten::stft", stft<false>},
    {"aten::stft.center", stft<true>},
};

void populateFourierDecompositions(RewritePatternSet &patterns) {
  addFormulas(patterns, formulas);
}

} // namespace minitorch::mt
