// RUN: mt-opt %s --convert-mt-to-llvm --split-input-file | FileCheck %s

// The fast path looks at the count, a frame of slots lies on the stack.

// Above one it counts down; immortal and null stay; all else is the runtime's.
// CHECK-LABEL: llvm.func private @mt.release_object
// CHECK-SAME: (%[[O:.*]]: !llvm.ptr) attributes {always_inline}
// CHECK: llvm.cond_br %{{.*}}, ^[[END:.*]], ^[[LOAD:.*]]
// CHECK: ^[[LOAD]]:
// CHECK: %[[N:.*]] = llvm.load %[[O]] atomic monotonic {alignment = 4 : i64} : !llvm.ptr -> i32
// CHECK: %[[TWO:.*]] = llvm.mlir.constant(2 : i32)
// CHECK: %[[ABOVE:.*]] = llvm.sub %[[N]], %[[TWO]]
// CHECK: %[[RANGE:.*]] = llvm.mlir.constant(2147483645 : i32)
// CHECK: llvm.icmp "ult" %[[ABOVE]], %[[RANGE]]
// CHECK: %[[STEP:.*]] = llvm.mlir.constant(-1 : i32)
// CHECK: %[[LESS:.*]] = llvm.add %[[N]], %[[STEP]]
// CHECK: llvm.store %[[LESS]], %[[O]]
// CHECK: llvm.br ^[[END]]
// CHECK: llvm.call @mtrt_object_release(%[[O]])

// CHECK: llvm.func @mtrt_object_release(!llvm.ptr)

// CHECK-LABEL: llvm.func private @mt.retain_value
// CHECK-SAME: (%[[T:.*]]: i64, %[[B:.*]]: i64) attributes {always_inline}
// CHECK: %[[OBJECT:.*]] = llvm.mlir.constant(4 : i64)
// CHECK: llvm.icmp "eq" %[[T]], %[[OBJECT]]
// CHECK: %[[P:.*]] = llvm.inttoptr %[[B]]
// CHECK: llvm.call @mt.retain_object(%[[P]])

// CHECK-LABEL: func.func @counts
// CHECK-SAME: (%[[S:.*]]: !llvm.ptr, %[[T:.*]]: i64, %[[B:.*]]: i64)
// CHECK: llvm.call @mt.release_object(%[[S]])
// CHECK: llvm.call @mt.retain_value(%[[T]], %[[B]])
func.func @counts(%s: !mt.str, %a: !mt.any) {
  mt.release %s : !mt.str
  mt.retain %a : !mt.any
  return
}

// -----

// CHECK-LABEL: func.func @roots
// CHECK-SAME: (%[[S:.*]]: !llvm.ptr, %[[T:.*]]: i64, %[[B:.*]]: i64)
// CHECK: %[[F:.*]] = llvm.alloca %{{.*}} x !llvm.struct<(ptr, i64, array<2 x ptr>)>
// CHECK: %[[TWO:.*]] = llvm.mlir.constant(2 : i64)
// CHECK: llvm.call @mtrt_roots_enter(%[[F]], %[[TWO]])
// CHECK: %[[FIRST:.*]] = llvm.getelementptr %[[F]][0, 2, 0]
// CHECK: llvm.store %[[S]], %[[FIRST]]
// CHECK: %[[SECOND:.*]] = llvm.getelementptr %[[F]][0, 2, 1]
// CHECK: %[[OBJECT:.*]] = llvm.select
// CHECK: llvm.store %[[OBJECT]], %[[SECOND]]
// CHECK: llvm.store %{{.*}}, %{{.*}} : !llvm.ptr, !llvm.ptr
// CHECK: llvm.call @mtrt_roots_leave(%[[F]])
// CHECK-NEXT: return
func.func @roots(%s: !mt.str, %a: !mt.any) {
  mt.enter_roots 2
  mt.root %s in 0 : !mt.str
  mt.root %a in 1 : !mt.any
  mt.unroot 1
  mt.leave_roots
  return
}
