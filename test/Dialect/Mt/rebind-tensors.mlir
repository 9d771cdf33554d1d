// RUN: mt-opt %s --split-input-file --mt-rebind-tensors | FileCheck %s

// Later uses are of the view; earlier ones stay.

// CHECK-LABEL: func.func @straight
// CHECK: %[[X:.*]] = mt.aten.relu
// CHECK: %[[A:.*]] = mt.aten.neg %[[X]]
// CHECK: %[[Y:.*]] = mt.aten.unsqueeze %[[X]]
// CHECK: %[[W:.*]] = mt.operator "aten::add_.Scalar"(%[[Y]]
// CHECK: %[[Z:.*]] = mt.aten.transpose.int %[[Y]]
// CHECK: return %[[A]], %[[Z]], %[[Z]]
func.func @straight(%a: !mt.tensor) -> (!mt.tensor, !mt.tensor, !mt.tensor) {
  %c0 = arith.constant 0 : i64
  %c1 = arith.constant 1 : i64
  %x = mt.aten.relu %a : (!mt.tensor) -> !mt.tensor
  %n = mt.aten.neg %x : (!mt.tensor) -> !mt.tensor
  %y = mt.operator "aten::unsqueeze_"(%x, %c0) : (!mt.tensor, i64) -> !mt.tensor
  %w = mt.operator "aten::add_.Scalar"(%x, %c1, %c1) : (!mt.tensor, i64, i64) -> !mt.tensor
  %z = mt.operator "aten::transpose_"(%w, %c0, %c1) : (!mt.tensor, i64, i64) -> !mt.tensor
  return %n, %x, %z : !mt.tensor, !mt.tensor, !mt.tensor
}

// -----

// A branch that changes it yields it.

// CHECK-LABEL: func.func @branch
// CHECK: %[[X:.*]] = mt.aten.relu
// CHECK: %[[R:.*]] = mt.prim.if %{{.*}} -> (!mt.tensor) {
// CHECK:   %[[Y:.*]] = mt.aten.t %[[X]]
// CHECK:   mt.prim.yield %[[Y]]
// CHECK: } else {
// CHECK:   mt.prim.yield %[[X]]
// CHECK: return %[[R]]
func.func @branch(%a: !mt.tensor, %c: i1) -> !mt.tensor {
  %x = mt.aten.relu %a : (!mt.tensor) -> !mt.tensor
  mt.prim.if %c {
    %y = mt.operator "aten::t_"(%x) : (!mt.tensor) -> !mt.tensor
    mt.prim.yield
  } else {
    mt.prim.yield
  }
  return %x : !mt.tensor
}

// -----

// The caller has the argument itself.

// CHECK-LABEL: func.func @argument
// CHECK: mt.operator "aten::t_"
func.func @argument(%x: !mt.tensor) -> !mt.tensor {
  %y = mt.operator "aten::t_"(%x) : (!mt.tensor) -> !mt.tensor
  return %y : !mt.tensor
}

// -----

// `contiguous` may give what it was given.

// CHECK-LABEL: func.func @maybe_same
// CHECK: mt.operator "aten::t_"
func.func @maybe_same(%a: !mt.tensor) -> !mt.tensor {
  %c0 = arith.constant 0 : i64
  %x = mt.aten.relu %a : (!mt.tensor) -> !mt.tensor
  %s = mt.aten.contiguous %x, %c0 : (!mt.tensor, i64) -> !mt.tensor
  %y = mt.operator "aten::t_"(%x) : (!mt.tensor) -> !mt.tensor
  return %s : !mt.tensor
}

// -----

// The list was given the tensor before it changed, and sees the change.

// CHECK-LABEL: func.func @in_a_list
// CHECK: mt.operator "aten::t_"
func.func @in_a_list(%a: !mt.tensor) -> !mt.list<!mt.tensor> {
  %x = mt.aten.relu %a : (!mt.tensor) -> !mt.tensor
  %l = mt.prim.list_construct %x : (!mt.tensor) -> !mt.list<!mt.tensor>
  %y = mt.operator "aten::t_"(%x) : (!mt.tensor) -> !mt.tensor
  return %l : !mt.list<!mt.tensor>
}

// -----

// Unless the function can say what the argument becomes.

// CHECK-LABEL: func.func @argument_of_entry
// CHECK-SAME: mt.rebound = array<i64: 0>
// CHECK: %[[T:.*]] = mt.aten.t
// CHECK: return %[[T]], %[[T]]
func.func @argument_of_entry(%x: !mt.tensor<[2,3],f32>) -> !mt.tensor attributes {mt.signature = #mt.signature<>} {
  %y = mt.operator "aten::t_"(%x) : (!mt.tensor<[2,3],f32>) -> !mt.tensor
  return %y : !mt.tensor
}

// -----

// Of the caller's own argument it is noted, if the call raises later.

// CHECK-LABEL: func.func @noted
// CHECK: mt.aten.t
// CHECK: %[[DONE:.*]] = arith.constant true
// CHECK: %[[NAME:.*]] = mt.constant.str "~0"
// CHECK: mt.operator "prim::keep_contents"(%[[DONE]], %[[NAME]])
// CHECK: mt.prim.raise
func.func @noted(%x: !mt.tensor, %c: i1) attributes {mt.signature = #mt.signature<>} {
  %y = mt.operator "aten::t_"(%x) : (!mt.tensor) -> !mt.tensor
  mt.prim.if %c {
    %text = mt.constant.str "text"
    mt.prim.raise %text, %text : !mt.str, !mt.str
    mt.prim.yield
  } else {
    mt.prim.yield
  }
  return
}

// -----

// Not which of several changes were done.

// CHECK-LABEL: func.func @several
// CHECK: mt.operator "aten::t_"
// CHECK: mt.operator "aten::t_"
func.func @several(%x: !mt.tensor, %c: i1) attributes {mt.signature = #mt.signature<>} {
  %y = mt.operator "aten::t_"(%x) : (!mt.tensor) -> !mt.tensor
  mt.prim.if %c {
    %text = mt.constant.str "text"
    mt.prim.raise %text, %text : !mt.str, !mt.str
    mt.prim.yield
  } else {
    mt.prim.yield
  }
  %z = mt.operator "aten::t_"(%x) : (!mt.tensor) -> !mt.tensor
  return
}
