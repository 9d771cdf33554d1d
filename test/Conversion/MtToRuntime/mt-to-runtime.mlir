// RUN: mt-opt %s --convert-mt-to-runtime | FileCheck %s

// A list is its handle; a tensor goes in as an unranked one, out into a buffer.

// CHECK-DAG: func.func private @mtrt_list_append_f32(i64, i64, tensor<*xf32> {bufferization.access = "read"})
// CHECK-DAG: func.func private @mtrt_list_stack_f32(i64, i64, i64, memref<*xf32>)
// CHECK-LABEL: func.func @append_and_stack
func.func @append_and_stack(%x: tensor<?x4xf32>, %n: index) -> tensor<?x?x4xf32> {
  %c0 = arith.constant 0 : i64
  %i0 = arith.constant 0 : index
  %i1 = arith.constant 1 : index
  // CHECK: %[[L:.*]] = {{.*}}call @mtrt_list_new() : () -> i64
  %l = mt.prim.list_construct : () -> !mt.list<!mt.tensor<[?,4],f32>>
  scf.for %i = %i0 to %n step %i1 {
    // CHECK: %[[U:.*]] = tensor.cast %{{.*}} : tensor<?x4xf32> to tensor<*xf32>
    // CHECK: call @mtrt_list_append_f32(%[[L]], %{{.*}}, %[[U]])
    %m = mt.operator "aten::append.t"(%l, %x) : (!mt.list<!mt.tensor<[?,4],f32>>, tensor<?x4xf32>) -> !mt.list<!mt.tensor<[?,4],f32>>
  }
  // CHECK: call @mtrt_list_len(%[[L]])
  // CHECK: call @mtrt_list_stack_f32(%[[L]]
  // CHECK: bufferization.to_tensor
  %r = mt.aten.stack %l, %c0 : (!mt.list<!mt.tensor<[?,4],f32>>, i64) -> tensor<?x?x4xf32>
  return %r : tensor<?x?x4xf32>
}

// A list that is returned is its handle.

// CHECK-LABEL: func.func @return_list
// CHECK-SAME: -> i64
func.func @return_list(%x: tensor<?xf32>) -> !mt.list<!mt.tensor> {
  // CHECK: %[[L:.*]] = {{.*}}call @mtrt_list_new() : () -> i64
  %l = mt.prim.list_construct : () -> !mt.list<!mt.tensor<[?],f32>>
  %m = mt.operator "aten::append.t" (%l, %x) : (!mt.list<!mt.tensor<[?],f32>>, tensor<?xf32>) -> !mt.list<!mt.tensor<[?],f32>>
  %r = mt.prim.unchecked_cast %l : !mt.list<!mt.tensor<[?],f32>> -> !mt.list<!mt.tensor>
  // CHECK: return %[[L]] : i64
  return %r : !mt.list<!mt.tensor>
}

// A slice is a list of its own; a bound that is left out depends on the step.

// CHECK-LABEL: func.func @slice
// CHECK: %[[BACK:.*]] = arith.cmpi slt, %arg1
// CHECK: %[[START:.*]] = arith.select %[[BACK]]
// CHECK: call @mtrt_list_slice(%arg0, %[[START]], %arg1, %arg1)
func.func @slice(%l: !mt.list<i64>, %n: i64) -> !mt.list<i64> {
  %none = mt.constant.none
  %r = mt.operator "aten::slice.t"(%l, %none, %n, %n) : (!mt.list<i64>, !mt.none, i64, i64) -> !mt.list<i64>
  return %r : !mt.list<i64>
}

// Numbers become a tensor one by one.

// CHECK-LABEL: func.func @tensor_of_numbers
// CHECK: call @mtrt_list_len(%arg0)
// CHECK: scf.for
// CHECK: %[[N:.*]] = func.call @mtrt_list_get_float(%arg0
// CHECK: %[[F:.*]] = arith.truncf %[[N]] : f64 to f32
// CHECK: tensor.insert %[[F]]
func.func @tensor_of_numbers(%l: !mt.list<f64>) -> tensor<?xf32> {
  %none = mt.constant.none
  %false = arith.constant false
  %t = mt.aten.tensor %l, %none, %none, %false : (!mt.list<f64>, !mt.none, !mt.none, i1) -> tensor<?xf32>
  return %t : tensor<?xf32>
}
