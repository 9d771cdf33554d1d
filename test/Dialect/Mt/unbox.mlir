// RUN: mt-opt %s --mt-unbox | FileCheck %s

// A tensor object of known rank and dtype is its contents; sizes may be unknown.

// CHECK-LABEL: func.func @known(
// CHECK-SAME: %[[X:.*]]: tensor<2x?xf32>) -> tensor<2x?xf32>
// CHECK: mt.aten.relu %[[X]] : (tensor<2x?xf32>) -> tensor<2x?xf32>
func.func @known(%x: !mt.tensor<[2,?],f32>) -> !mt.tensor<[2,?],f32> {
  %r = mt.aten.relu %x : (!mt.tensor<[2,?],f32>) -> !mt.tensor<[2,?],f32>
  return %r : !mt.tensor<[2,?],f32>
}

// One whose rank or dtype is not known stays an object.

// CHECK-LABEL: func.func @unknown(
// CHECK-SAME: !mt.tensor<*,f32>, %{{.*}}: !mt.tensor<[2]>
func.func @unknown(%x: !mt.tensor<*,f32>, %y: !mt.tensor<[2]>) -> (!mt.tensor<*,f32>, !mt.tensor<[2]>) {
  return %x, %y : !mt.tensor<*,f32>, !mt.tensor<[2]>
}

// Constants are those of arith.

// CHECK-LABEL: func.func @constant
// CHECK: arith.constant dense<[1, 2]> : tensor<2xi64>
// CHECK-NOT: mt.constant
func.func @constant() -> !mt.tensor<[2],i64> {
  %c = mt.constant.tensor dense<[1, 2]> : tensor<2xi64> -> !mt.tensor<[2],i64>
  return %c : !mt.tensor<[2],i64>
}

// What a region carries, too.

// CHECK-LABEL: func.func @carried
// CHECK: mt.prim.loop %{{.*}}, %{{.*}}, %{{.*}} : (i64, i1, tensor<2xf32>) -> tensor<2xf32>
func.func @carried(%n: i64, %b: i1, %x: !mt.tensor<[2],f32>) -> !mt.tensor<[2],f32> {
  %r = mt.prim.loop %n, %b, %x : (i64, i1, !mt.tensor<[2],f32>) -> !mt.tensor<[2],f32> {
  ^bb0(%i: i64, %y: !mt.tensor<[2],f32>):
    %z = mt.aten.relu %y : (!mt.tensor<[2],f32>) -> !mt.tensor<[2],f32>
    mt.prim.loop_condition %b, %z : !mt.tensor<[2],f32>
  }
  return %r : !mt.tensor<[2],f32>
}

// What mt.box makes is an object on purpose.

// CHECK-LABEL: func.func @boxed
// CHECK: mt.box %{{.*}} : tensor<2xf32> -> <[2],f32>
func.func @boxed(%x: tensor<2xf32>) -> !mt.list<!mt.tensor<[2],f32>> {
  %o = mt.box %x : tensor<2xf32> -> !mt.tensor<[2],f32>
  %l = mt.prim.list_construct %o : (!mt.tensor<[2],f32>) -> !mt.list<!mt.tensor<[2],f32>>
  return %l : !mt.list<!mt.tensor<[2],f32>>
}
