// RUN: mt-opt %s --mt-insert-refcounts --split-input-file --verify-diagnostics

// What is not known is no guess.

// Memory that leaves its owner's region was no loan.
func.func private @make(i64) -> !mt.tensor<[?],f32>
func.func private @use(memref<?xf32>)
func.func @leaves(%c: i1, %k: i64, %other: memref<?xf32>) {
  %r = scf.if %c -> memref<?xf32> {
    // expected-note @+1 {{this is the owner}}
    %o = func.call @make(%k) : (i64) -> !mt.tensor<[?],f32>
    %m = builtin.unrealized_conversion_cast %o : !mt.tensor<[?],f32> to memref<?xf32>
    // expected-error @+1 {{memory of an object outlives its owner: a snapshot was needed}}
    scf.yield %m : memref<?xf32>
  } else {
    scf.yield %other : memref<?xf32>
  }
  call @use(%r) : (memref<?xf32>) -> ()
  return
}

// -----

// Nor when its owner leaves with it.
func.func private @make(i64) -> !mt.tensor<[?],f32>
func.func @leaves_together(%k: i64) -> (!mt.tensor<[?],f32>, memref<?xf32>) {
  // expected-note @+1 {{this is the owner}}
  %o = call @make(%k) : (i64) -> !mt.tensor<[?],f32>
  %m = builtin.unrealized_conversion_cast %o : !mt.tensor<[?],f32> to memref<?xf32>
  // expected-error @+1 {{memory of an object outlives its owner: a snapshot was needed}}
  return %o, %m : !mt.tensor<[?],f32>, memref<?xf32>
}

// -----

func.func private @use(!mt.str)
func.func @unknown_region(%s: !mt.str, %n: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  // expected-error @+1 {{how this operation passes references to boxed values is not known}}
  scf.parallel (%i) = (%c0) to (%n) step (%c1) {
    func.call @use(%s) : (!mt.str) -> ()
  }
  return
}

// -----

// expected-error @+1 {{references to boxed values are counted on structured control flow: this region has several blocks}}
func.func @blocks(%s: !mt.str) -> !mt.str {
  // expected-error @+1 {{how this terminator passes references to boxed values is not known}}
  cf.br ^end(%s : !mt.str)
^end(%t: !mt.str):
  return %t : !mt.str
}

// -----

func.func @owner() {
  // expected-error @+1 {{who owns the boxed result is not known}}
  %o = mt.prim.create_object : !mt.object<@Point>
  return
}

// -----

func.func @tensor(%t: !mt.tensor<[4],f32>) {
  // expected-error @+1 {{a tensor made of a boxed value was not bufferized}}
  %v = mt.unbox %t : !mt.tensor<[4],f32> -> tensor<4xf32>
  return
}

// -----

func.func private @takes_number(!mt.str, i64) attributes {mt.takes = array<i64: 1>}
func.func @wrong_takes(%s: !mt.str, %n: i64) {
  // expected-error @+1 {{'mt.takes' names an argument that is no boxed value}}
  call @takes_number(%s, %n) : (!mt.str, i64) -> ()
  return
}
