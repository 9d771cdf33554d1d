//===- OperandErrors.cpp - Operands that operators refuse -------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MiniTorch/Dialect/Mt/IR/OperandErrors.h"
#include "TypeRules/Operands.h"
#include "mlir/Dialect/Complex/IR/Complex.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/raw_ostream.h"
#include <algorithm>
#include <cmath>

using namespace mlir;
using namespace minitorch::mt;

static constexpr OperandCheck lines[] = {
#include "MiniTorch/Dialect/Mt/IR/OperandErrors.cpp.inc"
};

//===----------------------------------------------------------------------===//
// Terms
//===----------------------------------------------------------------------===//

static bool isName(llvm::StringRef text) {
  return !text.empty() && !llvm::isDigit(text.front()) &&
         llvm::all_of(text,
                      [](char c) { return llvm::isAlnum(c) || c == '_'; });
}

std::optional<OperandTerm>
minitorch::mt::parseOperandTerm(llvm::StringRef text) {
  OperandTerm term{OperandTerm::Literal, ""};
  std::tie(text, term.divisor) = text.split('%');
  if (!text.getAsDouble(term.literal))
    return term;
  term.name = text;
  for (auto [prefix, kind] : {std::pair("len(", OperandTerm::Length),
                              std::pair("min(", OperandTerm::Least)})
    if (term.name.consume_front(prefix) && term.name.consume_back(")")) {
      term.kind = kind;
      return term;
    }
  if (text.ends_with("]")) {
    auto [list, index] = text.drop_back().split('[');
    term.name = list;
    term.kind = OperandTerm::Item;
    if (index.getAsInteger(10, term.index))
      return std::nullopt;
    return term;
  }
  auto [name, method] = text.split('.');
  term.name = name;
  if (!isName(name))
    return std::nullopt;
  if (method.empty())
    term.kind = OperandTerm::Number;
  else if (method == "dim()")
    term.kind = OperandTerm::Rank;
  else if (method == "numel()")
    term.kind = OperandTerm::Count;
  else if (method.consume_front("size(") && method.consume_back(")") &&
           (isName(method) || !method.getAsInteger(10, term.index))) {
    term.kind = OperandTerm::Size;
    term.indexName = isName(method) ? method : llvm::StringRef();
  } else {
    return std::nullopt;
  }
  return term;
}

std::optional<OperandTerm> minitorch::mt::getDivisor(const OperandTerm &term) {
  return term.divisor.empty() ? std::nullopt : parseOperandTerm(term.divisor);
}

std::optional<OperandComparison>
minitorch::mt::parseOperandComparison(llvm::StringRef text) {
  size_t at = text.find_first_of("=!<>");
  if (at == llvm::StringRef::npos)
    return std::nullopt;
  size_t end = text.find_first_not_of("=!<>", at);
  OperandComparison comparison{{}, {}, text.slice(at, end)};
  for (auto [sum, terms] : {std::pair(text.take_front(at), &comparison.left),
                            std::pair(text.substr(end), &comparison.right)})
    for (llvm::StringRef part : llvm::split(sum, '+')) {
      std::optional<OperandTerm> term = parseOperandTerm(part);
      if (!term)
        return std::nullopt;
      terms->push_back(*term);
    }
  return comparison;
}

Value minitorch::mt::getNamedOperand(Operation *op, const Schema &schema,
                                     llvm::StringRef name) {
  int index = schema.getArgumentIndex(name);
  // Names differ in a few schemas; self comes first in all.
  if (index < 0 && name == "self")
    index = 0;
  return index >= 0 && index < static_cast<int>(op->getNumOperands())
             ? op->getOperand(index)
             : Value();
}

/// The shape that a name stands for; unknown where it is no tensor.
static TensorShape getNamedShape(Operation *op, const Schema &schema,
                                 llvm::StringRef name) {
  Type type;
  if (name == "result" && op->getNumResults())
    type = op->getResult(0).getType();
  else if (Value operand = getNamedOperand(op, schema, name))
    type = operand.getType();
  return type ? TensorShape::of(type).value_or(TensorShape()) : TensorShape();
}

Type minitorch::mt::getNamedDtype(Operation *op, const Schema &schema,
                                  llvm::StringRef name) {
  if (name == "Long")
    return IntegerType::get(op->getContext(), 64);
  return getNamedShape(op, schema, name).dtype;
}

