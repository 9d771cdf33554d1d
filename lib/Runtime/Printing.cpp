//===- Printing.cpp - Values as TorchScript prints them -------------------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Numbers and tensors look as PyTorch's C++ streams write them, which is not
// how Python does: 3.0 is "3.", and a tensor is its elements in columns with
// its type and sizes below.
//
//===----------------------------------------------------------------------===//

#include "Printing.h"

#include "Objects.h"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstdarg>
#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

using namespace mtrt;

namespace {

/// Appends formatted text.
[[gnu::format(printf, 2, 3)]] void append(std::string &out, const char *format,
                                          ...) {
  char text[64];
  va_list arguments;
  va_start(arguments, format);
  std::vsnprintf(text, sizeof(text), format, arguments);
  va_end(arguments);
  out += text;
}

/// PyTorch's numbers of dtypes, as far as they are printed.
const char *typeName(int64_t dtype) {
  switch (dtype) {
  case 0:
    return "CPUByteType";
  case 1:
    return "CPUCharType";
  case 2:
    return "CPUShortType";
  case 3:
    return "CPUIntType";
  case 4:
    return "CPULongType";
  case 5:
    return "CPUHalfType";
  case 6:
    return "CPUFloatType";
  case 7:
    return "CPUDoubleType";
  case 8:
    return "CPUComplexHalfType";
  case 9:
    return "CPUComplexFloatType";
  case 10:
    return "CPUComplexDoubleType";
  case 11:
    return "CPUBoolType";
  case 15:
    return "CPUBFloat16Type";
  default:
    return "CPUUndefinedType";
  }
}

template <typename T> T read(const char *at) {
  T value;
  std::memcpy(&value, at, sizeof(T));
  return value;
}

} // namespace

int64_t mtrt::sizeOfDtype(int64_t dtype) {
  switch (dtype) {
  case 0:
  case 1:
  case 11:
    return 1;
  case 2:
  case 5:
  case 15:
    return 2;
  case 3:
  case 6:
    return 4;
  case 10:
    return 16;
  default:
    return 8;
  }
}

double mtrt::elementAt(int64_t dtype, const char *at) {
  switch (dtype) {
  case 0:
  case 11:
    return read<uint8_t>(at);
  case 1:
    return read<int8_t>(at);
  case 2:
    return read<int16_t>(at);
  case 3:
    return read<int32_t>(at);
  case 4:
    return static_cast<double>(read<int64_t>(at));
  // Of a complex number, its real part.
  case 5:
  case 8:
    return halfToDouble(
        std::bit_cast<float>(static_cast<uint32_t>(read<uint16_t>(at))));
  case 6:
  case 9:
    return read<float>(at);
  case 15:
    return std::bit_cast<float>(static_cast<uint32_t>(read<uint16_t>(at))
                                << 16);
  default:
    return read<double>(at);
  }
}

namespace {

/// How the elements of one vector or matrix are written.
struct Format {
  enum Mode { Plain, Fixed, Scientific } mode = Plain;
  int width = 0;
  double scale = 1;

