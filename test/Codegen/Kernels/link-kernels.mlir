// RUN: mt-opt %s --mt-link-kernels | FileCheck %s

// What is called once may be inlined later, what is called twice is there once.

// CHECK-NOT: module @
// CHECK-LABEL: func.func @program(%arg0: memref<8xf32>, %arg1: memref<8xf32>)
// CHECK: call @once(%arg0, %arg1)
// CHECK: call @twice(%arg0, %arg1)
// CHECK: call @twice(%arg1, %arg0)
func.func @program(%a: memref<8xf32>, %b: memref<8xf32>) {
  mt.launch @once::@once(%a) outs(%b) : (memref<8xf32>, memref<8xf32>) -> ()
  mt.launch @twice::@twice(%a) outs(%b) : (memref<8xf32>, memref<8xf32>) -> ()
  mt.launch @twice::@twice(%b) outs(%a) : (memref<8xf32>, memref<8xf32>) -> ()
  return
}

// What kernels call comes with them, if it is not there.
// CHECK: func.func private @helper(f32) -> f32
func.func private @helper(f32) -> f32

// CHECK-DAG: func.func private @once({{.*}}) attributes {mt.kernel = #mt.kernel<pointwise>} {
module @once {
  func.func @once(%x: memref<8xf32>, %out: memref<8xf32>) attributes {mt.kernel = #mt.kernel<pointwise>} {
    memref.copy %x, %out : memref<8xf32> to memref<8xf32>
    return
  }
  func.func private @helper(f32) -> f32
}
// CHECK-DAG: func.func private @twice({{.*}}) attributes {mt.kernel = #mt.kernel<pointwise>, passthrough = ["noinline"]} {
// CHECK-DAG: func.func private @other() -> f32
module @twice {
  func.func @twice(%x: memref<8xf32>, %out: memref<8xf32>) attributes {mt.kernel = #mt.kernel<pointwise>} {
    memref.copy %x, %out : memref<8xf32> to memref<8xf32>
    return
  }
  func.func private @other() -> f32
}
