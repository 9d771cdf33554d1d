// REQUIRES: mt-run
// RUN: mt-run %s --dump-stage=llvm-ir --method=numbers | FileCheck %s

// One pointer a slot: arguments, then results. A bool takes a byte; memrefs go
// by the address of their descriptor.

// CHECK-LABEL: define void @mt_invoke_numbers(ptr %0)
// CHECK: %[[SLOT:.*]] = load ptr, ptr %{{.*}}
// CHECK: %[[BYTE:.*]] = load i8, ptr
// CHECK: trunc i8 %[[BYTE]] to i1
// CHECK: call void @_mlir_ciface_numbers(
func.func @numbers(%i: i64, %b: i1, %x: tensor<?xf32>) -> (i64, i1) {
  return %i, %b : i64, i1
}

// A single number comes back in a register.
// CHECK-LABEL: define void @mt_invoke_number(ptr %0)
// CHECK: %[[R:.*]] = call double @_mlir_ciface_number(
// CHECK: store double %[[R]]
func.func @number(%f: f64) -> f64 {
  return %f : f64
}

// CHECK-NOT: @mt_invoke_helper
func.func private @helper(%f: f64) -> f64 {
  return %f : f64
}
