// RUN: mt-opt %s --convert-mt-to-linalg --canonicalize | FileCheck %s

// Each output point takes the input point below it.

// CHECK-LABEL: func @nearest
// CHECK: linalg.generic
// CHECK: arith.fptosi
// CHECK: arith.minsi
// CHECK: tensor.extract
func.func @nearest(%x: tensor<1x3x4x4xf32>) -> tensor<1x3x7x5xf32> {
  %none = mt.constant.none
  %c7 = arith.constant 7 : i64
  %c5 = arith.constant 5 : i64
  %size = mt.prim.list_construct %c7, %c5 : (i64, i64) -> !mt.list<i64>
  %y = mt.aten.upsample_nearest2d %x, %size, %none, %none : (tensor<1x3x4x4xf32>, !mt.list<i64>, !mt.none, !mt.none) -> tensor<1x3x7x5xf32>
  return %y : tensor<1x3x7x5xf32>
}
