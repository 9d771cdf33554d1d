//===- InputTypes.cpp - Types of arguments as the compiler reads them ---===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "InputTypes.h"
#include "State.h"

#include "MiniTorch/Dialect/Mt/IR/MtOps.h"
#include "MiniTorch/Dialect/Mt/IR/MtRuntimeOps.h"
#include "MiniTorch/Dialect/Mt/IR/TypeNames.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/JSON.h"

using namespace llvm;
using namespace minitorch;

namespace {

/// The leaves of the arguments written so far.
struct Leaves {
  unsigned count = 0;
  std::vector<std::pair<const Tensor *, unsigned>> tensors;
};

/// Writes one parameter's types.
class InputTypeWriter {
public:
  InputTypeWriter(const InputTypeOptions &options, std::string where,
                  Leaves &leaves)
      : options(options), where(std::move(where)), leaves(leaves), os(text) {}

  Error write(mlir::Type declared, const Value &value);
  Error writeDefault(mlir::Type declared, mlir::Attribute attribute);

  std::string text;

private:
  Error writeTensor(mlir::Type declared, const Tensor &tensor);
  Error writeNumber(StringRef kind, const Twine &constant, bool isFixed);
  Error writeText(StringRef value);
  Error writeMember(const Value &member);
  Error writeItems(mlir::Type declared, const Value &value);
  Error mismatch(mlir::Type declared, const Value &value) {
    return createStringError(where + ": expected " + mt::getTypeName(declared) +
                             ", got " + describe(value));
  }

  const InputTypeOptions &options;
  std::string where;
  Leaves &leaves;
  raw_string_ostream os;
};

} // namespace

/// Digits that read back as the same double.
static std::string exactly(double number) {
  if (number != number)
    return "nan";
  if (number - number != 0)
    return number > 0 ? "inf" : "-inf";
  char digits[40];
  std::snprintf(digits, sizeof(digits), "%.17g", number);
  return digits;
}

Error InputTypeWriter::writeNumber(StringRef kind, const Twine &constant,
                                   bool isFixed) {
  os << kind;
  if (isFixed)
    os << ":" << constant;
  else
    ++leaves.count;
  return Error::success();
}

Error InputTypeWriter::writeText(StringRef value) {
  if (!json::isUTF8(value))
    return createStringError(where + ": a str that is not UTF-8 is not "
                                     "supported as an argument");
  os << "str:" << json::Value(value);
  return Error::success();
}

Error InputTypeWriter::writeMember(const Value &member) {
  if (member.fields.size() != 1 || member.items.size() != 1)
    return createStringError(where + ": not a member of an enum");
  const Value &value = member.items[0];
  json::Value inner = nullptr;
  if (value.kind == Value::Kind::Str)
    inner = value.text;
  else if (value.kind == Value::Kind::Int)
    inner = value.integer;
  else if (value.kind == Value::Kind::Float &&
           value.real - value.real == 0) // JSON has no infinities
    inner = json::Object{{"float", value.real}};
  else
    return createStringError(where + ": the value of " + describe(member) +
                             " is no number and no str");
  std::string text;
  raw_string_ostream(text) << json::Value(json::Array{
      member.text, member.fields[0], std::move(inner), member.integer != 0});
  if (!json::isUTF8(text))
    return createStringError(where + ": a str that is not UTF-8 is not "
                                     "supported as an argument");
  os << "enum:" << json::Value(text);
  return Error::success();
}

Error InputTypeWriter::writeTensor(mlir::Type declared, const Tensor &tensor) {
  bool hasStrides = options.givesMemory && !tensor.hasNewStrides();
  // What follows from strides, does so for these sizes.
  bool isDynamic = options.isDynamic && !hasStrides;
  for (int64_t size : tensor.sizes) {
    if (isDynamic)
      os << "?";
    if (!isDynamic || options.givesExamples)
      os << size;
    os << "x";
  }
  os << toWord(tensor.dtype);
  if (hasStrides)
    for (int64_t stride : tensor.strides)
      os << "/" << stride;
  if (options.givesMemory)
    for (auto [other, leaf] : leaves.tensors)
      if (areSameMemory(*other, tensor)) {
        os << "@" << leaf;
        return Error::success();
      }
  leaves.tensors.emplace_back(&tensor, leaves.count++);
  return Error::success();
}

