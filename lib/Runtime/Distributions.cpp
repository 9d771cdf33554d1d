//===- Distributions.cpp - Tensors of random numbers ----------------------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// How many words of the generator a number takes, and what is made of them, is
// what PyTorch does on the CPU: uniform numbers in the dtype (16-bit ones in
// float), all others in double, converted at the end.
//
//===----------------------------------------------------------------------===//

#include "Frame.h"
#include "MemRefs.h"
#include "Random.h"
#include "TensorObjects.h"

#include <bit>
#include <cmath>
#include <limits>
#include <numbers>
#include <utility>

using namespace mtrt;

//===----------------------------------------------------------------------===//
// Dtypes
//===----------------------------------------------------------------------===//

static float widenHalf(uint16_t bits) {
  return halfToFloat(std::bit_cast<float>(uint32_t(bits)));
}
static float widenBrain(uint16_t bits) {
  return std::bit_cast<float>(uint32_t(bits) << 16);
}

namespace {
/// How numbers of a dtype are stored, and what is computed with.
template <typename T> struct Plain {
  using Stored = T;
  using Compute = std::conditional_t<std::is_floating_point_v<T>, T, double>;
  static constexpr bool isFloat = std::is_floating_point_v<T>;
  static constexpr int digits = std::numeric_limits<T>::digits;
  template <typename X> static T of(X x) { return static_cast<T>(x); }
  static T load(T x) { return x; }
};

template <float (*convert)(float), float (*widen)(uint16_t), int precision>
struct Narrow {
  using Stored = uint16_t;
  using Compute = float;
  static constexpr bool isFloat = true;
  static constexpr int digits = precision;
  template <typename X> static uint16_t of(X x) {
    return static_cast<uint16_t>(
        std::bit_cast<uint32_t>(convert(static_cast<float>(x))));
  }
  static float load(uint16_t x) { return widen(x); }
};
} // namespace

/// Calls `body` with one of the above.
template <typename Body> static void dispatch(int64_t dtype, Body body) {
  switch (dtype) {
  case U8:
    return body(Plain<uint8_t>());
  case I8:
    return body(Plain<int8_t>());
  case I16:
    return body(Plain<int16_t>());
  case I32:
    return body(Plain<int32_t>());
  case I64:
    return body(Plain<int64_t>());
  case F16:
    return body(Narrow<floatToHalf, widenHalf, 11>());
  case F32:
    return body(Plain<float>());
  case F64:
    return body(Plain<double>());
  case Bool:
    return body(Plain<bool>());
  case BF16:
    return body(Narrow<floatToBrain, widenBrain, 8>());
  default:
    raise("RuntimeError", "random numbers of this dtype have no distribution");
  }
}

namespace {
/// The memory of a new tensor, without gaps.
struct Elements {
  Elements(int64_t rank, void *descriptor, int64_t elementSize) {
    View view(rank, descriptor);
    data = view.data(elementSize);
    for (int64_t i = 0; i < rank; ++i)
      count *= view.sizes[i];
  }
  char *data;
  int64_t count = 1;
};
} // namespace

/// Sets each element to what a function of the generator draws, which
/// `makeDraw` makes for the dtype.
template <typename MakeDraw>
static void fill(int64_t dtype, const Elements &elements, MakeDraw makeDraw) {
  if (elements.count == 0)
    return;
  dispatch(dtype, [&](auto number) {
    using Number = decltype(number);
    auto draw = makeDraw(number);
    auto *data = reinterpret_cast<typename Number::Stored *>(elements.data);
    Generator generator;
    for (int64_t i = 0; i < elements.count; ++i)
      data[i] = Number::of(draw(generator));
  });
}

//===----------------------------------------------------------------------===//
// Uniform numbers
//===----------------------------------------------------------------------===//

void mtrt_random_uniform(double from, double to, int64_t dtype,
                         int64_t elementSize, int64_t rank, void *descriptor) {
  fill(dtype, {rank, descriptor, elementSize}, [=](auto number) {
    using Number = decltype(number);
    using Float = typename Number::Compute;
    auto low = static_cast<Float>(from), high = static_cast<Float>(to);
    bool isUnit = from == 0 && to == 1;
    return [=](Generator &generator) {
      Float x = generator.unit<Float>();
      if (!isUnit)
        x = std::fma(x, high - low, low);
      // What is rounded to the end is the start.
      return Number::of(x) == Number::of(high) ? low : x;
    };
  });
}

/// A distance of floats of `digits` digits near `x`; `x` rounded to them.
static int64_t distanceNear(int64_t x, int digits) {
  int width = std::bit_width(static_cast<uint64_t>(std::abs(x)));
  return width > digits ? int64_t(1) << (width - digits) : 1;
}
static int64_t roundTo(int64_t x, int digits) {
  int64_t distance = distanceNear(x, digits), half = distance / 2;
  int64_t down = x & -distance, rest = x - down;
  bool isUp = rest > half || (rest == half && half && (down & distance));
  return isUp ? down + distance : down;
}

