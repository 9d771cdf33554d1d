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

// What one kernel gives is an operand of the next.

// CHECK-LABEL: func.func @chain
// CHECK: %[[A:.*]] = call @[[$SUM:.*]](%arg1, %arg2, %arg0)
// CHECK: %[[B:.*]] = call @[[$SUM]](%arg1, %[[A]], %arg0)
// CHECK: return %[[B]]
func.func @chain(%m: memref<?xf32>, %n: index, %x: f32) -> f32 {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %a = scf.for %i = %c0 to %n step %c1 iter_args(%s = %x) -> f32 {
    %v = memref.load %m[%i] : memref<?xf32>
    %t = arith.addf %s, %v : f32
    scf.yield %t : f32
  }
  %b = scf.for %i = %c0 to %n step %c1 iter_args(%s = %a) -> f32 {
    %v = memref.load %m[%i] : memref<?xf32>
    %t = arith.addf %s, %v : f32
    scf.yield %t : f32
  }
  return %b : f32
}

// Boxed values are the program's.

// ALL-LABEL: func.func @boxed
// ALL: scf.for
// ALL: mt.call_runtime
func.func @boxed(%l: !mt.list<i64>, %n: index, %v: i64) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  scf.for %i = %c0 to %n step %c1 {
    mt.call_runtime "mtrt_list_append_i"(%l, %v) "oi" -> "" : (!mt.list<i64>, i64) -> ()
  }
  return
}

// CHECK: func.func private @[[$KERNEL]](%{{.*}}: memref<?xf32>, %{{.*}}: memref<?xf32>) attributes {passthrough = ["noinline"]}