/// A term that is about a list.
static std::optional<double> getListTerm(Value list, const OperandTerm &term) {
  std::optional<llvm::SmallVector<int64_t>> ints = getIntList(list);
  if (!ints) {
    std::optional<llvm::SmallVector<Value>> elements = getListElements(list);
    if (!elements || term.kind != OperandTerm::Length)
      return std::nullopt;
    return elements->size();
  }
  if (term.kind == OperandTerm::Length)
    return ints->size();
  if (term.kind == OperandTerm::Item) {
    if (term.index >= static_cast<int64_t>(ints->size()))
      return std::nullopt;
    int64_t item = (*ints)[term.index];
    return ShapedType::isDynamic(item) ? std::nullopt
                                       : std::optional<double>(item);
  }
  if (ints->empty() || llvm::is_contained(*ints, ShapedType::kDynamic))
    return std::nullopt;
  return *llvm::min_element(*ints);
}

std::optional<double> minitorch::mt::getOperandTerm(Operation *op,
                                                    const Schema &schema,
                                                    const OperandTerm &term) {
  if (std::optional<OperandTerm> divisor = getDivisor(term)) {
    OperandTerm dividend = term;
    dividend.divisor = {};
    std::optional<double> a = getOperandTerm(op, schema, dividend);
    std::optional<double> b = getOperandTerm(op, schema, *divisor);
    return a && b && *b != 0 ? std::optional(std::fmod(*a, *b)) : std::nullopt;
  }
  if (term.kind == OperandTerm::Literal)
    return term.literal;
  if (llvm::is_contained({OperandTerm::Number, OperandTerm::Length,
                          OperandTerm::Item, OperandTerm::Least},
                         term.kind)) {
    Value operand = getNamedOperand(op, schema, term.name);
    if (!operand)
      return std::nullopt;
    return term.kind == OperandTerm::Number ? getConstantFloat(operand)
                                            : getListTerm(operand, term);
  }
  TensorShape shape = getNamedShape(op, schema, term.name);
  if (!shape.hasRank)
    return std::nullopt;
  if (term.kind == OperandTerm::Rank)
    return shape.getRank();
  if (term.kind == OperandTerm::Size) {
    std::optional<int64_t> dim = term.index;
    if (!term.indexName.empty()) {
      Value operand = getNamedOperand(op, schema, term.indexName);
      dim = operand ? getConstantInt(operand) : std::nullopt;
    }
    dim = dim ? wrapDim(*dim, shape.getRank()) : dim;
    if (!dim || shape.getRank() == 0 ||
        ShapedType::isDynamic(shape.sizes[*dim]))
      return std::nullopt;
    return shape.sizes[*dim];
  }
  double count = 1;
  for (int64_t size : shape.sizes) {
    if (size == 0)
      return 0;
    count *= ShapedType::isDynamic(size) ? std::nan("") : size;
  }
  return std::isnan(count) ? std::nullopt : std::optional<double>(count);
}

//===----------------------------------------------------------------------===//
// Conditions
//===----------------------------------------------------------------------===//

ElementRange minitorch::mt::getElementRange(Type dtype) {
  constexpr double inf = std::numeric_limits<double>::infinity();
  constexpr double maxFloat = std::numeric_limits<float>::max();
  if (auto complex = llvm::dyn_cast<ComplexType>(dtype))
    return complex.getElementType().isF32()
               ? ElementRange{"c10::complex<float>", -maxFloat, maxFloat}
               : ElementRange{"c10::complex<double>", -inf, inf};
  if (dtype.isF16())
    return {"c10::Half", -65504, 65504};
  if (dtype.isBF16())
    return {"c10::BFloat16", -0x1.fep127, 0x1.fep127};
  if (dtype.isF32())
    return {"float", -maxFloat, maxFloat};
  if (dtype.isUnsignedInteger(8))
    return {"uint8_t", -255, 255}; // negative ones wrap
  if (dtype.isInteger(8))
    return {"int8_t", -128, 127};
  if (dtype.isInteger(16))
    return {"int16_t", -0x1p15, 0x1p15 - 1};
  if (dtype.isInteger(32))
    return {"int", -0x1p31, 0x1p31 - 1};
  if (dtype.isInteger(64)) // PyTorch compares with the bound as a double
    return {"int64_t", -0x1p63, 0x1p63};
  return {dtype.isInteger(1) ? "bool" : "double", -inf, inf};
}