namespace {
/// The integers from `low` on; 2^64 if their number is 0.
struct Integers {
  int64_t low;
  uint64_t count;

  int64_t draw(Generator &generator) const {
    if (count == 0)
      return static_cast<int64_t>(generator.longWord());
    uint64_t bits =
        count >= uint64_t(1) << 28 ? generator.longWord() : generator.word();
    return static_cast<int64_t>(bits % count + static_cast<uint64_t>(low));
  }
};
} // namespace

/// Those of [low, high) that stay there when they are rounded to the dtype.
template <typename Number> static int64_t firstExact(int64_t low) {
  int64_t next = roundTo(low + 1, Number::digits);
  return Number::isFloat && next < low
             ? next + distanceNear(low + 1, Number::digits)
             : low;
}
template <typename Number> static int64_t endOfExact(int64_t high) {
  int64_t last = roundTo(high - 1, Number::digits);
  return Number::isFloat && last >= high
             ? last - distanceNear(high - 1, Number::digits)
             : high;
}

static void checkRange(int64_t low, int64_t high) {
  if (low >= high)
    raise("RuntimeError",
          "random_ expects 'from' casted to dtype to be less than 'to' casted "
          "to dtype, but got from=%lld >= to=%lld",
          static_cast<long long>(low), static_cast<long long>(high));
}

void mtrt_random_between(int64_t low, int64_t high, int64_t dtype,
                         int64_t elementSize, int64_t rank, void *descriptor) {
  fill(dtype, {rank, descriptor, elementSize}, [=](auto number) {
    using Number = decltype(number);
    int64_t first = firstExact<Number>(low), end = endOfExact<Number>(high);
    checkRange(first, end);
    Integers integers = {first, static_cast<uint64_t>(end) -
                                    static_cast<uint64_t>(first)};
    return [=](Generator &generator) { return integers.draw(generator); };
  });
}

void mtrt_random_from(int64_t low, int64_t dtype, int64_t elementSize,
                      int64_t rank, void *descriptor) {
  fill(dtype, {rank, descriptor, elementSize}, [=](auto number) {
    using Number = decltype(number);
    Integers integers = {low, 0};
    if (low != std::numeric_limits<int64_t>::min()) {
      integers.low = firstExact<Number>(low);
      // 2^digits is a float, too.
      uint64_t end = (uint64_t(1) << Number::digits) + Number::isFloat;
      integers.count = end - static_cast<uint64_t>(integers.low);
    }
    return [=](Generator &generator) { return integers.draw(generator); };
  });
}

void mtrt_random_integer(int64_t dtype, int64_t elementSize, int64_t rank,
                         void *descriptor) {
  fill(dtype, {rank, descriptor, elementSize}, [](auto number) {
    using Number = decltype(number);
    return [](Generator &generator) {
      uint64_t bits =
          Number::digits > 32 ? generator.longWord() : generator.word();
      uint64_t end = (uint64_t(1) << Number::digits) + Number::isFloat;
      return static_cast<int64_t>(bits % end);
    };
  });
}

// By R. Durstenfeld's Algorithm 235: Random permutation; CACM 7, 1964.
void mtrt_random_permutation(int64_t dtype, int64_t elementSize, int64_t rank,
                             void *descriptor) {
  Elements elements(rank, descriptor, elementSize);
  dispatch(dtype, [&](auto number) {
    using Number = decltype(number);
    auto *data = reinterpret_cast<typename Number::Stored *>(elements.data);
    for (int64_t i = 0; i < elements.count; ++i)
      data[i] = Number::of(i);
    Generator generator;
    for (int64_t i = 0; i < elements.count - 1; ++i)
      std::swap(data[i], data[i + generator.word() % (elements.count - i)]);
  });
}

//===----------------------------------------------------------------------===//
// Normal numbers
//===----------------------------------------------------------------------===//

/// At least sixteen numbers: in blocks of sixteen, the last of which is made
/// anew where it is not full, together with what is before it.
template <typename Number>
static void fillNormal(typename Number::Stored *data, int64_t count,
                       double mean, double deviation) {
  using Float = typename Number::Compute;
  Generator generator;
  auto store = [&](Float *numbers, typename Number::Stored *target) {
    makeNormal(numbers, static_cast<Float>(mean),
               static_cast<Float>(deviation));
    for (int i = 0; i < 16; ++i)
      target[i] = Number::of(numbers[i]);
  };
  auto drawBlock = [&](typename Number::Stored *target) {
    Float numbers[16];
    for (Float &number : numbers)
      number = generator.unit<Float>();
    store(numbers, target);
  };
  int64_t rest = count % 16;
  for (int64_t i = 0; i < count - rest; i += 16)
    drawBlock(data + i);
  if (rest == 0)
    return;
  // What is drawn for the elements of the last block and not used, unless the
  // dtype is narrower than its numbers.
  if constexpr (std::is_same_v<typename Number::Stored, Float>)
    for (int64_t i = 0; i < rest; ++i)
      generator.unit<Float>();
  drawBlock(data + count - 16);
}

