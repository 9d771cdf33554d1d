// RUN: mt-opt %s --mt-decompose-ops | FileCheck %s

// CHECK-LABEL: func.func @print
func.func @print(%x: !mt.tensor<[2],f32>, %n: i64) {
  %name = mt.constant.str "x:"
  %pair = mt.prim.tuple_construct %n, %name : (i64, !mt.str) -> !mt.tuple<i64, !mt.str>
  // CHECK-DAG: %[[HEAD:.*]] = mt.constant.str "x: "
  // CHECK-DAG: %[[OPEN:.*]] = mt.constant.str " ("
  // CHECK-DAG: %[[CLOSE:.*]] = mt.constant.str ", x:)\0A"
  // CHECK: mt.prim.write %[[HEAD]] : !mt.str
  // CHECK: mt.prim.write %arg0 {dtype = 6 : i64} : !mt.tensor<[2],f32>
  // CHECK: mt.prim.write %[[OPEN]] : !mt.str
  // CHECK: mt.prim.write %arg1 : i64
  // CHECK: mt.prim.write %[[CLOSE]] : !mt.str
  mt.operator "prim::Print"(%name, %x, %pair) : (!mt.str, !mt.tensor<[2],f32>, !mt.tuple<i64, !mt.str>) -> ()
  return
}

// CHECK-LABEL: func.func @unknown
func.func @unknown(%x: !mt.any) {
  // CHECK: mt.operator "prim::Print"
  mt.operator "prim::Print"(%x) : (!mt.any) -> ()
  return
}
