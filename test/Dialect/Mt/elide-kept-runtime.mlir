// RUN: mt-opt %s --mt-elide-kept-contents | FileCheck %s

// A call of the runtime that may raise shows what was written before it.

// CHECK-LABEL: func.func @raises
// CHECK: prim::keep_contents
// CHECK: mtrt_tensor_select
func.func @raises(%x: !mt.tensor, %n: i64) -> !mt.tensor {
  %name = mt.constant.str "last"
  mt.operator "prim::keep_contents"(%x, %name) : (!mt.tensor, !mt.str) -> ()
  %0 = mt.call_runtime "mtrt_tensor_select"(%x, %n, %n) "oii" -> "o" raises : (!mt.tensor, i64, i64) -> !mt.tensor
  return %0 : !mt.tensor
}

// CHECK-LABEL: func.func @never_raises
// CHECK-NOT: prim::keep_contents
func.func @never_raises(%x: !mt.tensor) -> i64 {
  %name = mt.constant.str "last"
  mt.operator "prim::keep_contents"(%x, %name) : (!mt.tensor, !mt.str) -> ()
  %0 = mt.call_runtime "mtrt_tensor_rank"(%x) "o" -> "i" : (!mt.tensor) -> i64
  return %0 : i64
}
