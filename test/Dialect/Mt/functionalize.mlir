// RUN: mt-opt %s --split-input-file --mt-functionalize | FileCheck %s

// A write through a view becomes a new value of the whole tensor, which is
// also what an argument contains afterwards.

// CHECK-LABEL: func @write_through_select
// CHECK-SAME: %[[X:.*]]: !mt.tensor<[2,3],f32>) -> (!mt.tensor<[2,3],f32>, !mt.tensor<[2,3],f32>)
// CHECK-SAME: mt.mutated = array<i64: 0>
// CHECK: %[[V:.*]] = mt.aten.select.int %[[X]]
// CHECK: %[[W:.*]] = mt.aten.add.Scalar %[[V]]
// CHECK: %[[Y:.*]] = mt.aten.select_scatter %[[X]], %[[W]]
// CHECK: return %[[Y]], %[[Y]]
func.func @write_through_select(%x: !mt.tensor<[2,3],f32>) -> !mt.tensor<[2,3],f32> {
  %c0 = arith.constant 0 : i64
  %c1 = arith.constant 1 : i64
  %v = mt.aten.select.int %x, %c0, %c0 : (!mt.tensor<[2,3],f32>, i64, i64) -> !mt.tensor<[3],f32>
  %w = mt.operator "aten::add_.Scalar"(%v, %c1, %c1) : (!mt.tensor<[3],f32>, i64, i64) -> !mt.tensor<[3],f32>
  return %x : !mt.tensor<[2,3],f32>
}

// -----

// Other views of the tensor are taken again.

// CHECK-LABEL: func @read_other_view
// CHECK: %[[X:.*]] = mt.aten.zeros_like
// CHECK: %[[A:.*]] = mt.aten.select.int %[[X]]
// CHECK: mt.aten.t %[[X]]
// CHECK: %[[ONE:.*]] = mt.aten.add.Scalar %[[A]]
// CHECK: %[[X1:.*]] = mt.aten.select_scatter %[[X]], %[[ONE]]
// CHECK: %[[T1:.*]] = mt.aten.t %[[X1]]
// CHECK: mt.aten.mul.Tensor %[[T1]], %[[T1]]
func.func @read_other_view(%a: !mt.tensor<[3,3],f32>) -> !mt.tensor<[3,3],f32> {
  %c0 = arith.constant 0 : i64
  %c1 = arith.constant 1 : i64
  %none = mt.constant.none
  %x = mt.aten.zeros_like %a, %none, %none, %none, %none, %none : (!mt.tensor<[3,3],f32>, !mt.none, !mt.none, !mt.none, !mt.none, !mt.none) -> !mt.tensor<[3,3],f32>
  %v = mt.aten.select.int %x, %c0, %c0 : (!mt.tensor<[3,3],f32>, i64, i64) -> !mt.tensor<[3],f32>
  %t = mt.aten.t %x : (!mt.tensor<[3,3],f32>) -> !mt.tensor<[3,3],f32>
  %w = mt.operator "aten::add_.Scalar"(%v, %c1, %c1) : (!mt.tensor<[3],f32>, i64, i64) -> !mt.tensor<[3],f32>
  %m = mt.aten.mul.Tensor %t, %t : (!mt.tensor<[3,3],f32>, !mt.tensor<[3,3],f32>) -> !mt.tensor<[3,3],f32>
  return %m : !mt.tensor<[3,3],f32>
}

// -----

// The written tensor keeps its dtype and shape.

// CHECK-LABEL: func @keeps_dtype
// CHECK: %[[S:.*]] = mt.aten.add.Tensor %{{.*}} -> !mt.tensor<[2,3],f64>
// CHECK: mt.aten.copy %{{.*}}, %[[S]], %{{.*}} -> !mt.tensor<[2,3],f32>
func.func @keeps_dtype(%x: !mt.tensor<[2,3],f32>, %y: !mt.tensor<[3],f64>) -> !mt.tensor {
  %c1 = arith.constant 1 : i64
  %z = mt.aten.relu %x : (!mt.tensor<[2,3],f32>) -> !mt.tensor<[2,3],f32>
  %w = mt.operator "aten::add_.Tensor"(%z, %y, %c1) : (!mt.tensor<[2,3],f32>, !mt.tensor<[3],f64>, i64) -> !mt.tensor
  return %w : !mt.tensor
}

// -----

// A transposed view is written back transposed; a reshaped one reshaped.