/// Whether a number of type `from` is none of `dtype`'s elements.
static bool overflows(double number, bool isFloat, Type dtype) {
  if (dtype.isInteger(1) || (!isFloat && dtype.isInteger(64)))
    return false;
  if (!std::isfinite(number))
    return llvm::isa<IntegerType>(dtype);
  ElementRange range = getElementRange(dtype);
  return number < range.least || number > range.most ||
         (isFloat && dtype.isUnsignedInteger() && number < 0);
}

/// overflows(NUMBER,TENSOR)
static std::optional<bool> holdsOverflow(Operation *op, const Schema &schema,
                                         llvm::StringRef operands) {
  auto [number, tensor] = operands.split(',');
  Value value = getNamedOperand(op, schema, number);
  Type dtype = getNamedDtype(op, schema, tensor);
  if (!value || !dtype)
    return std::nullopt;
  if (isNone(value))
    return false;
  if (std::optional<ConstantNumber> known = getConstantNumber(value))
    return overflows(*getConstantFloat(value),
                     known->kind == ConstantNumber::Float, dtype);
  auto constant = value.getDefiningOp<complex::ConstantOp>();
  if (!constant) {
    bool isReal = value.getType().isF64() || value.getType().isInteger(64);
    bool takesAll = isReal && std::isinf(getElementRange(dtype).most);
    takesAll |= value.getType().isInteger(64) && dtype.isInteger(64);
    return takesAll || dtype.isInteger(1) ? std::optional<bool>(false)
                                          : std::nullopt;
  }
  bool isComplex = llvm::isa<ComplexType>(dtype);
  auto part = [&](unsigned i) {
    return llvm::cast<FloatAttr>(constant.getValue()[i]).getValueAsDouble();
  };
  return overflows(part(0), true, dtype) ||
         (isComplex ? overflows(part(1), true, dtype)
                    : part(1) != 0 && !dtype.isInteger(1));
}

static bool isInteger(Type dtype) {
  return llvm::isa<IntegerType>(dtype) && !dtype.isInteger(1);
}

static bool compare(double left, llvm::StringRef predicate, double right) {
  return predicate == "="    ? left == right
         : predicate == "!=" ? left != right
         : predicate == "<"  ? !(left >= right)
         : predicate == "<=" ? !(left > right)
         : predicate == ">"  ? !(left <= right)
                             : !(left < right);
}

/// The first number of a dim or a list of dims that a tensor of this rank has
/// not.
static std::optional<int64_t> findOutside(Value dims, int64_t rank) {
  std::optional<llvm::SmallVector<int64_t>> known = getIntList(dims);
  if (!known)
    return std::nullopt;
  for (int64_t dim : *known)
    if (!ShapedType::isDynamic(dim) && (rank == 0 || !wrapDim(dim, rank)))
      return dim;
  return std::nullopt;
}

/// outside(DIMS,TENSOR)
static std::optional<bool> holdsOutside(Operation *op, const Schema &schema,
                                        llvm::StringRef operands,
                                        std::string *message = nullptr) {
  auto [name, tensor] = operands.split(',');
  Value dims = getNamedOperand(op, schema, name);
  TensorShape shape = getNamedShape(op, schema, tensor);
  if (!dims || !shape.hasRank)
    return std::nullopt;
  int64_t rank = shape.getRank();
  std::optional<int64_t> dim =
      isNone(dims) ? std::nullopt : findOutside(dims, rank);
  if (dim && message && rank == 0)
    *message = "Dimension specified as " + std::to_string(*dim) +
               " but tensor has no dimensions";
  else if (dim && message)
    *message = "Dimension out of range (expected to be in range of [" +
               std::to_string(-rank) + ", " + std::to_string(rank - 1) +
               "], but got " + std::to_string(*dim) + ")";
  return dim.has_value();
}

/// repeated(DIMS,TENSOR), repeated(DIMS)
static std::optional<bool> holdsRepeated(Operation *op, const Schema &schema,
                                         llvm::StringRef operands) {
  auto [name, tensor] = operands.split(',');
  Value list = getNamedOperand(op, schema, name);
  std::optional<llvm::SmallVector<int64_t>> dims;
  if (list)
    dims = getIntList(list);
  if (!dims)
    return std::nullopt;
  int64_t rank = dims->size();
  if (!tensor.empty()) {
    TensorShape shape = getNamedShape(op, schema, tensor);
    if (!shape.hasRank)
      return std::nullopt;
    rank = shape.getRank();
  }
  llvm::SmallVector<int64_t> seen;
  for (int64_t dim : *dims) {
    if (ShapedType::isDynamic(dim))
      return std::nullopt;
    dim += dim < 0 ? rank : 0;
    if (llvm::is_contained(seen, dim))
      return true;
    seen.push_back(dim);
  }
  return false;
}

