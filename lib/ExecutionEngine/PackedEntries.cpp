//===- PackedEntries.cpp - One calling convention for all functions -----===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

//
// MLIR's C interface passes memrefs as pointers to descriptors and numbers as
// they are. Results that are memrefs, or several, go through a pointer that is
// the first argument. The packed entry puts slots in front of that.
//
//===----------------------------------------------------------------------===//

#include "PackedEntries.h"

#include "llvm/IR/IRBuilder.h"

using namespace llvm;

std::string minitorch::packedEntryName(StringRef function) {
  return ("mt_invoke_" + function).str();
}

/// A descriptor starts with its two pointers; a pack of several results starts
/// with a descriptor or a number.
static bool isDescriptor(Type *type) {
  auto *structType = dyn_cast<StructType>(type);
  return structType && structType->getNumElements() != 0 &&
         structType->getElementType(0)->isPointerTy();
}

/// A bool takes a byte in its slot.
static Type *slotType(Type *type) {
  return type->isIntegerTy(1) ? Type::getInt8Ty(type->getContext()) : type;
}

static Value *loadSlot(IRBuilder<> &builder, Value *address, Type *type) {
  Value *value = builder.CreateLoad(slotType(type), address);
  return type->isIntegerTy(1) ? builder.CreateTrunc(value, type) : value;
}

static void storeSlot(IRBuilder<> &builder, Value *value, Value *address) {
  Type *type = slotType(value->getType());
  if (type != value->getType())
    value = builder.CreateZExt(value, type);
  builder.CreateStore(value, address);
}

Error minitorch::addPackedEntry(Module &module, StringRef function,
                                std::optional<unsigned> numResults) {
  std::string name = packedEntryName(function);
  Function *present = module.getFunction(name);
  if (present && !present->isDeclaration())
    return Error::success();

  Function *callee = module.getFunction(function);
  Function *wrapper = module.getFunction(("_mlir_ciface_" + function).str());
  if (!callee || !wrapper || wrapper->isDeclaration())
    return createStringError("function '" + function +
                             "' has no C interface (run "
                             "llvm-request-c-wrappers before converting to the "
                             "LLVM dialect)");

  LLVMContext &context = module.getContext();
  Type *pointer = PointerType::getUnqual(context);
  auto *type = FunctionType::get(Type::getVoidTy(context), {pointer}, false);
  Function *entry =
      present
          ? present
          : Function::Create(type, GlobalValue::ExternalLinkage, name, module);
  IRBuilder<> builder(BasicBlock::Create(context, "entry", entry));
  Value *slots = entry->getArg(0);
  unsigned next = 0;
  auto nextSlot = [&]() -> Value * {
    Value *place = builder.CreateConstGEP1_64(pointer, slots, next++);
    return builder.CreateLoad(pointer, place);
  };

  Type *result = callee->getReturnType();
  SmallVector<Value *> arguments;
  Value *results = nullptr;
  if (isa<StructType>(result)) {
    results = builder.CreateAlloca(result);
    arguments.push_back(results);
  }
  for (unsigned i = arguments.size(), e = wrapper->arg_size(); i < e; ++i) {
    Type *argument = wrapper->getArg(i)->getType();
    Value *slot = nextSlot();
    arguments.push_back(
        argument->isPointerTy() ? slot : loadSlot(builder, slot, argument));
  }
  Value *returned = builder.CreateCall(wrapper, arguments);

  if (numResults ? *numResults == 1 && results : isDescriptor(result)) {
    storeSlot(builder, builder.CreateLoad(result, results), nextSlot());
  } else if (results) {
    auto *pack = cast<StructType>(result);
    for (unsigned i = 0, e = pack->getNumElements(); i < e; ++i) {
      Value *address = builder.CreateStructGEP(pack, results, i);
      Value *value = builder.CreateLoad(pack->getElementType(i), address);
      storeSlot(builder, value, nextSlot());
    }
  } else if (!result->isVoidTy()) {
    storeSlot(builder, returned, nextSlot());
  }
  builder.CreateRetVoid();
  return Error::success();
}
