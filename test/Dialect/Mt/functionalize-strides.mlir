// RUN: mt-opt %s --split-input-file --mt-functionalize --canonicalize | FileCheck %s

// What depends on strides is answered where they are known, or when the program
// runs.

// CHECK-LABEL: func.func @static
// CHECK-DAG: %[[YES:.*]] = arith.constant true
// CHECK-DAG: %[[NO:.*]] = arith.constant false
// CHECK: return %[[YES]], %[[NO]]
func.func @static(%x: !mt.tensor<[2,3],f32>) -> (i1, i1) {
  %a = mt.operator "aten::is_contiguous"(%x) : (!mt.tensor<[2,3],f32>) -> i1
  %t = mt.aten.t %x : (!mt.tensor<[2,3],f32>) -> !mt.tensor<[3,2],f32>
  %b = mt.operator "aten::is_contiguous"(%t) : (!mt.tensor<[3,2],f32>) -> i1
  return %a, %b : i1, i1
}

// -----

// Sizes are there when the program runs; the argument has to lie as it is taken
// to.

// CHECK-LABEL: func.func @dynamic
// CHECK-SAME: %[[X:.*]]: !mt.tensor<[?,?],f32> {mt.contiguous}
// CHECK: %[[ROW:.*]] = mt.aten.size.int %[[X]], %c1_i64
// CHECK: mt.prim.list_construct %c1_i64, %{{.*}} : (i64, i64)
func.func @dynamic(%x: !mt.tensor<[?,?],f32>) -> !mt.list<i64> {
  %t = mt.aten.t %x : (!mt.tensor<[?,?],f32>) -> !mt.tensor<[?,?],f32>
  %s = mt.operator "aten::stride"(%t) : (!mt.tensor<[?,?],f32>) -> !mt.list<i64>
  return %s : !mt.list<i64>
}

// -----

// A view that cannot be, for certain.

// CHECK-LABEL: func.func @no_view
// CHECK: mt.prim.raise
func.func @no_view(%x: !mt.tensor<[2,3],f32>) -> !mt.tensor<[6],f32> {
  %c6 = arith.constant 6 : i64
  %n = mt.prim.list_construct %c6 : (i64) -> !mt.list<i64>
  %t = mt.aten.t %x : (!mt.tensor<[2,3],f32>) -> !mt.tensor<[3,2],f32>
  %v = mt.aten.view %t, %n : (!mt.tensor<[3,2],f32>, !mt.list<i64>) -> !mt.tensor<[6],f32>
  return %v : !mt.tensor<[6],f32>
}

// -----

// One of which that depends on sizes; and two that are possible for certain.

// CHECK-LABEL: func.func @perhaps
// CHECK: mt.aten.view
// CHECK: mt.prim.if
// CHECK: mt.prim.raise
func.func @perhaps(%x: !mt.tensor<[?,?],f32>, %m: i64) -> !mt.tensor<[?],f32> {
  %n = mt.prim.list_construct %m : (i64) -> !mt.list<i64>
  %t = mt.aten.t %x : (!mt.tensor<[?,?],f32>) -> !mt.tensor<[?,?],f32>
  %v = mt.aten.view %t, %n : (!mt.tensor<[?,?],f32>, !mt.list<i64>) -> !mt.tensor<[?],f32>
  return %v : !mt.tensor<[?],f32>
}

// CHECK-LABEL: func.func @contiguous
// CHECK-NOT: mt.prim.raise
// CHECK: return
func.func @contiguous(%x: !mt.tensor<[?,?],f32>, %m: i64) -> !mt.tensor<[?],f32> {
  %n = mt.prim.list_construct %m : (i64) -> !mt.list<i64>
  %v = mt.aten.view %x, %n : (!mt.tensor<[?,?],f32>, !mt.list<i64>) -> !mt.tensor<[?],f32>
  return %v : !mt.tensor<[?],f32>
}

// CHECK-LABEL: func.func @splits
// CHECK-NOT: mt.prim.raise
// CHECK: return
func.func @splits(%x: !mt.tensor<[2,12],f32>) -> !mt.tensor<[3,4,2],f32> {
  %c2 = arith.constant 2 : i64
  %c3 = arith.constant 3 : i64
  %c4 = arith.constant 4 : i64
  %n = mt.prim.list_construct %c3, %c4, %c2 : (i64, i64, i64) -> !mt.list<i64>
  %t = mt.aten.t %x : (!mt.tensor<[2,12],f32>) -> !mt.tensor<[12,2],f32>
  %v = mt.aten.view %t, %n : (!mt.tensor<[12,2],f32>, !mt.list<i64>) -> !mt.tensor<[3,4,2],f32>
  return %v : !mt.tensor<[3,4,2],f32>
}
