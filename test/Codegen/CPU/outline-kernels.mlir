// RUN: mt-opt %s --mt-cpu-outline-kernels | FileCheck %s
// RUN: mt-opt %s --mt-cpu-outline-kernels=max-inline=0 | FileCheck %s --check-prefix=ALL

#id = affine_map<(d0) -> (d0)>

// Two layers that differ only in their buffers are one function; what occurs
// once stays in a small program.

// CHECK-LABEL: func.func @layers
// ALL-LABEL: func.func @layers
func.func @layers(%a: memref<?xf32>, %b: memref<?xf32>, %c: memref<?xf32>) {
  %two = arith.constant 2.0 : f32
  %one = arith.constant 1.0 : f32
  // CHECK: call @[[$KERNEL:.*]](%arg0, %arg1)
  linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]}
      ins(%a : memref<?xf32>) outs(%b : memref<?xf32>) {
  ^bb0(%x: f32, %y: f32):
    %z = arith.mulf %x, %two : f32
    linalg.yield %z : f32
  }
  // CHECK: call @[[$KERNEL]](%arg1, %arg2)
  linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]}
      ins(%b : memref<?xf32>) outs(%c : memref<?xf32>) {
  ^bb0(%x: f32, %y: f32):
    %z = arith.mulf %x, %two : f32
    linalg.yield %z : f32
  }
  // Another constant is another kernel.
  // CHECK: linalg.generic
  // ALL-NOT: linalg.generic
  linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]}
      ins(%b : memref<?xf32>) outs(%c : memref<?xf32>) {
  ^bb0(%x: f32, %y: f32):
    %z = arith.mulf %x, %one : f32
    linalg.yield %z : f32
  }
  return
}

// A loop that allocates is the program's: its kernels are taken one by one.

// ALL-LABEL: func.func @program_loop
func.func @program_loop(%a: memref<?xf32>, %n: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %zero = arith.constant 0.0 : f32
  // ALL: scf.for
  scf.for %i = %c0 to %n step %c1 {
    // ALL: memref.alloc
    %t = memref.alloc(%n) : memref<?xf32>
    // ALL: call @
    linalg.fill ins(%zero : f32) outs(%t : memref<?xf32>)
    // ALL: memref.dealloc
    memref.dealloc %t : memref<?xf32>
  }
  return
}

// CHECK: func.func private @[[$KERNEL]](%{{.*}}: memref<?xf32>, %{{.*}}: memref<?xf32>) attributes {passthrough = ["noinline"]}
