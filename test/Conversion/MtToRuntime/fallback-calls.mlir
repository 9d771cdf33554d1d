// REQUIRES: libtorch
// RUN: mt-opt %s --convert-mt-to-fallback-calls --split-input-file --verify-diagnostics | FileCheck %s

// Operands one by one, in the schema's order; the result is copied out.

// CHECK: module attributes {mt.fallback = {"aten::_test_string_default" = "{{.*}}fallback-calls.mlir:[[@LINE+8]]:8"}}
// CHECK: llvm.mlir.global internal constant @{{.*}}("aten::_test_string_default")
// CHECK-LABEL: func.func @operands
func.func @operands(%x: tensor<?x2xf32>) -> tensor<?x2xf32> {
  %s = mt.constant.str "3"
  // CHECK: %[[CALL:.*]] = call @mtrt_fallback_begin
  // CHECK: %[[U:.*]] = tensor.cast %{{.*}} : tensor<?x2xf32> to tensor<*xf32>
  // expected-warning @+1 {{'aten::_test_string_default' has no lowering; PyTorch}}
  %r = mt.operator "aten::_test_string_default"(%x, %s, %s) : (tensor<?x2xf32>, !mt.str, !mt.str) -> tensor<?x2xf32>
  // CHECK: call @mtrt_fallback_push_tensor_f32(%[[CALL]], %{{.*}}, %{{.*}}, %[[U]])
  // CHECK: call @mtrt_fallback_push_str(%[[CALL]]
  // CHECK: call @mtrt_fallback_push_str(%[[CALL]]
  // CHECK: call @mtrt_fallback_run(%[[CALL]]
  // CHECK: call @mtrt_fallback_expect(%[[CALL]]
  // CHECK: %[[D:.*]] = {{.*}}call @mtrt_fallback_dim(%[[CALL]]
  // CHECK: call @mtrt_fallback_get_f32(%[[CALL]]
  // CHECK: call @mtrt_release(%[[CALL]])
  return %r : tensor<?x2xf32>
}

// -----

// CHECK-LABEL: func.func @lists
func.func @lists(%x: tensor<3xi32>, %n: i64) -> (tensor<3xi32>, tensor<3xi32>) {
  %none = mt.constant.none
  %list = mt.prim.list_construct %n, %n : (i64, i64) -> !mt.list<i64>
  // CHECK: call @mtrt_fallback_push_int
  // CHECK: call @mtrt_fallback_push_int
  // CHECK: call @mtrt_fallback_push_list
  // expected-warning @+1 {{has no lowering}}
  %r = mt.operator "aten::_test_optional_intlist"(%x, %list) : (tensor<3xi32>, !mt.list<i64>) -> tensor<3xi32>
  // Warned of once.
  // CHECK: call @mtrt_fallback_push_none
  %s = mt.operator "aten::_test_optional_intlist"(%r, %none) : (tensor<3xi32>, !mt.none) -> tensor<3xi32>
  return %r, %s : tensor<3xi32>, tensor<3xi32>
}

// -----

// What has no form in a call stays, and so does what reads memory.

// CHECK-LABEL: func.func @stays
func.func @stays(%l: !mt.list<!mt.tensor>, %x: tensor<4xf32>, %n: !mt.list<i64>) -> tensor<4xf32> {
  %none = mt.constant.none
  %c0 = arith.constant 0 : i64
  %sizes = mt.prim.list_construct %c0 : (i64) -> !mt.list<i64>
  // CHECK: mt.operator "aten::append.t"
  %m = mt.operator "aten::append.t"(%l, %x) : (!mt.list<!mt.tensor>, tensor<4xf32>) -> !mt.list<!mt.tensor>
  // CHECK: mt.operator "aten::_test_optional_intlist"
  %r = mt.operator "aten::_test_optional_intlist"(%x, %n) : (tensor<4xf32>, !mt.list<i64>) -> tensor<4xf32>
  // CHECK: mt.operator "aten::as_strided_copy"
  %s = mt.operator "aten::as_strided_copy"(%x, %sizes, %sizes, %none) : (tensor<4xf32>, !mt.list<i64>, !mt.list<i64>, !mt.none) -> tensor<4xf32>
  return %r : tensor<4xf32>
}
