// RUN: mt-opt %s --convert-mt-to-linalg --canonicalize | FileCheck %s

// Runs are merged until one is left; k is checked against a size that is known
// only at run time.
// CHECK-LABEL: @topk
// CHECK: cf.assert %{{.*}}, "RuntimeError: selected index k out of range
// CHECK: scf.while
// CHECK: scf.for
// CHECK: tensor.extract_slice {{.*}} : tensor<2x?xf32> to tensor<2x3xf32>
func.func @topk(%x: tensor<2x?xf32>) -> (tensor<2x3xf32>, tensor<2x3xi64>) {
  %k = arith.constant 3 : i64
  %dim = arith.constant -1 : i64
  %true = arith.constant true
  %0, %1 = mt.aten.topk %x, %k, %dim, %true, %true : (tensor<2x?xf32>, i64, i64, i1, i1) -> (tensor<2x3xf32>, tensor<2x3xi64>)
  return %0, %1 : tensor<2x3xf32>, tensor<2x3xi64>
}
