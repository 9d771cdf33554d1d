//===- Functions.cpp - Functions compiled on first use --------------------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MiniTorch-c/Functions.h"
#include "Objects.h"

#include <cstdlib>
#include <string>

using namespace mtrt;

static std::atomic<mtrt_function_caller> caller = nullptr;

void mtrt_set_function_caller(mtrt_function_caller function) {
  caller = function;
}

static std::atomic<mtrt_grad_mode> gradMode = nullptr;

void mtrt_set_grad_mode(mtrt_grad_mode mode) { gradMode = mode; }

int64_t mtrt_is_grad_enabled() {
  mtrt_grad_mode known = gradMode;
  return known ? known() : true;
}

/// `numResults` is -1 for as many as the function has.
static void call(mtrt_object *function, int64_t count,
                 const mtrt_value *operands, int64_t numResults,
                 mtrt_value *results) {
  mtrt_function_caller known = caller;
  if (!known)
    raiseText("the program needs a compiler when it runs, and there is none");
  mtrt_function_error error = {nullptr, nullptr};
  if (known(function, count, operands, numResults, results, &error) == MTRT_OK)
    return;
  mtrt_error raised = {error.type ? error.type : "RuntimeError",
                       error.message ? error.message : "out of memory", ""};
  std::free(error.type);
  std::free(error.message);
  raiseAgain(raised);
}

void mtrt_run_function(mtrt_object *function, int64_t count,
                       const mtrt_value *operands) {
  call(function, count, operands, 0, nullptr);
}

mtrt_value mtrt_call_function(mtrt_object *function, int64_t count,
                              const mtrt_value *operands) {
  mtrt_value result;
  call(function, count, operands, 1, &result);
  return result;
}

void mtrt_call_function_multi(mtrt_object *function, int64_t count,
                              const mtrt_value *operands, mtrt_value *results) {
  call(function, count, operands, -1, results);
}