Error InputTypeWriter::writeItems(mlir::Type declared, const Value &value) {
  bool isPlain =
      options.matching == Matching::Plain && value.kind == Value::Kind::Tuple;
  auto list = dyn_cast<mt::ListType>(declared);
  auto tuple = dyn_cast<mt::TupleType>(declared);
  auto dict = dyn_cast<mt::DictType>(declared);
  bool isAny = isa<mt::AnyType>(declared);
  if ((list || isAny) &&
      (value.kind == Value::Kind::List || (list && isPlain))) {
    os << "[";
  } else if ((tuple || isAny) && (value.kind == Value::Kind::Tuple ||
                                  value.kind == Value::Kind::NamedTuple)) {
    if (tuple && tuple.getTypes().size() != value.items.size())
      return mismatch(declared, value);
    os << "(";
  } else if ((dict || isAny) && value.kind == Value::Kind::Dict) {
    os << "{";
    for (size_t i = 0; i + 1 < value.items.size(); i += 2) {
      if (value.items[i].kind != Value::Kind::Str)
        return createStringError(where + ": a dict whose keys are not str is "
                                         "not supported as an argument");
      os << (i ? ", " : "") << value.items[i].text << ": ";
      if (Error error =
              write(dict ? dict.getValueType() : declared, value.items[i + 1]))
        return error;
    }
    os << "}";
    return Error::success();
  } else {
    return mismatch(declared, value);
  }
  for (auto [i, item] : enumerate(value.items)) {
    mlir::Type type = list    ? list.getElementType()
                      : tuple ? mlir::Type(tuple.getTypes()[i])
                              : declared;
    os << (i ? ", " : "");
    if (Error error = write(type, item))
      return error;
  }
  bool isList = list || value.kind == Value::Kind::List;
  os << (isList ? "]" : ")");
  return Error::success();
}

Error InputTypeWriter::write(mlir::Type declared, const Value &value) {
  if (options.isBoxed) {
    os << "boxed";
    return Error::success();
  }
  if (auto optional = dyn_cast<mt::OptionalType>(declared)) {
    if (value.kind == Value::Kind::None || value.kind == Value::Kind::Absent) {
      os << "none";
      return Error::success();
    }
    return write(optional.getElementType(), value);
  }

  bool isAny = isa<mt::AnyType>(declared);
  bool isNumber = isa<mt::NumberType>(declared);
  bool isFloat = declared.isF64(), isInt = declared.isInteger(64),
       isBool = declared.isInteger(1);
  switch (value.kind) {
  case Value::Kind::Tensor:
    if (isa<mt::TensorType>(declared) || isAny)
      return writeTensor(declared, *value.tensor);
    // The plain form has numbers as tensors of rank 0.
    if (options.matching == Matching::Plain && value.tensor->sizes.empty() &&
        (isFloat || isInt || isBool || isNumber)) {
      DType dtype = value.tensor->dtype;
      bool isReal = dtype == DType::F32 || dtype == DType::F64;
      bool wantsFloat = isFloat || (isNumber && isReal);
      if (isReal && !wantsFloat)
        return mismatch(declared, value);
      return writeNumber(isBool       ? "bool"
                         : wantsFloat ? "float"
                                      : "int",
                         "", /*isFixed=*/false);
    }
    return mismatch(declared, value);
  case Value::Kind::Bool:
    if (isBool || isAny || isNumber)
      return writeNumber("bool", value.integer ? "true" : "false",
                         options.fixNumbers);
    [[fallthrough]];
  case Value::Kind::Int:
    if (isInt || isAny || isNumber)
      return writeNumber("int", Twine(value.integer), options.fixNumbers);
    if (isFloat)
      return writeNumber("float", exactly(value.integer), options.fixNumbers);
    return mismatch(declared, value);
  case Value::Kind::Float:
    if (isFloat || isAny || isNumber)
      return writeNumber("float", exactly(value.real), options.fixNumbers);
    return mismatch(declared, value);
  case Value::Kind::Str:
    if (isa<mt::StrType>(declared) || isAny)
      return writeText(value.text);
    return mismatch(declared, value);
  case Value::Kind::None:
    if (!isa<mt::NoneType>(declared) && !isAny)
      return mismatch(declared, value);
    os << "none";
    return Error::success();
  case Value::Kind::List:
  case Value::Kind::Tuple:
  case Value::Kind::NamedTuple:
  case Value::Kind::Dict:
    return writeItems(declared, value);
  case Value::Kind::Absent:
    return createStringError(where + " is missing: expected " +
                             mt::getTypeName(declared));
  case Value::Kind::Enum:
    if (auto type = dyn_cast<mt::EnumType>(declared);
        isAny || (type && isSameClass(type.getClassName(), value.text)))
      return writeMember(value);
    return mismatch(declared, value);
  case Value::Kind::Complex:
  case Value::Kind::Device:
  case Value::Kind::DType:
  case Value::Kind::Object:
    return createStringError(where + ": " + describe(value) +
                             " is not supported as an argument");
  }
  return Error::success();
}

