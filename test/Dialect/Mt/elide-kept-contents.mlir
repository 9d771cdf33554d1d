// RUN: mt-opt %s --mt-elide-kept-contents | FileCheck %s

// What a write left is kept only if something behind it may raise, and only the
// last before that.

// CHECK-LABEL: func.func @straight
// CHECK-NOT: keep_contents"(%arg0
// CHECK: mt.operator "prim::keep_contents"(%arg1, %{{.*}})
// CHECK-NOT: keep_contents
// CHECK: cf.assert
// CHECK-NOT: keep_contents
// CHECK: return
func.func @straight(%a: tensor<4xf32>, %b: tensor<4xf32>, %c: tensor<4xf32>, %ok: i1) -> tensor<4xf32> {
  %name = mt.constant.str "#0"
  mt.operator "prim::keep_contents"(%a, %name) : (tensor<4xf32>, !mt.str) -> ()
  mt.operator "prim::keep_contents"(%b, %name) : (tensor<4xf32>, !mt.str) -> ()
  cf.assert %ok, "RuntimeError: no"
  mt.operator "prim::keep_contents"(%c, %name) : (tensor<4xf32>, !mt.str) -> ()
  return %c : tensor<4xf32>
}

// Another name is another place.

// CHECK-LABEL: func.func @names
// CHECK-COUNT-2: mt.operator "prim::keep_contents"
func.func @names(%a: i64, %b: i64, %ok: i1) {
  %calls = mt.constant.str "calls"
  %total = mt.constant.str "total"
  mt.operator "prim::keep_contents"(%a, %calls) : (i64, !mt.str) -> ()
  mt.operator "prim::keep_contents"(%b, %total) : (i64, !mt.str) -> ()
  cf.assert %ok, "RuntimeError: no"
  return
}

// The next turn of a loop may raise; a branch may not be taken.

// CHECK-LABEL: func.func @regions
// CHECK: scf.for
// CHECK: cf.assert
// CHECK: mt.operator "prim::keep_contents"
// CHECK: scf.if
// CHECK: mt.operator "prim::keep_contents"
// CHECK: mt.call_runtime
// CHECK: mt.operator "prim::keep_contents"
// CHECK: mt.operator "aten::append.t"
// CHECK: scf.if
// CHECK-NOT: keep_contents
// CHECK: return
func.func @regions(%a: i64, %l: !mt.list<i64>, %n: index, %ok: i1) {
  %name = mt.constant.str "calls"
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  scf.for %i = %c0 to %n step %c1 {
    cf.assert %ok, "RuntimeError: no"
    mt.operator "prim::keep_contents"(%a, %name) : (i64, !mt.str) -> ()
  }
  scf.if %ok {
    mt.operator "prim::keep_contents"(%a, %name) : (i64, !mt.str) -> ()
  }
  mt.call_runtime "mtrt_list_append_i"(%l, %a) "oi" -> "" : (!mt.list<i64>, i64) -> ()
  mt.operator "prim::keep_contents"(%a, %name) : (i64, !mt.str) -> ()
  %m = mt.operator "aten::append.t"(%l, %a) : (!mt.list<i64>, i64) -> !mt.list<i64>
  scf.if %ok {
    mt.operator "prim::keep_contents"(%a, %name) : (i64, !mt.str) -> ()
  }
  return
}