std::optional<llvm::SmallVector<int64_t>>
minitorch::mt::getOpenDims(Operation *op, const Schema &schema,
                           llvm::StringRef operands) {
  llvm::SmallVector<llvm::StringRef, 3> names;
  operands.split(names, ',');
  TensorShape a = getNamedShape(op, schema, names[0]);
  TensorShape b = getNamedShape(op, schema, names[1]);
  if (!a.hasRank || !b.hasRank || a.getRank() != b.getRank())
    return std::nullopt;
  std::optional<int64_t> except;
  if (names.size() > 2) {
    Value dim = getNamedOperand(op, schema, names[2]);
    except = dim ? getConstantInt(dim) : std::nullopt;
    if (!except)
      return std::nullopt;
    except = wrapDim(*except, a.getRank());
  }
  llvm::SmallVector<int64_t> open;
  for (int64_t dim = 0; dim < a.getRank(); ++dim) {
    int64_t x = a.sizes[dim], y = b.sizes[dim];
    if (dim == except)
      continue;
    if (ShapedType::isDynamic(x) || ShapedType::isDynamic(y))
      open.push_back(dim);
    else if (x != y)
      return std::nullopt;
  }
  return open;
}

/// differ(TENSOR,TENSOR), differ(TENSOR,TENSOR,DIM)
static std::optional<bool> holdsDiffer(Operation *op, const Schema &schema,
                                       llvm::StringRef operands) {
  for (llvm::StringRef name : llvm::split(operands, ','))
    if (Value operand = getNamedOperand(op, schema, name);
        operand && isNone(operand))
      return false;
  if (auto open = getOpenDims(op, schema, operands))
    return open->empty() ? std::optional<bool>(false) : std::nullopt;
  llvm::SmallVector<llvm::StringRef, 3> names;
  operands.split(names, ',');
  bool isKnown = getNamedShape(op, schema, names[0]).hasRank &&
                 getNamedShape(op, schema, names[1]).hasRank;
  if (isKnown && names.size() > 2) {
    Value dim = getNamedOperand(op, schema, names[2]);
    isKnown = dim && getConstantInt(dim);
  }
  return isKnown ? std::optional<bool>(true) : std::nullopt;
}

static std::optional<double> getSum(Operation *op, const Schema &schema,
                                    llvm::ArrayRef<OperandTerm> terms) {
  double sum = 0;
  for (const OperandTerm &term : terms) {
    std::optional<double> value = getOperandTerm(op, schema, term);
    if (!value)
      return std::nullopt;
    sum += *value;
  }
  return sum;
}

/// Whether there is no such number: of None, or of a list that is too short.
static bool isMissing(Operation *op, const Schema &schema,
                      const OperandTerm &term) {
  Value operand = getNamedOperand(op, schema, term.name);
  if (!operand || isNone(operand))
    return operand != nullptr;
  if (term.kind != OperandTerm::Item && term.kind != OperandTerm::Least)
    return false;
  std::optional<llvm::SmallVector<int64_t>> ints = getIntList(operand);
  return ints && static_cast<int64_t>(ints->size()) <= term.index;
}

/// Whether a type is Python's of that name.
static bool isNumber(Type type, llvm::StringRef name) {
  return name == "float"     ? type.isF64()
         : name == "int"     ? type.isInteger(64)
         : name == "bool"    ? type.isInteger(1)
         : name == "complex" ? llvm::isa<ComplexType>(type)
                             : false;
}

/// OPERAND=WORD: None, True, False, or a string.
static std::optional<bool> isWord(Value operand, llvm::StringRef word) {
  if (word == "None") {
    if (llvm::isa<OptionalType, AnyType>(operand.getType()))
      return std::nullopt;
    return isNone(operand);
  }
  if (word == "True" || word == "False") {
    std::optional<bool> flag = getConstantBool(operand);
    return flag ? std::optional<bool>(*flag == (word == "True")) : std::nullopt;
  }
  std::optional<llvm::StringRef> text = getConstantStr(operand);
  return text ? std::optional<bool>(*text == word) : std::nullopt;
}

