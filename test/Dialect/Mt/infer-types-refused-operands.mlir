// RUN: mt-opt %s --mt-infer-types=refuse-dtypes --split-input-file --verify-diagnostics | FileCheck %s
// RUN: mt-opt %s --mt-infer-types --split-input-file | FileCheck %s --check-prefix=KEEPS

// What OperandErrors.txt says of ranks and constants raises where it stands;
// operators that a decomposition makes are not asked.

// CHECK-LABEL: @rank
// CHECK: mt.constant.str "diag(): Supports 1D or 2D tensors. Got 3D"
// CHECK: mt.prim.raise
// KEEPS-LABEL: @rank
// KEEPS: aten::diag
func.func @rank(%x: !mt.tensor<[4,4,4],f32>) -> !mt.tensor {
  %zero = arith.constant 0 : i64
  // expected-warning@+1 {{always raises RuntimeError: diag(): Supports 1D or 2D tensors.}}
  %0 = mt.operator "aten::diag"(%x, %zero) : (!mt.tensor<[4,4,4],f32>, i64) -> !mt.tensor
  return %0 : !mt.tensor
}

// -----

// CHECK-LABEL: @taken
// CHECK: aten::diag
func.func @taken(%x: !mt.tensor<[4,4],f32>) -> !mt.tensor {
  %zero = arith.constant 0 : i64
  %0 = mt.operator "aten::diag"(%x, %zero) : (!mt.tensor<[4,4],f32>, i64) -> !mt.tensor
  return %0 : !mt.tensor
}

// -----

// NaN is not at least zero.

// CHECK-LABEL: @nan
// CHECK: mt.constant.str "rtol must be greater than or equal to zero, but got nan"
func.func @nan(%x: !mt.tensor<[4],f32>) -> !mt.tensor {
  %rtol = arith.constant 0x7FF8000000000000 : f64
  %no = arith.constant false
  // expected-warning@+1 {{always raises}}
  %0 = mt.operator "aten::isclose"(%x, %x, %rtol, %rtol, %no) : (!mt.tensor<[4],f32>, !mt.tensor<[4],f32>, f64, f64, i1) -> !mt.tensor
  return %0 : !mt.tensor
}

// -----

// CHECK-LABEL: @element
// CHECK: mt.constant.str "value cannot be converted to type uint8_t without overflow"
func.func @element(%x: !mt.tensor<[?],ui8>, %mask: !mt.tensor<[?],i1>) -> !mt.tensor {
  %n = arith.constant 300 : i64
  // expected-warning@+1 {{always raises}}
  %0 = mt.aten.masked_fill.Scalar %x, %mask, %n : (!mt.tensor<[?],ui8>, !mt.tensor<[?],i1>, i64) -> !mt.tensor
  return %0 : !mt.tensor
}

// -----

// A condition of a dtype's line: 0-d tensors are taken.

// CHECK-LABEL: @scalar
// CHECK: aten::kthvalue
func.func @scalar(%x: !mt.tensor<[],i1>) -> !mt.tensor {
  %one = arith.constant 1 : i64
  %zero = arith.constant 0 : i64
  %no = arith.constant false
  %0:2 = mt.operator "aten::kthvalue"(%x, %one, %zero, %no) : (!mt.tensor<[],i1>, i64, i64, i1) -> (!mt.tensor, !mt.tensor)
  return %0#0 : !mt.tensor
}

// -----

// CHECK-LABEL: @vector
// CHECK: mt.prim.raise
func.func @vector(%x: !mt.tensor<[4],i1>) -> !mt.tensor {
  %one = arith.constant 1 : i64
  %zero = arith.constant 0 : i64
  %no = arith.constant false
  // expected-warning@+1 {{"kthvalue_cpu" not implemented for 'Bool'}}
  %0:2 = mt.operator "aten::kthvalue"(%x, %one, %zero, %no) : (!mt.tensor<[4],i1>, i64, i64, i1) -> (!mt.tensor, !mt.tensor)
  return %0#0 : !mt.tensor
}
