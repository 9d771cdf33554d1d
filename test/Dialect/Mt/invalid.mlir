// RUN: mt-opt %s --split-input-file --verify-diagnostics

// expected-error@+1 {{not a tensor element type: 'i7'}}
func.func private @dtype(!mt.tensor<[2],i7>)

// -----

// expected-error@+1 {{a named tuple has one field name an element; got 1 names for 2 elements}}
func.func private @tuple(!mt.tuple<"Point" ["x"] i64, i64>)

// -----

// expected-error@+1 {{is of class @Missing, which the module does not define}}
mt.object @o : @Missing {}

// -----

mt.class @C {
  mt.attr @a : i64
}
// expected-error@+1 {{has a value for 'b', which class @C does not declare}}
mt.object @o : @C {b = 1 : i64}

// -----

func.func @if_types(%c: i1, %a: i64, %b: f64) {
  // expected-error@+1 {{the else branch yields 'f64' for value #0, expected 'i64'}}
  %r = mt.prim.if %c -> (i64) {
    mt.prim.yield %a : i64
  } else {
    mt.prim.yield %b : f64
  }
  return
}

// -----

func.func @loop_arguments(%c: i1, %n: i64) {
  // expected-error@+1 {{the body takes 2 arguments, expected the turn's number and 0 carried values}}
  mt.prim.loop %n, %c : (i64, i1) -> () {
  ^bb0(%i: i64, %v: i64):
    mt.prim.loop_condition %c
  }
  return
}

// -----

func.func @loop_ranks(%c: i1, %n: i64, %x: !mt.tensor<[2],f32>, %y: !mt.tensor<[2,2],f32>) {
  // expected-error@+1 {{the body yields '!mt.tensor<[2,2],f32>' for value #0, expected '!mt.tensor<[2],f32>'}}
  %r = mt.prim.loop %n, %c, %x : (i64, i1, !mt.tensor<[2],f32>) -> !mt.tensor<[2],f32> {
  ^bb0(%i: i64, %v: !mt.tensor<[2],f32>):
    mt.prim.loop_condition %c, %y : !mt.tensor<[2,2],f32>
  }
  return
}

// -----

func.func @member_of_another_enum() {
  // expected-error @below {{'mt.constant.enum' op is a member of 'A', got '!mt.enum<"B", i64>'}}
  %c = mt.constant.enum {class = "A", name = "X", value = 1 : i64} : !mt.enum<"B", i64>
  return
}

// -----

func.func @member_without_value() {
  // expected-error @below {{needs a class, a name, and a number or string}}
  %c = mt.constant.enum {class = "A", name = "X"} : !mt.enum<"A", i64>
  return
}

// -----

func.func @launch(%a: tensor<8xf32>, %n: index, %e: tensor<8xf32>) -> tensor<8xf32> {
  // expected-error@+1 {{there is no kernel @none::@k}}
  %0 = mt.launch @none::@k(%a, %n) outs(%e) : (tensor<8xf32>, index, tensor<8xf32>) -> tensor<8xf32>
  return %0 : tensor<8xf32>
}
module @k {
  func.func @k(%x: tensor<8xf32>, %n: index, %out: tensor<8xf32>) -> tensor<8xf32> attributes {mt.kernel = #mt.kernel<pointwise>} {
    return %x : tensor<8xf32>
  }
  func.func @other() {
    return
  }
}

// -----

func.func @launch(%a: tensor<8xf32>, %n: index, %e: tensor<8xf32>) -> tensor<8xf32> {
  // expected-error@+1 {{calls @k::@other, which has no 'mt.kernel'}}
  %0 = mt.launch @k::@other(%a, %n) outs(%e) : (tensor<8xf32>, index, tensor<8xf32>) -> tensor<8xf32>
  return %0 : tensor<8xf32>
}
module @k {
  func.func @k(%x: tensor<8xf32>, %n: index, %out: tensor<8xf32>) -> tensor<8xf32> attributes {mt.kernel = #mt.kernel<pointwise>} {
    return %x : tensor<8xf32>
  }
  func.func @other() {
    return
  }
}

// -----

func.func @launch(%a: tensor<8xf32>, %n: index, %e: tensor<8xf32>) -> tensor<8xf32> {
  // expected-error@+1 {{has 2 operands, but @k::@k takes 3}}
  %0 = mt.launch @k::@k(%a) outs(%e) : (tensor<8xf32>, tensor<8xf32>) -> tensor<8xf32>
  return %0 : tensor<8xf32>
}
module @k {
  func.func @k(%x: tensor<8xf32>, %n: index, %out: tensor<8xf32>) -> tensor<8xf32> attributes {mt.kernel = #mt.kernel<pointwise>} {
    return %x : tensor<8xf32>
  }
  func.func @other() {
    return
  }
}

// -----

func.func @launch(%a: tensor<8xf32>, %n: index, %e: tensor<8xf32>) -> tensor<8xf32> {
  // expected-error@+1 {{operand 0 has type 'index', but @k::@k takes 'tensor<8xf32>'}}
  %0 = mt.launch @k::@k(%n, %n) outs(%e) : (index, index, tensor<8xf32>) -> tensor<8xf32>
  return %0 : tensor<8xf32>
}
module @k {
  func.func @k(%x: tensor<8xf32>, %n: index, %out: tensor<8xf32>) -> tensor<8xf32> attributes {mt.kernel = #mt.kernel<pointwise>} {
    return %x : tensor<8xf32>
  }
  func.func @other() {
    return
  }
}

// -----

func.func @parallel_call(%m: memref<8xf32>, %n: index) {
  // expected-error@+1 {{there is no function @part}}
  mt.parallel_call @part(%m) times %n : memref<8xf32>
  return
}

// -----

func.func @parallel_call(%m: memref<8xf32>, %n: index) {
  // expected-error@+1 {{calls @part of type '(index, memref<8xf32>) -> ()', but hands it '(index, index, memref<8xf32>) -> ()'}}
  mt.parallel_call @part(%m) times %n : memref<8xf32>
  return
}
func.func private @part(%from: index, %m: memref<8xf32>)
