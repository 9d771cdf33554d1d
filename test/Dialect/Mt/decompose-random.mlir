// RUN: mt-opt %s --mt-decompose-ops | FileCheck %s

// A probability that is a tensor is compared with uniform numbers of its dtype.
// CHECK-LABEL: func @bernoulli
// CHECK: %[[U:.*]] = mt.aten.rand
// CHECK: mt.aten.lt.Tensor %[[U]], %arg0
func.func @bernoulli(%p: !mt.tensor<[3],f64>) -> !mt.tensor<[3],f64> {
  %none = mt.constant.none
  %0 = mt.aten.bernoulli %p, %none : (!mt.tensor<[3],f64>, !mt.none) -> !mt.tensor<[3],f64>
  return %0 : !mt.tensor<[3],f64>
}

// Complex numbers are drawn part by part.
// CHECK-LABEL: func @complex
// CHECK: %[[PARTS:.*]] = mt.operator "aten::normal_functional"{{.*}} -> !mt.tensor<[4,2],f32>
// CHECK: mt.operator "aten::view_as_complex"(%[[PARTS]])
func.func @complex() -> !mt.tensor<[4],complex<f32>> {
  %none = mt.constant.none
  %c4 = arith.constant 4 : i64
  %c9 = arith.constant 9 : i64
  %sizes = mt.prim.list_construct %c4 : (i64) -> !mt.list<i64>
  %0 = mt.aten.randn %sizes, %c9, %none, %none, %none : (!mt.list<i64>, i64, !mt.none, !mt.none, !mt.none) -> !mt.tensor<[4],complex<f32>>
  return %0 : !mt.tensor<[4],complex<f32>>
}