static std::optional<bool> holdsOne(Operation *op, const Schema &schema,
                                    llvm::StringRef condition) {
  if (condition.consume_front("overflows("))
    return holdsOverflow(op, schema, condition.drop_back());
  if (condition.consume_front("outside("))
    return holdsOutside(op, schema, condition.drop_back());
  if (condition.consume_front("repeated("))
    return holdsRepeated(op, schema, condition.drop_back());
  if (condition.consume_front("differ("))
    return holdsDiffer(op, schema, condition.drop_back());
  // The same tensor; memory that two share is the runtime's business.
  if (condition.consume_front("overlaps(")) {
    auto [written, read] = condition.drop_back().split(',');
    Value a = getNamedOperand(op, schema, written);
    Value b = getNamedOperand(op, schema, read);
    return a && b && a == b;
  }
  if (condition.consume_front("dtype(")) {
    auto [names, wanted] = condition.split(')');
    Type dtype = getNamedShape(op, schema, names).dtype;
    if (!dtype)
      return std::nullopt;
    bool isEqual = wanted.consume_front("=");
    wanted.consume_front("!=");
    if (wanted.consume_front("dtype(")) {
      Type other = getNamedShape(op, schema, wanted.drop_back()).dtype;
      return other ? std::optional<bool>((dtype == other) == isEqual)
                   : std::nullopt;
    }
    bool is =
        wanted == "integers" ? isInteger(dtype) : getDtypeName(dtype) == wanted;
    return is == isEqual;
  }
  auto [typed, typeName] = condition.split(':');
  if (!typeName.empty()) {
    Value operand = getNamedOperand(op, schema, typed);
    return operand && isNumber(operand.getType(), typeName);
  }
  std::optional<OperandComparison> comparison =
      parseOperandComparison(condition);
  if (!comparison)
    return std::nullopt;
  const OperandTerm &right = comparison->right.front();
  if (right.kind == OperandTerm::Number &&
      schema.getArgumentIndex(right.name) < 0) {
    Value operand = getNamedOperand(op, schema, comparison->left.front().name);
    std::optional<bool> is =
        operand ? isWord(operand, right.name) : std::nullopt;
    return is ? std::optional<bool>(*is == (comparison->predicate == "="))
              : std::nullopt;
  }
  std::optional<double> a = getSum(op, schema, comparison->left);
  std::optional<double> b = getSum(op, schema, comparison->right);
  if (a && b)
    return compare(*a, comparison->predicate, *b);
  for (const auto *terms : {&comparison->left, &comparison->right})
    for (const OperandTerm &term : *terms)
      if (isMissing(op, schema, term))
        return false;
  return std::nullopt;
}

std::optional<bool> minitorch::mt::holds(Operation *op, const Schema &schema,
                                         llvm::StringRef conditions) {
  std::optional<bool> all = true;
  for (llvm::StringRef condition : llvm::split(conditions, '&')) {
    if (condition.empty())
      continue;
    std::optional<bool> one = holdsOne(op, schema, condition);
    if (one == false)
      return false;
    if (!one)
      all = std::nullopt;
  }
  return all;
}

//===----------------------------------------------------------------------===//
// Errors
//===----------------------------------------------------------------------===//