// CHECK-LABEL: func @inverse_views
// CHECK: %[[X:.*]] = mt.aten.relu
// CHECK: %[[P:.*]] = mt.aten.permute %[[X]]
// CHECK: %[[F:.*]] = mt.aten.view %[[P]]
// CHECK: %[[N:.*]] = mt.aten.zeros_like %[[F]]
// CHECK: %[[P1:.*]] = mt.aten.view %[[N]], %{{.*}} -> !mt.tensor<[3,1,2],f32>
// CHECK: %[[D:.*]] = mt.prim.list_construct %c1{{.*}}, %c2{{.*}}, %c0
// CHECK: %[[X1:.*]] = mt.aten.permute %[[P1]], %[[D]]
// CHECK: return %[[X1]]
func.func @inverse_views(%a: !mt.tensor<[1,2,3],f32>) -> !mt.tensor<[1,2,3],f32> {
  %c0 = arith.constant 0 : i64
  %c1 = arith.constant 1 : i64
  %c2 = arith.constant 2 : i64
  %c3 = arith.constant 3 : i64
  %x = mt.aten.relu %a : (!mt.tensor<[1,2,3],f32>) -> !mt.tensor<[1,2,3],f32>
  %d = mt.prim.list_construct %c2, %c0, %c1 : (i64, i64, i64) -> !mt.list<i64>
  %p = mt.aten.permute %x, %d : (!mt.tensor<[1,2,3],f32>, !mt.list<i64>) -> !mt.tensor<[3,1,2],f32>
  %s = mt.prim.list_construct %c3, %c2 : (i64, i64) -> !mt.list<i64>
  %f = mt.aten.view %p, %s : (!mt.tensor<[3,1,2],f32>, !mt.list<i64>) -> !mt.tensor<[3,2],f32>
  %w = mt.operator "aten::zero_"(%f) : (!mt.tensor<[3,2],f32>) -> !mt.tensor<[3,2],f32>
  return %x : !mt.tensor<[1,2,3],f32>
}

// -----

// A reshape that has to copy is no view.

// CHECK-LABEL: func @reshape_copies
// CHECK: %[[X:.*]] = mt.aten.relu
// CHECK: mt.aten.zeros_like
// CHECK: return %[[X]]
func.func @reshape_copies(%a: !mt.tensor<[2,3],f32>) -> !mt.tensor<[2,3],f32> {
  %c6 = arith.constant 6 : i64
  %x = mt.aten.relu %a : (!mt.tensor<[2,3],f32>) -> !mt.tensor<[2,3],f32>
  %t = mt.aten.t %x : (!mt.tensor<[2,3],f32>) -> !mt.tensor<[3,2],f32>
  %s = mt.prim.list_construct %c6 : (i64) -> !mt.list<i64>
  %r = mt.aten.reshape %t, %s : (!mt.tensor<[3,2],f32>, !mt.list<i64>) -> !mt.tensor<[6],f32>
  %w = mt.operator "aten::zero_"(%r) : (!mt.tensor<[6],f32>) -> !mt.tensor<[6],f32>
  return %x : !mt.tensor<[2,3],f32>
}

// -----

// Elements of a list of views, and a tuple that is made again.