void mtrt_random_normal(double mean, double deviation, int64_t dtype,
                        int64_t elementSize, int64_t rank, void *descriptor) {
  Elements elements(rank, descriptor, elementSize);
  if (elements.count < 16)
    return fill(dtype, elements, [=](auto) {
      return [=](Generator &generator) {
        return std::fma(generator.normal(), deviation, mean);
      };
    });
  dispatch(dtype, [&](auto number) {
    using Number = decltype(number);
    if constexpr (Number::isFloat)
      fillNormal<Number>(
          reinterpret_cast<typename Number::Stored *>(elements.data),
          elements.count, mean, deviation);
  });
}

void mtrt_random_log_normal(double mean, double deviation, int64_t dtype,
                            int64_t elementSize, int64_t rank,
                            void *descriptor) {
  fill(dtype, {rank, descriptor, elementSize}, [=](auto) {
    return [=](Generator &generator) {
      return std::exp(std::fma(generator.normal(), deviation, mean));
    };
  });
}

//===----------------------------------------------------------------------===//
// Others, by the inverse of the distribution function
//===----------------------------------------------------------------------===//

namespace {
/// The multiplicative congruential generator MCG31m1 (P. L'Ecuyer: Tables of
/// linear congruential generators of different sizes and good lattice
/// structure; Mathematics of Computation 68, 1999).
class Congruential {
public:
  explicit Congruential(uint32_t seed) : state(seed % modulus) {
    if (state == 0)
      state = 1;
  }
  double unit() {
    double value = static_cast<double>(state) / modulus;
    state = state * 1132489760 % modulus;
    return value;
  }

private:
  static constexpr uint64_t modulus = (uint64_t(1) << 31) - 1;
  uint64_t state;
};
} // namespace

/// On Intel's processors PyTorch leaves these to MKL (viRngBernoulli), which
/// one word of the generator seeds.
static bool drawsByMKL() {
#if defined(__x86_64__)
  return __builtin_cpu_is("intel");
#else
  return false;
#endif
}

void mtrt_random_bernoulli(double probability, int64_t dtype,
                           int64_t elementSize, int64_t rank,
                           void *descriptor) {
  Elements elements(rank, descriptor, elementSize);
  if (drawsByMKL() && elements.count > 0) {
    Congruential congruential(Generator().word());
    return fill(dtype, elements, [&](auto) {
      return [&](Generator &) { return congruential.unit() < probability; };
    });
  }
  fill(dtype, elements, [=](auto) {
    return [=](Generator &generator) {
      return generator.unit<double>() < probability;
    };
  });
}

void mtrt_random_exponential(double rate, int64_t dtype, int64_t elementSize,
                             int64_t rank, void *descriptor) {
  fill(dtype, {rank, descriptor, elementSize}, [=](auto) {
    return [=](Generator &generator) {
      return -1 / rate * std::log1p(-generator.unit<double>());
    };
  });
}

void mtrt_random_geometric(double probability, int64_t dtype,
                           int64_t elementSize, int64_t rank,
                           void *descriptor) {
  fill(dtype, {rank, descriptor, elementSize}, [=](auto) {
    return [=](Generator &generator) {
      return std::ceil(std::log(generator.unit<double>()) /
                       std::log1p(-probability));
    };
  });
}

void mtrt_random_cauchy(double median, double scale, int64_t dtype,
                        int64_t elementSize, int64_t rank, void *descriptor) {
  fill(dtype, {rank, descriptor, elementSize}, [=](auto) {
    return [=](Generator &generator) {
      double angle = std::numbers::pi * (generator.unit<double>() - 0.5);
      return std::fma(scale, std::tan(angle), median);
    };
  });
}

void mtrt_random_rrelu(int64_t dtype, double lower, double upper, int64_t xRank,
                       void *x, int64_t rank, void *descriptor) {
  dispatch(dtype, [&](auto number) {
    using Number = decltype(number);
    if constexpr (Number::isFloat) {
      using Stored = typename Number::Stored;
      using Float = typename Number::Compute;
      auto low = static_cast<Float>(lower), high = static_cast<Float>(upper);
      View source(xRank, x), target(rank, descriptor);
      Elements elements(rank, descriptor, sizeof(Stored));
      copyStrided(sizeof(Stored), rank, source.sizes,
                  source.data(sizeof(Stored)), source.strides, elements.data,
                  target.strides);
      auto *data = reinterpret_cast<Stored *>(elements.data);
      Generator generator;
      for (int64_t i = 0; i < elements.count; ++i) {
        Float value = Number::load(data[i]);
        if (!(value <= 0))
          continue;
        double slope = generator.unit<double>() * (double(high) - low) + low;
        data[i] = Number::of(value * static_cast<Float>(slope));
      }
    }
  });
}