/// What a placeholder stands for, besides numbers; empty for those.
static std::string getWords(Operation *op, const Schema &schema,
                            llvm::StringRef key,
                            llvm::SmallVectorImpl<OperandTerm> &open) {
  if (key == "op")
    return llvm::StringRef(schema.name)
        .split("::")
        .second.split('.')
        .first.str();
  if (key.consume_front("dtype("))
    return getDtypeName(getNamedShape(op, schema, key.drop_back()).dtype).str();
  if (key.consume_front("type("))
    return getDtypeTypeName(getNamedShape(op, schema, key.drop_back()).dtype)
        .str();
  if (key.consume_front("outside(")) {
    std::string text;
    holdsOutside(op, schema, key.drop_back(), &text);
    return text;
  }
  if (key.consume_front("wrap(")) {
    auto [name, tensor] = key.drop_back().split(',');
    Value operand = getNamedOperand(op, schema, name);
    std::optional<int64_t> dim =
        operand ? getConstantInt(operand) : std::nullopt;
    TensorShape shape = getNamedShape(op, schema, tensor);
    if (dim && shape.hasRank)
      dim = wrapDim(*dim, shape.getRank());
    return dim ? std::to_string(*dim) : "?";
  }
  if (key.consume_front("element("))
    return getElementRange(getNamedShape(op, schema, key.drop_back()).dtype)
        .type.str();
  if (key.consume_front("list(")) {
    Value operand = getNamedOperand(op, schema, key.drop_back());
    std::optional<llvm::SmallVector<int64_t>> ints;
    if (operand)
      ints = getIntList(operand);
    return ints ? type_rules::describe(*ints) : "?";
  }
  if (!key.consume_back(".sizes()"))
    return "";
  TensorShape shape = getNamedShape(op, schema, key);
  std::string text;
  llvm::raw_string_ostream os(text);
  os << '[';
  for (int64_t dim = 0; dim < shape.getRank(); ++dim) {
    os << (dim ? ", " : "");
    if (!ShapedType::isDynamic(shape.sizes[dim])) {
      os << shape.sizes[dim];
      continue;
    }
    os << "{}";
    open.push_back({OperandTerm::Size, key, dim, {}});
  }
  os << ']';
  return text;
}

/// As C++ prints numbers.
static std::string printNumber(double number) {
  std::string text;
  llvm::raw_string_ostream os(text);
  if (std::isnan(number))
    os << (std::signbit(number) ? "-nan" : "nan");
  else if (number == std::floor(number) && std::abs(number) < 0x1p62)
    os << static_cast<int64_t>(number);
  else
    os << llvm::format("%g", number);
  return text;
}

std::string
minitorch::mt::getOperandMessage(Operation *op, const Schema &schema,
                                 llvm::StringRef message,
                                 llvm::SmallVectorImpl<OperandTerm> &open) {
  std::string text;
  while (!message.empty()) {
    size_t at = message.find_first_of("{}");
    text += message.take_front(at);
    message = message.substr(at);
    if (message.empty())
      break;
    // Twice, a brace stands for itself.
    if (message.size() > 1 && message[0] == message[1]) {
      text += message[0];
      message = message.drop_front(2);
      continue;
    }
    auto [key, after] = message.drop_front().split('}');
    message = after;
    if (std::string words = getWords(op, schema, key, open); !words.empty()) {
      text += words;
      continue;
    }
    std::optional<OperandTerm> term = parseOperandTerm(key);
    if (!term)
      continue;
    if (std::optional<double> number = getOperandTerm(op, schema, *term)) {
      text += printNumber(*number);
      continue;
    }
    text += "{}";
    open.push_back(*term);
  }
  return text;
}

llvm::ArrayRef<OperandCheck>
minitorch::mt::getOperandChecks(llvm::StringRef name) {
  struct ByName {
    bool operator()(const OperandCheck &line, llvm::StringRef name) const {
      return line.name < name;
    }
    bool operator()(llvm::StringRef name, const OperandCheck &line) const {
      return name < line.name;
    }
  };
  auto [begin, end] =
      std::equal_range(std::begin(lines), std::end(lines), name, ByName());
  return {begin, end};
}

llvm::SmallVector<OperandCheck, 2>
minitorch::mt::getOperandChecks(const Schema &schema) {
  llvm::SmallVector<OperandCheck, 2> checks(getOperandChecks(schema.name));
  if (const Schema *functional =
          schema.isMutating() ? getFunctionalSchema(schema) : nullptr)
    llvm::append_range(checks, getOperandChecks(functional->name));
  return checks;
}

bool minitorch::mt::refusesOverlap(const Schema &schema, unsigned i) {
  if (!schema.isMutating() || i >= schema.arguments.size())
    return false;
  std::string condition = "overlaps(" + schema.arguments[0].name + "," +
                          schema.arguments[i].name + ")";
  return llvm::any_of(
      getOperandChecks(schema.name),
      [&](const OperandCheck &check) { return check.conditions == condition; });
}

std::optional<OperandCheck> minitorch::mt::getFailedCheck(Operation *op) {
  const Schema *schema = lookupSchema(op);
  if (!schema)
    return std::nullopt;
  // One in front of it that may fail, too, would have another message.
  for (const OperandCheck &check : getOperandChecks(*schema))
    if (holds(op, *schema, check.conditions) == true)
      return check;
  return std::nullopt;
}
