// RUN: mt-opt %s --mt-check-operands | FileCheck %s

// What types and constants leave open of a check is tested in front of the
// operator.

// CHECK-LABEL: @number
// CHECK-SAME: , %[[RTOL:[^:]*]]: f64
// CHECK: %[[FAILS:.*]] = arith.cmpf ult, %[[RTOL]]
// CHECK: mt.prim.if %[[FAILS]]
// CHECK: mt.constant.str "rtol must be greater than or equal to zero, but got {}"
// CHECK: mt.prim.raise
// CHECK-NOT: mt.prim.if
// CHECK: aten::isclose
func.func @number(%x: !mt.tensor<[4],f32>, %rtol: f64) -> !mt.tensor {
  %atol = arith.constant 0.5 : f64
  %no = arith.constant false
  %0 = mt.operator "aten::isclose"(%x, %x, %rtol, %atol, %no) : (!mt.tensor<[4],f32>, !mt.tensor<[4],f32>, f64, f64, i1) -> !mt.tensor
  return %0 : !mt.tensor
}

// Of integers, numbers out of their range.

// CHECK-LABEL: @element
// CHECK-DAG: arith.cmpf ult
// CHECK-DAG: arith.cmpf ugt
// CHECK: mt.prim.if
// CHECK: mt.constant.str "value cannot be converted to type int8_t without overflow"
func.func @element(%x: !mt.tensor<[?],i8>, %mask: !mt.tensor<[?],i1>, %n: f64) -> !mt.tensor {
  %0 = mt.aten.masked_fill.Scalar %x, %mask, %n : (!mt.tensor<[?],i8>, !mt.tensor<[?],i1>, f64) -> !mt.tensor
  return %0 : !mt.tensor
}

// CHECK-LABEL: @any_element
// CHECK-NOT: mt.prim.if
func.func @any_element(%x: !mt.tensor<[?],f64>, %mask: !mt.tensor<[?],i1>, %n: f64) -> !mt.tensor {
  %0 = mt.aten.masked_fill.Scalar %x, %mask, %n : (!mt.tensor<[?],f64>, !mt.tensor<[?],i1>, f64) -> !mt.tensor
  return %0 : !mt.tensor
}

// The message has the sizes.

// CHECK-LABEL: @size
// CHECK: mt.aten.size.int
// CHECK: mt.prim.if
// CHECK: mt.constant.str "max_pool1d: Expected 2D or 3D (batch mode) tensor with optional 0 dim batch size for input, but got:[2, {}]"
// CHECK: aten::format
func.func @size(%x: !mt.tensor<[2,?],f32>) -> !mt.tensor {
  %c2 = arith.constant 2 : i64
  %c1 = arith.constant 1 : i64
  %c0 = arith.constant 0 : i64
  %no = arith.constant false
  %kernel = mt.prim.list_construct %c2 : (i64) -> !mt.list<i64>
  %stride = mt.prim.list_construct %c2 : (i64) -> !mt.list<i64>
  %padding = mt.prim.list_construct %c0 : (i64) -> !mt.list<i64>
  %dilation = mt.prim.list_construct %c1 : (i64) -> !mt.list<i64>
  %0 = mt.aten.max_pool1d %x, %kernel, %stride, %padding, %dilation, %no : (!mt.tensor<[2,?],f32>, !mt.list<i64>, !mt.list<i64>, !mt.list<i64>, !mt.list<i64>, i1) -> !mt.tensor
  return %0 : !mt.tensor
}
