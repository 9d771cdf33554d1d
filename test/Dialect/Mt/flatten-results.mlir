// RUN: mt-opt %s --mt-flatten-results | FileCheck %s

// A list that the program fills is one leaf.

// CHECK-LABEL: func.func @runtime_list
// CHECK-SAME: mt.signature = #mt.signature<result = boxed<"List[Tensor]">>
func.func @runtime_list(%x: !mt.tensor<[?],f32>) -> !mt.list<!mt.tensor> attributes {mt.signature = #mt.signature<>} {
  %l = mt.prim.list_construct : () -> !mt.list<!mt.tensor<[?],f32>>
  %m = mt.operator "aten::append.t" (%l, %x) : (!mt.list<!mt.tensor<[?],f32>>, !mt.tensor<[?],f32>) -> !mt.list<!mt.tensor<[?],f32>>
  %r = mt.prim.unchecked_cast %l : !mt.list<!mt.tensor<[?],f32>> -> !mt.list<!mt.tensor>
  return %r : !mt.list<!mt.tensor>
}

// A complex number is two floats.

// CHECK-LABEL: func.func @complex_number
// CHECK-SAME: -> (f64, f64)
// CHECK-SAME: mt.signature = #mt.signature<result = complex>
func.func @complex_number(%z: complex<f64>) -> complex<f64> attributes {mt.signature = #mt.signature<>} {
  return %z : complex<f64>
}

// What is known only when the program runs is a boxed value; one that says
// itself what it is takes two slots.

// CHECK-LABEL: func.func @boxed
// CHECK-SAME: result = tuple<[boxed<"Dict[str, List[int]]">, boxed<"Optional[float]", tagged>]>
func.func @boxed(%d: !mt.dict<!mt.str, !mt.list<i64>>, %o: !mt.optional<f64>) -> (!mt.dict<!mt.str, !mt.list<i64>>, !mt.optional<f64>) attributes {mt.signature = #mt.signature<>} {
  return %d, %o : !mt.dict<!mt.str, !mt.list<i64>>, !mt.optional<f64>
}

// Containers, also with names, are spread; what is fixed is not returned.

// CHECK-LABEL: func.func @containers
// CHECK-SAME: -> (i64, f64, i1)
// CHECK-SAME: result = tuple<[tuple<[number<i64>, number<f64>], "Point" ["x", "y"]>, dict<["k" = number<i1>, 3 : i64 = constant<"s">]>, none]>>
func.func @containers(%x: i64, %y: f64, %z: i1)
    -> (!mt.tuple<"Point" ["x", "y"] i64, f64>, !mt.dict<!mt.any, !mt.any>, !mt.none)
    attributes {mt.signature = #mt.signature<>} {
  %p = mt.prim.tuple_construct %x, %y : (i64, f64) -> !mt.tuple<"Point" ["x", "y"] i64, f64>
  %k = mt.constant.str "k"
  %three = arith.constant 3 : i64
  %s = mt.constant.str "s"
  %d = mt.prim.dict_construct %k, %z, %three, %s : (!mt.str, i1, i64, !mt.str) -> !mt.dict<!mt.any, !mt.any>
  %n = mt.constant.none
  return %p, %d, %n : !mt.tuple<"Point" ["x", "y"] i64, f64>, !mt.dict<!mt.any, !mt.any>, !mt.none
}

// What is relied on of arguments' memory, what they become, and the state, go
// into the signature. State that only stays what it is, and is known, is no state.

// CHECK-LABEL: func.func @memory
// CHECK-SAME: -> (f64, i64, !mt.tensor<[2,3],f32>, !mt.tensor<[2],f32>)
// CHECK-NOT: mt.contiguous
// CHECK-SAME: mt.signature = #mt.signature<args = ["x" : tensor<[2,3],f32>, "y" : tensor<[3],f32>],
// CHECK-SAME: state = ["n" : number<i64>], result = number<f64>, mutated = [0], contiguous = [0], whole = [0], distinct = {{\[\[}}0, 1]],
// CHECK-SAME: reshaped = [permuted<0, [1,0]>, replaced<1, rank 1>]
func.func @memory(%x: !mt.tensor<[2,3],f32> {mt.contiguous, mt.whole}, %y: !mt.tensor<[3],f32>, %k: f64, %n: i64)
    -> (f64, f64, i64, !mt.tensor<[2,3],f32>, !mt.tensor<[2],f32>)
    attributes {mt.mutated = array<i64: 0>, mt.distinct = [array<i64: 0, 1>],
                mt.reshaped = [{argument = 0 : i64, dims = array<i64: 1, 0>}, {argument = 1 : i64, replaced}],
                mt.state = [{path = "k", value = 1.0 : f64}, {path = "n"}],
                mt.signature = #mt.signature<args = ["x" : tensor<[2,3],f32>, "y" : tensor<[3],f32>],
                                             state = ["k" : number<f64>, "n" : number<i64>]>} {
  %new = mt.operator "new" () : () -> !mt.tensor<[2],f32>
  return %k, %k, %n, %x, %new : f64, f64, i64, !mt.tensor<[2,3],f32>, !mt.tensor<[2],f32>
}
