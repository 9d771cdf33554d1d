// RUN: mt-opt %s --mt-cpu-convert-assert | FileCheck %s

// CHECK-DAG: llvm.func @mtrt_raise(!llvm.ptr) attributes {passthrough = ["noreturn", "cold"]}
// CHECK-DAG: llvm.mlir.global internal constant @[[MSG:.*]]("RuntimeError: sizes do not match\0A  at m.py:3\00")

// CHECK: func.func @in_loop
// CHECK: scf.for
// CHECK: %[[BAD:.*]] = arith.xori %{{.*}}, %{{.*}} : i1
// CHECK: scf.if %[[BAD]]
// CHECK: %[[TEXT:.*]] = llvm.mlir.addressof @[[MSG]]
// CHECK: llvm.call @mtrt_raise(%[[TEXT]])
// One message is stored once.
// CHECK: llvm.mlir.addressof @[[MSG]]
func.func @in_loop(%ok: i1, %n: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  scf.for %i = %c0 to %n step %c1 {
    cf.assert %ok, "RuntimeError: sizes do not match\n  at m.py:3"
  }
  cf.assert %ok, "RuntimeError: sizes do not match\n  at m.py:3"
  return
}
