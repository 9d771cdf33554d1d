// RUN: mt-opt %s --mt-infer-types | FileCheck %s

// A Python float makes an int tensor float32, and leaves float16 as it is.
// CHECK-LABEL: func.func @python_float
// CHECK-SAME: -> (!mt.tensor<[2],f32>, !mt.tensor<[2],f16>)
func.func @python_float(%i: !mt.tensor<[2],i64>, %h: !mt.tensor<[2],f16>) -> (!mt.tensor, !mt.tensor) {
  %c = arith.constant 1.5 : f64
  %0 = mt.aten.mul.Scalar %i, %c : (!mt.tensor<[2],i64>, f64) -> !mt.tensor
  %1 = mt.aten.mul.Scalar %h, %c : (!mt.tensor<[2],f16>, f64) -> !mt.tensor
  return %0, %1 : !mt.tensor, !mt.tensor
}

// So does a tensor of rank 0; one of unknown rank might be either.
// CHECK-LABEL: func.func @rank_decides
// CHECK-SAME: -> (!mt.tensor<[2],f32>, !mt.tensor)
func.func @rank_decides(%x: !mt.tensor<[2],f32>, %d: !mt.tensor<[],f64>, %u: !mt.tensor<*,f64>) -> (!mt.tensor, !mt.tensor) {
  %0 = mt.aten.mul.Tensor %x, %d : (!mt.tensor<[2],f32>, !mt.tensor<[],f64>) -> !mt.tensor
  %1 = mt.aten.mul.Tensor %x, %u : (!mt.tensor<[2],f32>, !mt.tensor<*,f64>) -> !mt.tensor
  return %0, %1 : !mt.tensor, !mt.tensor
}

// CHECK-LABEL: func.func @sum_of_bools
// CHECK-SAME: -> !mt.tensor<[],i64>
func.func @sum_of_bools(%x: !mt.tensor<*,i1>) -> !mt.tensor {
  %none = mt.constant.none
  %0 = mt.aten.sum %x, %none : (!mt.tensor<*,i1>, !mt.none) -> !mt.tensor
  return %0 : !mt.tensor
}

// A dtype that is known only at run time.
// CHECK-LABEL: func.func @unknown_dtype
// CHECK-SAME: -> !mt.tensor<[2]>
func.func @unknown_dtype(%x: !mt.tensor<[2],f32>, %dtype: i64) -> !mt.tensor {
  %false = arith.constant false
  %none = mt.constant.none
  %0 = mt.aten.to.dtype %x, %dtype, %false, %false, %none : (!mt.tensor<[2],f32>, i64, i1, i1, !mt.none) -> !mt.tensor
  return %0 : !mt.tensor
}
