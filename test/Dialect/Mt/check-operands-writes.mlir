// RUN: mt-opt %s --mt-check-operands=writes=true | FileCheck %s

// What was written before its type was known is tested, or left alone.

// CHECK-LABEL: @sizes
// CHECK: %[[SIZE:.*]] = mt.aten.size.int
// CHECK: mt.prim.if
// CHECK: "output with shape [1] doesn't match the broadcast shape [{}]"
// CHECK-NOT: prim::check_write
// CHECK: return
func.func @sizes(%target: !mt.tensor<[1],f32>, %value: !mt.tensor<[?],f32>) {
  %copy = arith.constant 0 : i64
  %no = arith.constant false
  mt.operator "prim::check_write"(%target, %value, %copy, %no, %no) : (!mt.tensor<[1],f32>, !mt.tensor<[?],f32>, i64, i1, i1) -> ()
  return
}

// CHECK-LABEL: @dtypes
// CHECK: "result type Float can't be cast to the desired output type Long"
// CHECK-NOT: prim::check_write
// CHECK: return
func.func @dtypes(%target: !mt.tensor<[2],i64>, %value: !mt.tensor<[2],f32>) {
  %pointwise = arith.constant 1 : i64
  %no = arith.constant false
  mt.operator "prim::check_write"(%target, %value, %pointwise, %no, %no) : (!mt.tensor<[2],i64>, !mt.tensor<[2],f32>, i64, i1, i1) -> ()
  return
}

// CHECK-LABEL: @fits
// CHECK-NEXT: arith.constant
// CHECK-NEXT: arith.constant
// CHECK-NEXT: return
func.func @fits(%target: !mt.tensor<[2],f32>, %value: !mt.tensor<[2],f32>) {
  %pointwise = arith.constant 1 : i64
  %no = arith.constant false
  mt.operator "prim::check_write"(%target, %value, %pointwise, %no, %no) : (!mt.tensor<[2],f32>, !mt.tensor<[2],f32>, i64, i1, i1) -> ()
  return
}

// CHECK-LABEL: @unknown
// CHECK: prim::check_write
func.func @unknown(%target: !mt.tensor<[1],f32>, %value: !mt.tensor) {
  %copy = arith.constant 0 : i64
  %no = arith.constant false
  mt.operator "prim::check_write"(%target, %value, %copy, %no, %no) : (!mt.tensor<[1],f32>, !mt.tensor, i64, i1, i1) -> ()
  return
}
