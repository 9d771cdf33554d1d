// RUN: mt-opt %s --convert-mt-to-linalg --canonicalize | FileCheck %s

// k is checked against a size that is known only at run time, and the results
// have room for k elements.
// CHECK-LABEL: @topk
// CHECK: cf.assert %{{.*}}, "RuntimeError: selected index k out of range
// CHECK: memref.alloc() : memref<2x3xf32>
// CHECK: memref.alloc() : memref<2x3xi64>
// CHECK: call @mtrt_topk_f32
func.func @topk(%x: tensor<2x?xf32>) -> (tensor<2x3xf32>, tensor<2x3xi64>) {
  %k = arith.constant 3 : i64
  %dim = arith.constant -1 : i64
  %true = arith.constant true
  %0, %1 = mt.aten.topk %x, %k, %dim, %true, %true : (tensor<2x?xf32>, i64, i64, i1, i1) -> (tensor<2x3xf32>, tensor<2x3xi64>)
  return %0, %1 : tensor<2x3xf32>, tensor<2x3xi64>
}

// Which way round may be decided when the program runs.
// CHECK-LABEL: @argsort
// CHECK-SAME: %{{.*}}: tensor<?xi16>, %[[DESCENDING:.*]]: i1
// CHECK: arith.extui %[[DESCENDING]] : i1 to i64
// CHECK: call @mtrt_sort_i16
func.func @argsort(%x: tensor<?xi16>, %descending: i1) -> tensor<?xi64> {
  %dim = arith.constant 0 : i64
  %0 = mt.aten.argsort %x, %dim, %descending : (tensor<?xi16>, i64, i1) -> tensor<?xi64>
  return %0 : tensor<?xi64>
}
