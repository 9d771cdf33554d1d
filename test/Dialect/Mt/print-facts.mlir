// RUN: mt-opt %s --mt-print-facts --mlir-disable-threading -o %t | FileCheck %s

// What a result is to an operand, by types and constants.

// CHECK-LABEL: func @conversion
// CHECK-NEXT: aten::to.dtype
// CHECK-NEXT:   self: result=itself written=no elements=yes
// CHECK: layout=kept returns-operand
// CHECK-NEXT: aten::to.dtype
// CHECK-NEXT:   self: result=new written=no
// CHECK: layout=kept
// CHECK-NOT: returns-operand
// CHECK: aten::to.dtype
// CHECK-NEXT:   self: result=unknown written=no
func.func @conversion(%x: !mt.tensor<[2],f32>, %copy: i1) {
  %f32 = arith.constant 6 : i64
  %f64 = arith.constant 7 : i64
  %no = arith.constant false
  %none = mt.constant.none
  %0 = mt.aten.to.dtype %x, %f32, %no, %no, %none : (!mt.tensor<[2],f32>, i64, i1, i1, !mt.none) -> !mt.tensor
  %1 = mt.aten.to.dtype %x, %f64, %no, %copy, %none : (!mt.tensor<[2],f32>, i64, i1, i1, !mt.none) -> !mt.tensor
  %2 = mt.aten.to.dtype %x, %f32, %no, %copy, %none : (!mt.tensor<[2],f32>, i64, i1, i1, !mt.none) -> !mt.tensor
  return
}

// A view by the schema, and one or a copy by how the operand lies.

// CHECK-LABEL: func @views
// CHECK-NEXT: aten::t
// CHECK-NEXT:   self: result=view written=no elements=yes
// CHECK-NEXT:   layout=kept
// CHECK: aten::view_as
// CHECK-NEXT:   self: result=view written=no elements=yes
// CHECK-NEXT:   other: result=new written=no elements=no
// CHECK: aten::reshape
// CHECK-NEXT:   self: result=unknown written=no elements=yes
// CHECK: depends-on-layout
func.func @views(%x: !mt.tensor<[2,3],f32>, %size: !mt.list<i64>) {
  %0 = mt.aten.t %x : (!mt.tensor<[2,3],f32>) -> !mt.tensor
  %1 = mt.aten.view_as %x, %0 : (!mt.tensor<[2,3],f32>, !mt.tensor) -> !mt.tensor
  %2 = mt.aten.reshape %x, %size : (!mt.tensor<[2,3],f32>, !mt.list<i64>) -> !mt.tensor
  return
}

// Writes: by the schema, or in training although the schema does not say so.

// CHECK-LABEL: func @writes
// CHECK: aten::add_.Tensor
// CHECK-NEXT:   self: result=itself written=yes elements=yes
// CHECK-NEXT:   other: result=new written=no elements=yes
// CHECK: pointwise functional=aten::add.Tensor
// CHECK: aten::batch_norm
// CHECK:   running_mean: result=new written=unknown
// CHECK: functional=aten::_native_batch_norm_legit
// CHECK: aten::batch_norm
// CHECK:   running_mean: result=new written=no
func.func @writes(%x: !mt.tensor<[2,3],f32>, %m: !mt.tensor<[3],f32>, %trains: i1, %e: f64) {
  %one = arith.constant 1 : i64
  %no = arith.constant false
  %none = mt.constant.none
  %0 = mt.operator "aten::add_.Tensor"(%x, %x, %one) : (!mt.tensor<[2,3],f32>, !mt.tensor<[2,3],f32>, i64) -> !mt.tensor
  %1 = mt.aten.batch_norm %x, %none, %none, %m, %m, %trains, %e, %e, %no : (!mt.tensor<[2,3],f32>, !mt.none, !mt.none, !mt.tensor<[3],f32>, !mt.tensor<[3],f32>, i1, f64, f64, i1) -> !mt.tensor
  %2 = mt.aten.batch_norm %x, %none, %none, %m, %m, %no, %e, %e, %no : (!mt.tensor<[2,3],f32>, !mt.none, !mt.none, !mt.tensor<[3],f32>, !mt.tensor<[3],f32>, i1, f64, f64, i1) -> !mt.tensor
  return
}

// To elements that are one in memory.

// CHECK-LABEL: func @repeats
// CHECK: aten::masked_fill_.Scalar
// CHECK: pointwise writes-repeats
// CHECK: aten::mul_.Scalar
// CHECK: pointwise
// CHECK-NOT: writes-repeats
// CHECK-SAME: functional=aten::mul.Scalar
func.func @repeats(%x: !mt.tensor<[2,3],f32>, %mask: !mt.tensor<[2,3],i1>) {
  %one = arith.constant 1 : i64
  %0 = mt.operator "aten::masked_fill_.Scalar"(%x, %mask, %one) : (!mt.tensor<[2,3],f32>, !mt.tensor<[2,3],i1>, i64) -> !mt.tensor
  %1 = mt.operator "aten::mul_.Scalar"(%x, %one) : (!mt.tensor<[2,3],f32>, i64) -> !mt.tensor
  return
}

// Random numbers, other sizes, and what changes nothing.

// CHECK-LABEL: func @effects
// CHECK: aten::dropout
// CHECK: returns-operand
// CHECK-NOT: random
// CHECK: aten::dropout
// CHECK: random
// CHECK: aten::unsqueeze_
// CHECK: changes-metadata writes-repeats functional=aten::unsqueeze
// CHECK: aten::addbmm_
// CHECK-NOT: changes-metadata
// CHECK: aten::detach_
// CHECK: keeps-contents
// CHECK-NOT: changes-metadata
// CHECK: aten::no_such_operator: nothing is known
func.func @effects(%x: !mt.tensor<[2,3],f32>, %b: !mt.tensor<[1,2,3],f32>, %p: f64, %trains: i1) {
  %no = arith.constant false
  %zero = arith.constant 0 : i64
  %0 = mt.aten.dropout %x, %p, %no : (!mt.tensor<[2,3],f32>, f64, i1) -> !mt.tensor
  %1 = mt.aten.dropout %x, %p, %trains : (!mt.tensor<[2,3],f32>, f64, i1) -> !mt.tensor
  %2 = mt.operator "aten::unsqueeze_"(%x, %zero) : (!mt.tensor<[2,3],f32>, i64) -> !mt.tensor
  %3 = mt.operator "aten::addbmm_"(%x, %b, %b, %zero, %zero) : (!mt.tensor<[2,3],f32>, !mt.tensor<[1,2,3],f32>, !mt.tensor<[1,2,3],f32>, i64, i64) -> !mt.tensor
  %4 = mt.operator "aten::detach_"(%x) : (!mt.tensor<[2,3],f32>) -> !mt.tensor
  mt.operator "aten::no_such_operator"(%x) : (!mt.tensor<[2,3],f32>) -> ()
  return
}
