// RUN: mt-opt %s --mt-decompose-ops --split-input-file | FileCheck %s

// One product of all inputs, then a loop over time that carries the state and
// the output.

// CHECK-LABEL: func @gru
// CHECK-SAME: %[[X:.*]]: !mt.tensor<[?,2,8],f32>, %[[H:.*]]: !mt.tensor<[1,2,4],f32>, %[[WI:.*]]: !mt.tensor<[12,8],f32>, %[[WH:.*]]: !mt.tensor<[12,4],f32>
func.func @gru(%x: !mt.tensor<[?,2,8],f32>, %h: !mt.tensor<[1,2,4],f32>, %wi: !mt.tensor<[12,8],f32>, %wh: !mt.tensor<[12,4],f32>) -> (!mt.tensor, !mt.tensor) {
  %false = arith.constant false
  %c1 = arith.constant 1 : i64
  %p = arith.constant 0.0 : f64
  %params = mt.prim.list_construct %wi, %wh : (!mt.tensor<[12,8],f32>, !mt.tensor<[12,4],f32>) -> !mt.list<!mt.tensor>
  // CHECK: %[[GATES:.*]] = mt.aten.linear %[[X]], %[[WI]]
  // CHECK: mt.prim.loop
  // CHECK: mt.aten.select.int %[[GATES]]
  // CHECK: mt.aten.linear {{.*}}, %[[WH]]
  // CHECK-COUNT-2: mt.aten.sigmoid
  // CHECK: mt.aten.tanh
  // CHECK: mt.aten.select_scatter
  // CHECK: mt.prim.loop_condition {{.*}} : !mt.tensor<[2,4],f32>, !mt.tensor<[?,2,4],f32>
  %y, %hn = mt.aten.gru.input %x, %h, %params, %false, %c1, %p, %false, %false, %false : (!mt.tensor<[?,2,8],f32>, !mt.tensor<[1,2,4],f32>, !mt.list<!mt.tensor>, i1, i64, f64, i1, i1, i1) -> (!mt.tensor, !mt.tensor)
  return %y, %hn : !mt.tensor, !mt.tensor
}

// -----

// One step needs no loop.

// CHECK-LABEL: func @lstm_one_step
func.func @lstm_one_step(%x: !mt.tensor<[1,2,8],f32>, %h: !mt.tensor<[1,2,4],f32>, %c: !mt.tensor<[1,2,4],f32>, %wi: !mt.tensor<[16,8],f32>, %wh: !mt.tensor<[16,4],f32>) -> (!mt.tensor, !mt.tensor, !mt.tensor) {
  %false = arith.constant false
  %c1 = arith.constant 1 : i64
  %p = arith.constant 0.0 : f64
  %hx = mt.prim.list_construct %h, %c : (!mt.tensor<[1,2,4],f32>, !mt.tensor<[1,2,4],f32>) -> !mt.list<!mt.tensor>
  %params = mt.prim.list_construct %wi, %wh : (!mt.tensor<[16,8],f32>, !mt.tensor<[16,4],f32>) -> !mt.list<!mt.tensor>
  // CHECK-NOT: mt.prim.loop
  // CHECK: mt.aten.unsqueeze
  %y, %hn, %cn = mt.aten.lstm.input %x, %hx, %params, %false, %c1, %p, %false, %false, %false : (!mt.tensor<[1,2,8],f32>, !mt.list<!mt.tensor>, !mt.list<!mt.tensor>, i1, i64, f64, i1, i1, i1) -> (!mt.tensor, !mt.tensor, !mt.tensor)
  return %y, %hn, %cn : !mt.tensor, !mt.tensor, !mt.tensor
}

// -----

// Of a packed sequence each step takes the rows that are still running.

// CHECK-LABEL: func @gru_packed
func.func @gru_packed(%x: !mt.tensor<[?,8],f32>, %sizes: !mt.tensor<[?],i64>, %h: !mt.tensor<[1,?,4],f32>, %wi: !mt.tensor<[12,8],f32>, %wh: !mt.tensor<[12,4],f32>) -> (!mt.tensor, !mt.tensor) {
  %false = arith.constant false
  %c1 = arith.constant 1 : i64
  %p = arith.constant 0.0 : f64
  %params = mt.prim.list_construct %wi, %wh : (!mt.tensor<[12,8],f32>, !mt.tensor<[12,4],f32>) -> !mt.list<!mt.tensor>
  // CHECK: mt.prim.loop
  // CHECK: %[[ROWS:.*]] = mt.aten.Int.Tensor
  // CHECK: mt.aten.slice_scatter
  // CHECK: mt.aten.slice_scatter
  // CHECK: mt.prim.loop_condition {{.*}} : !mt.tensor<[?,4],f32>, !mt.tensor<[?,4],f32>, i64
  %y, %hn = mt.aten.gru.data %x, %sizes, %h, %params, %false, %c1, %p, %false, %false : (!mt.tensor<[?,8],f32>, !mt.tensor<[?],i64>, !mt.tensor<[1,?,4],f32>, !mt.list<!mt.tensor>, i1, i64, f64, i1, i1) -> (!mt.tensor, !mt.tensor)
  return %y, %hn : !mt.tensor, !mt.tensor
}
