// RUN: mt-opt %s --convert-mt-to-linalg --canonicalize --split-input-file | FileCheck %s

// One check of all indices, then a gather without checks.
// CHECK-LABEL: @embedding
// CHECK: linalg.generic {{.*}}iterator_types = ["reduction", "reduction"]
// CHECK: cf.assert %{{.*}}, "IndexError: index out of range in self\0A  at {{.*}}indexing.mlir:
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "parallel", "parallel"]
// CHECK: tensor.extract
func.func @embedding(%w: tensor<10x4xf32>, %i: tensor<2x?xi64>) -> tensor<2x?x4xf32> {
  %padding = arith.constant -1 : i64
  %false = arith.constant false
  %0 = mt.aten.embedding %w, %i, %padding, %false, %false : (tensor<10x4xf32>, tensor<2x?xi64>, i64, i1, i1) -> tensor<2x?x4xf32>
  return %0 : tensor<2x?x4xf32>
}

// -----

// Adjacent indices stand in place of the dims they index.
// CHECK-LABEL: @adjacent
// CHECK: linalg.generic {{.*}} outs(%{{.*}} : tensor<2x7x5xf32>)
func.func @adjacent(%x: tensor<2x3x4x5xf32>, %i: tensor<7xi64>, %j: tensor<7xi64>) -> tensor<2x7x5xf32> {
  %none = mt.constant.none
  %l = mt.prim.list_construct %none, %i, %j : (!mt.none, tensor<7xi64>, tensor<7xi64>) -> !mt.list<!mt.optional<!mt.tensor>>
  %0 = mt.aten.index.Tensor %x, %l : (tensor<2x3x4x5xf32>, !mt.list<!mt.optional<!mt.tensor>>) -> tensor<2x7x5xf32>
  return %0 : tensor<2x7x5xf32>
}

// -----

// The places are counted before the result is made.
// CHECK-LABEL: @nonzero
// CHECK: linalg.generic {{.*}}iterator_types = ["reduction"]
// CHECK: %[[COUNT:.*]] = tensor.extract
// CHECK: tensor.empty(%[[COUNT]]) : tensor<?x1xi64>
// CHECK: scf.for
// CHECK: scf.if
func.func @nonzero(%x: tensor<?xi1>) -> tensor<?x1xi64> {
  %0 = mt.aten.nonzero %x : (tensor<?xi1>) -> tensor<?x1xi64>
  return %0 : tensor<?x1xi64>
}

// -----

// CHECK-LABEL: @scatter_add
// CHECK: cf.assert
// CHECK: scf.for
// CHECK: tensor.insert
func.func @scatter_add(%x: tensor<5xf32>, %i: tensor<3xi64>, %s: tensor<3xf32>) -> tensor<5xf32> {
  %dim = arith.constant 0 : i64
  %0 = mt.aten.scatter_add %x, %dim, %i, %s : (tensor<5xf32>, i64, tensor<3xi64>, tensor<3xf32>) -> tensor<5xf32>
  return %0 : tensor<5xf32>
}
