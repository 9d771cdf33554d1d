//===- Npy.cpp - NumPy's format of one array ----------------------------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

//
// \x93NUMPY, two bytes of version, the length of the header (2 bytes, from
// version 2 on 4), the header, the elements. The header is a Python literal:
// {'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }
//
//===----------------------------------------------------------------------===//

#include "MiniTorch/Values/Npz.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/Endian.h"

#include <cstring>

using namespace llvm;
using namespace minitorch;

static constexpr StringLiteral kMagic("\x93NUMPY");

namespace {

struct Header {
  std::string descr;
  bool fortranOrder = false;
  SmallVector<int64_t, 4> shape;
};

/// Reads the literal, and nothing but what NumPy writes there.
class HeaderParser {
public:
  explicit HeaderParser(StringRef text) : text(text) {}

  Error parse(Header &header) {
    bool seen[3] = {};
    if (!take('{'))
      return fail("'{'");
    while (!take('}')) {
      std::string key;
      if (!parseString(key) || !take(':'))
        return fail("a key");
      if (key == "descr") {
        seen[0] = true;
        if (!parseString(header.descr))
          return createStringError("arrays of records are not supported");
      } else if (key == "fortran_order") {
        seen[1] = true;
        header.fortranOrder = takeWord("True");
        if (!header.fortranOrder && !takeWord("False"))
          return fail("True or False");
      } else if (key == "shape") {
        seen[2] = true;
        if (!parseShape(header.shape))
          return fail("a shape");
      } else {
        return createStringError("unknown key '" + key + "' in the header");
      }
      if (!take(',') && !peek('}'))
        return fail("',' or '}'");
    }
    if (!all_of(seen, [](bool each) { return each; }))
      return createStringError("the header is not complete");
    return Error::success();
  }

private:
  void skipSpace() { text = text.ltrim(" \t\n"); }
  bool peek(char wanted) {
    skipSpace();
    return text.starts_with(StringRef(&wanted, 1));
  }
  bool take(char wanted) {
    if (!peek(wanted))
      return false;
    text = text.drop_front();
    return true;
  }
  bool takeWord(StringRef word) {
    skipSpace();
    return text.consume_front(word);
  }
  bool parseString(std::string &result) {
    skipSpace();
    if (text.empty() || (text[0] != '\'' && text[0] != '"'))
      return false;
    size_t end = text.find(text[0], 1);
    if (end == StringRef::npos)
      return false;
    result = text.slice(1, end).str();
    text = text.drop_front(end + 1);
    return true;
  }
  bool parseShape(SmallVectorImpl<int64_t> &shape) {
    if (!take('('))
      return false;
    while (!take(')')) {
      skipSpace();
      int64_t size;
      if (text.consumeInteger(10, size) || size < 0)
        return false;
      text.consume_front("L"); // Python 2
      shape.push_back(size);
      if (!take(',') && !peek(')'))
        return false;
    }
    return true;
  }
  static Error fail(const Twine &wanted) {
    return createStringError("malformed header: expected " + wanted);
  }

  StringRef text;
};

} // namespace

static std::optional<DType> dtypeOf(StringRef kindAndSize) {
  return StringSwitch<std::optional<DType>>(kindAndSize)
      .Case("f2", DType::F16)
      .Case("f4", DType::F32)
      .Case("f8", DType::F64)
      .Case("i1", DType::I8)
      .Case("i2", DType::I16)
      .Case("i4", DType::I32)
      .Case("i8", DType::I64)
      .Case("u1", DType::UI8)
      .Case("u2", DType::UI16)
      .Case("b1", DType::I1)
      .Case("c8", DType::C64)
      .Case("c16", DType::C128)
      .Default(std::nullopt);
}

static StringRef descrOf(DType dtype) {
  switch (dtype) {
  case DType::F16:
    return "<f2";
  case DType::F32:
    return "<f4";
  case DType::F64:
    return "<f8";
  case DType::I8:
    return "|i1";
  case DType::I16:
    return "<i2";
  case DType::I32:
    return "<i4";
  case DType::I64:
    return "<i8";
  case DType::UI8:
    return "|u1";
  case DType::I1:
    return "|b1";
  case DType::C64:
    return "<c8";
  case DType::C128:
    return "<c16";
  case DType::BF16:
  case DType::UI16:
    return "<u2";
  case DType::C32: // NumPy has none: the bits of both parts
    return "<u4";
  }
  return "";
}