Error InputTypeWriter::writeDefault(mlir::Type declared,
                                    mlir::Attribute attribute) {
  if (isa<mlir::UnitAttr>(attribute)) {
    os << "none";
    return Error::success();
  }
  if (auto boolean = dyn_cast<mlir::BoolAttr>(attribute))
    return writeNumber("bool", boolean.getValue() ? "true" : "false", true);
  if (auto integer = dyn_cast<mlir::IntegerAttr>(attribute))
    return writeNumber("int", Twine(integer.getInt()), true);
  if (auto real = dyn_cast<mlir::FloatAttr>(attribute))
    return writeNumber("float", exactly(real.getValueAsDouble()), true);
  if (auto string = dyn_cast<mlir::StringAttr>(attribute);
      string && !isa<mt::DeviceType>(declared))
    return writeText(string.getValue());
  if (mt::EnumMember::of(attribute))
    return writeMember(valueOf(attribute, mlir::Type()));
  os << "default";
  return Error::success();
}

/// What an argument may hold so that each part is a leaf of its own, or the
/// text a constant; the time to compile grows with both.
static constexpr size_t kMaxLeaves = 64, kMaxText = 256;

/// Whether that is too much, counted in `left`.
static bool isLong(const Value &value, size_t &left) {
  if (value.kind == Value::Kind::Str && value.text.size() > kMaxText)
    return true;
  if (value.items.size() > left)
    return true;
  if (value.items.empty())
    return left-- == 0;
  return any_of(value.items,
                [&](const Value &item) { return isLong(item, left); });
}

static std::string parameterName(mlir::func::FuncOp method, unsigned skipped,
                                 unsigned i) {
  auto name = method.getArgAttrOfType<mlir::StringAttr>(i + skipped, "mt.name");
  return name ? name.str() : "arg" + std::to_string(i);
}

Expected<std::string> minitorch::defaultType(mlir::func::FuncOp method,
                                             unsigned i) {
  mlir::Attribute fallback = method.getArgAttr(i, "mt.default");
  if (!fallback)
    return "missing";
  InputTypeOptions options;
  Leaves leaves;
  InputTypeWriter writer(
      options, "argument '" + parameterName(method, 0, i) + "'", leaves);
  if (Error error = writer.writeDefault(method.getArgumentTypes()[i], fallback))
    return std::move(error);
  return writer.text;
}

Expected<std::string> minitorch::inputTypes(mlir::func::FuncOp method,
                                            unsigned skipped,
                                            const CallRequest &request,
                                            const InputTypeOptions &options) {
  unsigned count = method.getNumArguments() - skipped;
  if (request.args.size() > count)
    return createStringError("expected at most %u argument%s, got %zu", count,
                             count == 1 ? "" : "s", request.args.size());
  std::vector<std::string> names;
  for (unsigned i = 0; i < count; ++i)
    names.push_back(parameterName(method, skipped, i));
  for (const auto &entry : request.kwargs)
    if (!is_contained(names, entry.first))
      return createStringError("no parameter named '" + entry.first + "'");

  std::string result;
  Leaves leaves;
  for (unsigned i = 0; i < count; ++i) {
    const Value *value = nullptr;
    if (i < request.args.size() && request.args[i].kind != Value::Kind::Absent)
      value = &request.args[i];
    for (const auto &[name, named] : request.kwargs) {
      if (name != names[i])
        continue;
      if (value)
        return createStringError("argument '" + name + "' is given twice");
      value = &named;
    }
    InputTypeWriter writer(options, "argument '" + names[i] + "'", leaves);
    mlir::Attribute fallback = method.getArgAttr(i + skipped, "mt.default");
    static const Value absent = Value::absent();
    mlir::Type declared = method.getArgumentTypes()[i + skipped];
    size_t left = kMaxLeaves;
    if (value && isLong(*value, left)) {
      result += i ? ", boxed" : "boxed";
      continue;
    }
    Error error = !value && fallback
                      ? writer.writeDefault(declared, fallback)
                      : writer.write(declared, value ? *value : absent);
    if (error)
      return std::move(error);
    result += i ? ", " : "";
    result += writer.text;
  }
  return result;
}