// CHECK-LABEL: func @chunks
// CHECK: %[[X:.*]] = mt.aten.relu
// CHECK: %[[X1:.*]] = mt.aten.slice_scatter %[[X]], %{{.*}}, %{{.*}}, %c2{{.*}}, %c4
// CHECK: %[[L:.*]] = mt.aten.chunk %[[X1]]
// CHECK: %[[E:.*]]:2 = mt.prim.list_unpack %[[L]]
// CHECK: %[[T:.*]] = mt.prim.tuple_construct %[[X1]], %[[E]]#0
// CHECK: return %[[T]]
func.func @chunks(%a: !mt.tensor<[4,3],f32>) -> !mt.tuple<!mt.tensor<[4,3],f32>, !mt.tensor<[2,3],f32>> {
  %c0 = arith.constant 0 : i64
  %c2 = arith.constant 2 : i64
  %x = mt.aten.relu %a : (!mt.tensor<[4,3],f32>) -> !mt.tensor<[4,3],f32>
  %l = mt.aten.chunk %x, %c2, %c0 : (!mt.tensor<[4,3],f32>, i64, i64) -> !mt.list<!mt.tensor<[2,3],f32>>
  %e:2 = mt.prim.list_unpack %l : (!mt.list<!mt.tensor<[2,3],f32>>) -> (!mt.tensor<[2,3],f32>, !mt.tensor<[2,3],f32>)
  %t = mt.prim.tuple_construct %x, %e#0 : (!mt.tensor<[4,3],f32>, !mt.tensor<[2,3],f32>) -> !mt.tuple<!mt.tensor<[4,3],f32>, !mt.tensor<[2,3],f32>>
  %w = mt.operator "aten::fill_.Scalar"(%e#1, %c2) : (!mt.tensor<[2,3],f32>, i64) -> !mt.tensor<[2,3],f32>
  return %t : !mt.tuple<!mt.tensor<[4,3],f32>, !mt.tensor<[2,3],f32>>
}

// -----

// A list keeps what was put into it after its last write.

// CHECK-LABEL: func @append_after_write
// CHECK: %[[Z:.*]] = mt.aten.zeros_like
// CHECK: mt.operator "aten::append.t"(%{{.*}}, %[[Z]])
func.func @append_after_write(%a: !mt.tensor<[3],f32>) -> !mt.list<!mt.tensor<[3],f32>> {
  %l = mt.prim.list_construct : () -> !mt.list<!mt.tensor<[3],f32>>
  %x = mt.aten.relu %a : (!mt.tensor<[3],f32>) -> !mt.tensor<[3],f32>
  %w = mt.operator "aten::zero_"(%x) : (!mt.tensor<[3],f32>) -> !mt.tensor<[3],f32>
  %m = mt.operator "aten::append.t"(%l, %x) : (!mt.list<!mt.tensor<[3],f32>>, !mt.tensor<[3],f32>) -> !mt.list<!mt.tensor<[3],f32>>
  return %l : !mt.list<!mt.tensor<[3],f32>>
}

// -----

// State is among the results already.

// CHECK-LABEL: func @state
// CHECK-NOT: mt.mutated
// CHECK: %[[S:.*]] = mt.aten.add.Scalar
// CHECK: return %arg0, %[[S]] :
func.func @state(%arg0: !mt.tensor<[3],f32>, %s: !mt.tensor<[3],f32>) -> (!mt.tensor<[3],f32>, !mt.tensor<[3],f32>)
    attributes {mt.state = [{path = "calls"}]} {
  %c1 = arith.constant 1 : i64
  %w = mt.operator "aten::add_.Scalar"(%s, %c1, %c1) : (!mt.tensor<[3],f32>, i64, i64) -> !mt.tensor<[3],f32>
  return %arg0, %s : !mt.tensor<[3],f32>, !mt.tensor<[3],f32>
}

// -----

// batch_norm that trains writes to its running statistics, though its schema
// does not say so; in evaluation it does not.

// CHECK-LABEL: func @batch_norm_trains
// CHECK-SAME: mt.mutated = array<i64: 1, 2>
// CHECK: %[[R:.*]]:5 = mt.operator "aten::_native_batch_norm_legit_functional"
// CHECK: return %[[R]]#0, %[[R]]#3, %[[R]]#4
func.func @batch_norm_trains(%x: !mt.tensor<[2,3],f32>, %mean: !mt.tensor<[3],f32>, %var: !mt.tensor<[3],f32>) -> !mt.tensor<[2,3],f32> {
  %true = arith.constant true
  %m = arith.constant 0.1 : f64
  %none = mt.constant.none
  %y = mt.aten.batch_norm %x, %none, %none, %mean, %var, %true, %m, %m, %true : (!mt.tensor<[2,3],f32>, !mt.none, !mt.none, !mt.tensor<[3],f32>, !mt.tensor<[3],f32>, i1, f64, f64, i1) -> !mt.tensor<[2,3],f32>
  return %y : !mt.tensor<[2,3],f32>
}

// -----

// CHECK-LABEL: func @batch_norm_evaluates
// CHECK-NOT: mt.mutated
// CHECK: mt.aten.batch_norm
func.func @batch_norm_evaluates(%x: !mt.tensor<[2,3],f32>, %mean: !mt.tensor<[3],f32>, %var: !mt.tensor<[3],f32>) -> !mt.tensor<[2,3],f32> {
  %false = arith.constant false
  %m = arith.constant 0.1 : f64
  %none = mt.constant.none
  %y = mt.aten.batch_norm %x, %none, %none, %mean, %var, %false, %m, %m, %false : (!mt.tensor<[2,3],f32>, !mt.none, !mt.none, !mt.tensor<[3],f32>, !mt.tensor<[3],f32>, i1, f64, f64, i1) -> !mt.tensor<[2,3],f32>
  return %y : !mt.tensor<[2,3],f32>
}