static void swapBytes(Tensor &tensor) {
  // The parts of a complex number are numbers of their own.
  int64_t width = byteSize(tensor.dtype);
  if (tensor.dtype == DType::C64 || tensor.dtype == DType::C128)
    width /= 2;
  int64_t end = tensor.numElements() * byteSize(tensor.dtype);
  for (int64_t at = 0; at < end; at += width)
    std::reverse(tensor.data + at, tensor.data + at + width);
}

Expected<TensorRef> minitorch::parseNpy(const Bytes &bytes) {
  StringRef text = bytes.str();
  if (!text.starts_with(kMagic) || text.size() < 10)
    return createStringError("not a NumPy array");
  bool isLong = text[6] >= 2;
  if (text[6] < 1 || text[6] > 3)
    return createStringError("unknown version of the NumPy format");
  size_t start = isLong ? 12 : 10;
  if (text.size() < start)
    return createStringError("truncated header");
  size_t length = isLong ? support::endian::read32le(text.data() + 8)
                         : support::endian::read16le(text.data() + 8);
  if (length > text.size() - start)
    return createStringError("truncated header");

  Header header;
  if (Error error = HeaderParser(text.substr(start, length)).parse(header))
    return std::move(error);
  StringRef descr = header.descr;
  char order = descr.empty() ? 0 : descr[0];
  std::optional<DType> dtype = dtypeOf(descr.drop_front(order ? 1 : 0));
  if (!dtype || !StringRef("<>|=").contains(order))
    return createStringError("NumPy dtype '" + descr + "' is not supported");

  if (header.shape.size() > 64)
    return createStringError("too many dimensions");
  int64_t needed = byteSize(*dtype);
  for (int64_t size : header.shape)
    if (__builtin_mul_overflow(needed, size, &needed))
      return createStringError("the shape is too large");
  text = text.drop_front(start + length);
  if (static_cast<uint64_t>(needed) != text.size())
    return createStringError("%zu bytes of elements instead of %lld",
                             text.size(), static_cast<long long>(needed));

  auto tensor = std::make_shared<Tensor>();
  tensor->dtype = *dtype;
  tensor->sizes = header.shape;
  tensor->strides = contiguousStrides(header.shape);
  tensor->data = const_cast<char *>(text.data());
  tensor->storage = bytes.data;
  bool aligned = reinterpret_cast<uintptr_t>(text.data()) % 16 == 0;
  if (!aligned || order == '>') {
    TensorRef copy = Tensor::allocate(*dtype, header.shape);
    if (!copy)
      return createStringError("out of memory for an array");
    if (!text.empty())
      std::memcpy(copy->data, text.data(), text.size());
    tensor = copy;
  }
  if (order == '>')
    swapBytes(*tensor);
  if (header.fortranOrder) {
    SmallVector<int64_t, 4> reversed(reverse(tensor->sizes));
    SmallVector<int64_t, 4> strides = contiguousStrides(reversed);
    tensor->strides.assign(strides.rbegin(), strides.rend());
  }
  return tensor;
}

std::string minitorch::npyHeader(const Tensor &tensor) {
  std::string literal = ("{'descr': '" + descrOf(tensor.dtype) +
                         "', 'fortran_order': False, 'shape': (")
                            .str();
  for (int64_t size : tensor.sizes)
    literal += std::to_string(size) + ", ";
  if (tensor.sizes.size() > 1)
    literal.resize(literal.size() - 2);
  else if (tensor.sizes.size() == 1)
    literal.pop_back();
  literal += "), }";
  // The elements start at a multiple of 64.
  bool isLong = literal.size() > 60000;
  size_t start = isLong ? 12 : 10;
  size_t end = alignTo(start + literal.size() + 1, 64);
  literal.append(end - start - literal.size() - 1, ' ');
  literal += '\n';

  std::string result = kMagic.str();
  result += isLong ? '\2' : '\1';
  result += '\0';
  for (size_t i = 0; i < start - 8; ++i)
    result += static_cast<char>(literal.size() >> (8 * i));
  return result + literal;
}