  Format(const double *values, int64_t count);
  void put(std::string &out, double value) const {
    static const char *const formats[] = {"%*.6g", "%*.4f", "%*.4e"};
    char text[400];
    std::snprintf(text, sizeof(text), formats[mode], width, value / scale);
    out += text;
  }
  void putScale(std::string &out) const {
    if (scale != 1)
      append(out, "%g *\n", scale);
  }
};

/// Digits before the point; 1 for zero.
double digits(double value) {
  return value != 0 ? std::floor(std::log10(value)) + 1 : 1;
}

Format::Format(const double *values, int64_t count) {
  bool isWhole = true, anyFinite = false;
  double least = 1, most = 1;
  for (int64_t i = 0; i < count; ++i) {
    double value = values[i];
    if (!std::isfinite(value))
      continue;
    isWhole &= value == std::ceil(value);
    double size = std::fabs(value);
    least = anyFinite ? std::fmin(least, size) : size;
    most = anyFinite ? std::fmax(most, size) : size;
    anyFinite = true;
  }
  if (anyFinite) {
    least = digits(least);
    most = digits(most);
  }
  if (isWhole) {
    mode = most > 9 ? Scientific : Plain;
    width = most > 9 ? 11 : static_cast<int>(most) + 1;
  } else if (most - least > 4) {
    mode = Scientific;
    width = std::fabs(most) > 99 || std::fabs(least) > 99 ? 12 : 11;
  } else {
    mode = Fixed;
    if (most > 5 || most < 0) {
      width = 7;
      scale = std::pow(10.0, most - 1);
    } else {
      width = most == 0 ? 7 : static_cast<int>(most) + 6;
    }
  }
}

/// Rows of as many columns as fit a line; more columns follow below.
void putMatrix(std::string &out, const double *values, int64_t rows,
               int64_t columns, int indent) {
  constexpr int64_t lineWidth = 80;
  Format format(values, rows * columns);
  std::string margin(indent, ' ');
  int64_t fitting =
      std::max<int64_t>(1, (lineWidth - indent) / (format.width + 1));
  for (int64_t first = 0; first < columns; first += fitting) {
    int64_t end = std::min(first + fitting, columns);
    if (fitting < columns) {
      if (first != 0)
        out += '\n';
      append(out, "Columns %lld to %lld", static_cast<long long>(first + 1),
             static_cast<long long>(end));
      out += margin;
    }
    if (format.scale != 1) {
      format.putScale(out);
      out += margin;
    }
    for (int64_t row = 0; row < rows; ++row) {
      for (int64_t column = first; column < end; ++column) {
        format.put(out, values[row * columns + column]);
        out += column + 1 == end ? '\n' : ' ';
      }
      if (row + 1 != rows) {
        out += margin;
        if (format.scale != 1)
          out += ' ';
      }
    }
  }
}

/// Every matrix of the last two dims, named by its index in the others, of
/// which the first runs fastest.
void putMatrices(std::string &out, const std::vector<double> &values,
                 const std::vector<int64_t> &sizes) {
  size_t outer = sizes.size() - 2;
  int64_t rows = sizes[outer], columns = sizes[outer + 1];
  std::vector<int64_t> index(outer, 0);
  for (bool isFirst = true;; isFirst = false) {
    if (!isFirst)
      out += '\n';
    out += '(';
    int64_t matrix = 0;
    for (size_t i = 0; i < outer; ++i) {
      append(out, "%lld,", static_cast<long long>(index[i] + 1));
      matrix = matrix * sizes[i] + index[i];
    }
    out += ".,.) = \n";
    putMatrix(out, values.data() + matrix * rows * columns, rows, columns, 1);
    size_t i = 0;
    while (i < outer && ++index[i] == sizes[i])
      index[i++] = 0;
    if (i == outer)
      return;
  }
}

/// The fewest digits that give the same number again; with an exponent below
/// 1e-4 and from 1e16 on.
void putShortest(std::string &out, double value) {
  char text[64];
  bool isPlain = !std::isfinite(value) || value == 0 ||
                 (std::fabs(value) >= 1e-4 && std::fabs(value) < 1e16);
  auto format =
      isPlain ? std::chars_format::fixed : std::chars_format::scientific;
  out.append(text, std::to_chars(text, std::end(text), value, format).ptr);
}

} // namespace

void mtrt::putTensor(std::string &out, int64_t dtype, int64_t elementSize,
                     const View &view) {
  std::vector<int64_t> sizes(view.sizes, view.sizes + view.rank);
  int64_t count = 1;
  for (int64_t size : sizes)
    count *= size;
  std::vector<double> values;
  values.reserve(count);
  const char *data = view.data(elementSize);
  for (int64_t i = 0; i < count; ++i) {
    int64_t rest = i, offset = 0;
    for (int64_t dim = view.rank - 1; dim >= 0; --dim) {
      offset += rest % sizes[dim] * view.strides[dim];
      rest /= sizes[dim];
    }
    values.push_back(elementAt(dtype, data + offset * elementSize));
  }
  if (view.rank == 0) {
    putShortest(out, values[0]);
    out += '\n';
  } else if (count && view.rank == 1) {
    Format format(values.data(), count);
    format.putScale(out);
    for (double value : values) {
      format.put(out, value);
      out += '\n';
    }
  } else if (count && view.rank == 2) {
    putMatrix(out, values.data(), sizes[0], sizes[1], /*indent=*/0);
  } else if (count) {
    putMatrices(out, values, sizes);
  }
  out += "[ ";
  out += typeName(dtype);
  out += '{';
  for (size_t i = 0; i < sizes.size(); ++i)
    append(out, i ? ",%lld" : "%lld", static_cast<long long>(sizes[i]));
  out += "} ]";
}

static void write(const std::string &text) {
  mtrt_print(text.data(), text.size());
}

void mtrt_print_int(int64_t value) { write(std::to_string(value)); }

void mtrt_print_bool(int64_t value) { write(value ? "True" : "False"); }

std::string mtrt::formatFloat(double value) {
  std::string out;
  putFloat(out, value);
  return out;
}

void mtrt_print_float(double value) { write(formatFloat(value)); }

void mtrt_print_tensor(int64_t dtype, int64_t elementSize, int64_t rank,
                       void *descriptor) {
  std::string out;
  putTensor(out, dtype, elementSize, View(rank, descriptor));
  write(out);
}
