// RUN: mt-opt %s --mt-infer-types | FileCheck %s

// What is known of the operands decides; the rest stays `?`.

// CHECK-LABEL: func.func @broadcast_unknown_size
// CHECK-SAME: -> !mt.tensor<[?,3,4],f32>
func.func @broadcast_unknown_size(%a: !mt.tensor<[?,1,4],f32>, %b: !mt.tensor<[3,?],f32>) -> !mt.tensor {
  %alpha = arith.constant 1 : i64
  %r = mt.aten.add.Tensor %a, %b, %alpha : (!mt.tensor<[?,1,4],f32>, !mt.tensor<[3,?],f32>, i64) -> !mt.tensor
  return %r : !mt.tensor
}

// The one size that is not constant follows from the number of elements.
// CHECK-LABEL: func.func @view_infers_one_size
// CHECK-SAME: -> !mt.tensor<[2,12],f32>
func.func @view_infers_one_size(%x: !mt.tensor<[2,3,4],f32>, %n: i64) -> !mt.tensor {
  %c12 = arith.constant 12 : i64
  %size = mt.prim.list_construct %n, %c12 : (i64, i64) -> !mt.list<i64>
  %r = mt.aten.view %x, %size : (!mt.tensor<[2,3,4],f32>, !mt.list<i64>) -> !mt.tensor
  return %r : !mt.tensor
}

// CHECK-LABEL: func.func @view_keeps_unknown
// CHECK-SAME: -> !mt.tensor<[?,12],f32>
func.func @view_keeps_unknown(%x: !mt.tensor<[?,3,4],f32>) -> !mt.tensor {
  %m1 = arith.constant -1 : i64
  %c12 = arith.constant 12 : i64
  %size = mt.prim.list_construct %m1, %c12 : (i64, i64) -> !mt.list<i64>
  %r = mt.aten.view %x, %size : (!mt.tensor<[?,3,4],f32>, !mt.list<i64>) -> !mt.tensor
  return %r : !mt.tensor
}

// A size that may be one may be dropped.
// CHECK-LABEL: func.func @squeeze_unknown_size
// CHECK-SAME: -> !mt.tensor<*,f32>
func.func @squeeze_unknown_size(%x: !mt.tensor<[?,3],f32>) -> !mt.tensor {
  %c0 = arith.constant 0 : i64
  %r = mt.aten.squeeze.dim %x, %c0 : (!mt.tensor<[?,3],f32>, i64) -> !mt.tensor
  return %r : !mt.tensor
}

// Index tensors that are not adjacent put their dimensions first.
// CHECK-LABEL: func.func @index_not_adjacent
// CHECK-SAME: -> !mt.tensor<[6,4],f32>
func.func @index_not_adjacent(%x: !mt.tensor<[3,4,5],f32>, %i: !mt.tensor<[6],i64>) -> !mt.tensor {
  %none = mt.constant.none
  %l = mt.prim.list_construct %i, %none, %i : (!mt.tensor<[6],i64>, !mt.none, !mt.tensor<[6],i64>) -> !mt.list<!mt.optional<!mt.tensor>>
  %r = mt.aten.index.Tensor %x, %l : (!mt.tensor<[3,4,5],f32>, !mt.list<!mt.optional<!mt.tensor>>) -> !mt.tensor
  return %r : !mt.tensor
}

// Builtin tensors have the same rules.
// CHECK-LABEL: func.func @linear_unboxed
// CHECK: mt.aten.linear {{.*}} -> {{.*}}tensor<{{.*}}?{{.*}}8{{.*}}f32>
func.func @linear_unboxed(%x: tensor<?x4xf32>, %w: tensor<8x4xf32>) -> !mt.tensor {
  %none = mt.constant.none
  %r = mt.aten.linear %x, %w, %none : (tensor<?x4xf32>, tensor<8x4xf32>, !mt.none) -> !mt.tensor
  return %r : !mt.tensor
}
