//===- Symbols.cpp - The functions that compiled code may call ----------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Frame.h"
#include "MiniTorch-c/Functions.h"
#include "MiniTorch-c/Math.h"
#include "MiniTorch-c/Objects.h"

using namespace mtrt;

/// Bound to `abort`, which MLIR's own lowering of cf.assert calls.
static void abortCall() { raise("RuntimeError", "the program aborted"); }

#define MTRT_SYMBOL_AS(symbol, name) {symbol, reinterpret_cast<void *>(&name)}
#define MTRT_SYMBOL(name) {#name, reinterpret_cast<void *>(&name)}

/// A declaration in compiled code has one element type, so a function that
/// takes a tensor has a name an element type: mtrt_tensor_box_f32.
#define MTRT_TENSOR_SYMBOL_OF(name, dtype)                                     \
  {#name "_" #dtype, reinterpret_cast<void *>(&name)}
#define MTRT_TENSOR_SYMBOL(name)                                               \
  MTRT_SYMBOL(name), MTRT_TENSOR_SYMBOL_OF(name, f16),                         \
      MTRT_TENSOR_SYMBOL_OF(name, bf16), MTRT_TENSOR_SYMBOL_OF(name, f32),     \
      MTRT_TENSOR_SYMBOL_OF(name, f64), MTRT_TENSOR_SYMBOL_OF(name, i1),       \
      MTRT_TENSOR_SYMBOL_OF(name, i8), MTRT_TENSOR_SYMBOL_OF(name, i16),       \
      MTRT_TENSOR_SYMBOL_OF(name, i32), MTRT_TENSOR_SYMBOL_OF(name, i64),      \
      MTRT_TENSOR_SYMBOL_OF(name, ui8), MTRT_TENSOR_SYMBOL_OF(name, c64),      \
      MTRT_TENSOR_SYMBOL_OF(name, c128)

const mtrt_symbol *mtrt_symbols(void) {
  static const mtrt_symbol symbols[] = {
      {"abort", reinterpret_cast<void *>(&abortCall)},
      // clang-format off
      MTRT_SYMBOL_AS("__extendhfdf2", halfToDouble),
      MTRT_SYMBOL_AS("__extendhfsf2", halfToFloat),
      MTRT_SYMBOL_AS("__truncdfbf2", doubleToBrain),
      MTRT_SYMBOL_AS("__truncdfhf2", doubleToHalf),
      MTRT_SYMBOL_AS("__truncsfbf2", floatToBrain),
      MTRT_SYMBOL_AS("__truncsfhf2", floatToHalf),
      MTRT_SYMBOL(_mlir_memref_to_llvm_aligned_alloc),
      MTRT_SYMBOL(_mlir_memref_to_llvm_alloc),
      MTRT_SYMBOL(_mlir_memref_to_llvm_free),
      MTRT_SYMBOL(memrefCopy),
      MTRT_SYMBOL(mtrt_airy_ai),
      MTRT_SYMBOL(mtrt_buffer_alloc),
      MTRT_SYMBOL(mtrt_buffer_free),
      MTRT_SYMBOL(mtrt_call_function),
      MTRT_SYMBOL(mtrt_call_function_multi),
      MTRT_SYMBOL(mtrt_chebyshev_t),
      MTRT_SYMBOL(mtrt_chebyshev_u),
      MTRT_SYMBOL(mtrt_chebyshev_v),
      MTRT_SYMBOL(mtrt_chebyshev_w),
      MTRT_SYMBOL(mtrt_digamma),
      MTRT_SYMBOL(mtrt_erfcx),
      MTRT_SYMBOL(mtrt_erfinv),
      MTRT_SYMBOL(mtrt_complex_make),
      MTRT_SYMBOL(mtrt_dict_entry),
      MTRT_SYMBOL(mtrt_dict_make),
      MTRT_SYMBOL(mtrt_enum_make),
      MTRT_SYMBOL(mtrt_enum_member),
      MTRT_SYMBOL(mtrt_fallback_begin),
      MTRT_SYMBOL(mtrt_fallback_dim),
      MTRT_SYMBOL(mtrt_fallback_expect),
      MTRT_TENSOR_SYMBOL(mtrt_fallback_get),
      MTRT_SYMBOL(mtrt_fallback_get_float),
      MTRT_SYMBOL(mtrt_fallback_get_int),
      MTRT_SYMBOL(mtrt_fallback_push_bool),
      MTRT_SYMBOL(mtrt_fallback_push_float),
      MTRT_SYMBOL(mtrt_fallback_push_int),
      MTRT_SYMBOL(mtrt_fallback_push_list),
      MTRT_SYMBOL(mtrt_fallback_push_none),
      MTRT_SYMBOL(mtrt_fallback_push_str),
      MTRT_TENSOR_SYMBOL(mtrt_fallback_push_tensor),
      MTRT_SYMBOL(mtrt_fallback_run),
      MTRT_SYMBOL(mtrt_field_get),
      MTRT_SYMBOL(mtrt_field_set),
      MTRT_SYMBOL(mtrt_defer),
      MTRT_SYMBOL(mtrt_fork),
      MTRT_SYMBOL(mtrt_hermite_h),
      MTRT_SYMBOL(mtrt_hermite_he),
      MTRT_SYMBOL(mtrt_i0),
      MTRT_SYMBOL(mtrt_i0e),
      MTRT_SYMBOL(mtrt_i1),
      MTRT_SYMBOL(mtrt_i1e),
      MTRT_SYMBOL(mtrt_igamma),
      MTRT_SYMBOL(mtrt_igammac),
      MTRT_SYMBOL(mtrt_instance_make),
      MTRT_SYMBOL(mtrt_k0),
      MTRT_SYMBOL(mtrt_k0e),
      MTRT_SYMBOL(mtrt_k1),
      MTRT_SYMBOL(mtrt_k1e),
      MTRT_SYMBOL(mtrt_keep_bool),
      MTRT_SYMBOL(mtrt_keep_float),
      MTRT_SYMBOL(mtrt_keep_int),
      MTRT_TENSOR_SYMBOL(mtrt_keep_tensor),
      MTRT_SYMBOL(mtrt_keep_value),
      MTRT_SYMBOL(mtrt_laguerre),
      MTRT_SYMBOL(mtrt_legendre),
      MTRT_TENSOR_SYMBOL(mtrt_list_cat),
      MTRT_SYMBOL(mtrt_list_cat_size),
      MTRT_SYMBOL(mtrt_list_item_size),
      MTRT_SYMBOL(mtrt_list_make),
      MTRT_SYMBOL(mtrt_list_sort_by),
      MTRT_TENSOR_SYMBOL(mtrt_list_stack),
      MTRT_SYMBOL(mtrt_complex_value),
      MTRT_SYMBOL(mtrt_log_ndtr),
      MTRT_SYMBOL(mtrt_ndtri),
      MTRT_SYMBOL(mtrt_object_release),
      MTRT_SYMBOL(mtrt_object_retain),
      MTRT_SYMBOL(mtrt_object_share),
      MTRT_SYMBOL(mtrt_parallel_for),
      MTRT_SYMBOL(mtrt_pow_c64),
      MTRT_SYMBOL(mtrt_print),
      MTRT_SYMBOL(mtrt_print_bool),
      MTRT_SYMBOL(mtrt_print_float),
      MTRT_SYMBOL(mtrt_message_bool),
      MTRT_SYMBOL(mtrt_message_float),
      MTRT_SYMBOL(mtrt_message_int),
      MTRT_SYMBOL(mtrt_print_int),
      MTRT_TENSOR_SYMBOL(mtrt_print_tensor),
      MTRT_SYMBOL(mtrt_raise),
      MTRT_TENSOR_SYMBOL(mtrt_random_bernoulli),
      MTRT_TENSOR_SYMBOL(mtrt_random_between),
      MTRT_TENSOR_SYMBOL(mtrt_random_cauchy),
      MTRT_TENSOR_SYMBOL(mtrt_random_exponential),
      MTRT_TENSOR_SYMBOL(mtrt_random_from),
      MTRT_TENSOR_SYMBOL(mtrt_random_geometric),
      MTRT_TENSOR_SYMBOL(mtrt_random_integer),
      MTRT_TENSOR_SYMBOL(mtrt_random_log_normal),
      MTRT_TENSOR_SYMBOL(mtrt_random_normal),
      MTRT_TENSOR_SYMBOL(mtrt_random_permutation),
      MTRT_TENSOR_SYMBOL(mtrt_random_rrelu),
      MTRT_TENSOR_SYMBOL(mtrt_random_uniform),
      MTRT_SYMBOL(mtrt_release),
      MTRT_SYMBOL(mtrt_retain),
      MTRT_SYMBOL(mtrt_roots_chain),
      MTRT_SYMBOL(mtrt_roots_enter),
      MTRT_SYMBOL(mtrt_roots_leave),
      MTRT_SYMBOL(mtrt_place),
      MTRT_SYMBOL(mtrt_run_function),
      MTRT_TENSOR_SYMBOL(mtrt_sort),
      MTRT_SYMBOL(mtrt_spherical_bessel_j0),
      MTRT_SYMBOL(mtrt_storage_allocate),
      MTRT_SYMBOL(mtrt_str_make),
      MTRT_TENSOR_SYMBOL(mtrt_tensor_box),
      MTRT_SYMBOL(mtrt_tensor_check_overlap),
      MTRT_SYMBOL(mtrt_tensor_check_writable),
      MTRT_SYMBOL(mtrt_tensor_check_out),
      MTRT_SYMBOL(mtrt_tensor_write_out),
      MTRT_SYMBOL(mtrt_tensor_describe),
      MTRT_SYMBOL(mtrt_tensor_make),
      MTRT_TENSOR_SYMBOL(mtrt_tensor_read),
      MTRT_TENSOR_SYMBOL(mtrt_tensor_refer),
      MTRT_SYMBOL(mtrt_tensor_size),
      MTRT_SYMBOL(mtrt_tensor_to_list),
      MTRT_SYMBOL(mtrt_tensor_view),
      MTRT_TENSOR_SYMBOL(mtrt_topk),
      MTRT_SYMBOL(mtrt_tuple_make),
      MTRT_SYMBOL(mtrt_type_intern),
      MTRT_SYMBOL(mtrt_type_set_elements),
      MTRT_SYMBOL(mtrt_type_set_less),
      MTRT_SYMBOL(mtrt_value_is_instance),
      MTRT_SYMBOL(mtrt_value_release),
      MTRT_SYMBOL(mtrt_value_retain),
      MTRT_SYMBOL(mtrt_value_type),
      MTRT_SYMBOL(mtrt_with_begin),
      MTRT_SYMBOL(mtrt_with_end),
      MTRT_SYMBOL(mtrt_zeta),
      // The operators on boxed values.
#include "MiniTorch/Conversion/RuntimeSymbols.cpp.inc"
      // clang-format on
      {nullptr, nullptr},
  };
  return symbols;
}
