// RUN: mt-opt %s --convert-mt-to-llvm | FileCheck %s

// In front of a call that may raise stands where the program says so.

// CHECK-DAG: llvm.mlir.global internal constant @[[$PLACE:.*]]("a.py:3:4\00")
// CHECK-LABEL: func.func @get
// CHECK: %[[SLOT:.*]] = llvm.call @mtrt_place() : () -> !llvm.ptr
// CHECK: %[[TEXT:.*]] = llvm.mlir.addressof @[[$PLACE]]
// CHECK: llvm.store %[[TEXT]], %[[SLOT]]
// CHECK: llvm.call @mtrt_str_get
// CHECK-NOT: llvm.store
// CHECK: llvm.call @mtrt_str_upper
func.func @get(%s: !mt.str, %n: i64) -> !mt.str {
  %0 = mt.call_runtime "mtrt_str_get"(%s, %n) "oi" -> "o" raises : (!mt.str, i64) -> !mt.str loc("a.py":3:4)
  %1 = mt.call_runtime "mtrt_str_upper"(%0) "o" -> "o" : (!mt.str) -> !mt.str loc("a.py":4:4)
  return %1 : !mt.str
}
