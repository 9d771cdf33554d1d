// RUN: mt-opt %s --mt-functionalize --split-input-file | FileCheck %s --check-prefix=FUNC
// RUN: mt-opt %s --mt-functionalize --mt-flatten-results --split-input-file | FileCheck %s --check-prefix=FLAT

// A result that is the argument, whatever it was given, is not returned.

// FUNC: mt.same_results = {"0" = {of = 0 : i64, same}}
// FLAT-LABEL: func.func @argument
// FLAT-SAME: -> !mt.tensor<[3],f32> attributes
// FLAT-SAME: result = tensor<[3],f32, same arg 0>, mutated = [0]
func.func @argument(%x: !mt.tensor<[3],f32>) -> !mt.tensor<[3],f32> attributes {mt.signature = #mt.signature<args = ["x" : tensor<[3],f32>]>} {
  %c1 = arith.constant 1 : i64
  %y = mt.operator "aten::add_.Scalar"(%x, %c1, %c1) : (!mt.tensor<[3],f32>, i64, i64) -> !mt.tensor<[3],f32>
  return %y : !mt.tensor<[3],f32>
}

// -----

// One tensor twice, and one that is equal but another.

// FUNC: mt.same_results = {"0.2" = {of = "0.0", same}}
// FLAT-LABEL: func.func @twice
// FLAT-SAME: -> (!mt.tensor<[3],f32>, !mt.tensor<[3],f32>)
// FLAT-SAME: result = tuple<[tensor<[3],f32>, tensor<[3],f32>, tensor<[3],f32, same result 0>]>
func.func @twice(%x: !mt.tensor<[3],f32>) -> !mt.tuple<!mt.tensor<[3],f32>, !mt.tensor<[3],f32>, !mt.tensor<[3],f32>>
    attributes {mt.signature = #mt.signature<args = ["x" : tensor<[3],f32>]>} {
  %y = mt.aten.relu %x : (!mt.tensor<[3],f32>) -> !mt.tensor<[3],f32>
  %z = mt.aten.relu %x : (!mt.tensor<[3],f32>) -> !mt.tensor<[3],f32>
  %t = mt.prim.tuple_construct %y, %z, %y : (!mt.tensor<[3],f32>, !mt.tensor<[3],f32>, !mt.tensor<[3],f32>) -> !mt.tuple<!mt.tensor<[3],f32>, !mt.tensor<[3],f32>, !mt.tensor<[3],f32>>
  return %t : !mt.tuple<!mt.tensor<[3],f32>, !mt.tensor<[3],f32>, !mt.tensor<[3],f32>>
}

// -----

// A view is another tensor in the same memory, also that of another result.

// FUNC: mt.same_results = {
// FUNC-SAME: "0.0" = {of = 0 : i64, offset = 0 : i64, strides = array<i64: 3, 1>}
// FUNC-SAME: "0.2" = {of = "0.1", offset = 1 : i64, strides = array<i64>}
// FUNC-SAME: "0.3" = {alias, of = "0.1"}
// FLAT-LABEL: func.func @view
// FLAT-SAME: -> !mt.tensor<[3],f32> attributes
// FLAT-SAME: tensor<[1,3],f32, view arg 0 offset 0 strides [3,1]>, tensor<[3],f32>
// FLAT-SAME: tensor<[],f32, view result 1 offset 1 strides []>
// FLAT-SAME: tensor<[3],f32, alias result 1>
func.func @view(%x: !mt.tensor<[3],f32>) -> !mt.tuple<!mt.tensor<[1,3],f32>, !mt.tensor<[3],f32>, !mt.tensor<[],f32>, !mt.tensor<[3],f32>> attributes {mt.signature = #mt.signature<args = ["x" : tensor<[3],f32>]>} {
  %c0 = arith.constant 0 : i64
  %c1 = arith.constant 1 : i64
  %v = mt.aten.unsqueeze %x, %c0 : (!mt.tensor<[3],f32>, i64) -> !mt.tensor<[1,3],f32>
  %y = mt.aten.relu %x : (!mt.tensor<[3],f32>) -> !mt.tensor<[3],f32>
  %s = mt.aten.select.int %y, %c0, %c1 : (!mt.tensor<[3],f32>, i64, i64) -> !mt.tensor<[],f32>
  %d = mt.aten.detach %y : (!mt.tensor<[3],f32>) -> !mt.tensor<[3],f32>
  %t = mt.prim.tuple_construct %v, %y, %s, %d : (!mt.tensor<[1,3],f32>, !mt.tensor<[3],f32>, !mt.tensor<[],f32>, !mt.tensor<[3],f32>)
    -> !mt.tuple<!mt.tensor<[1,3],f32>, !mt.tensor<[3],f32>, !mt.tensor<[],f32>, !mt.tensor<[3],f32>>
  return %t : !mt.tuple<!mt.tensor<[1,3],f32>, !mt.tensor<[3],f32>, !mt.tensor<[],f32>, !mt.tensor<[3],f32>>
}

// -----

// Of sizes that are not known, numbers say where it is: the offset, the sizes and
// the strides. The argument lies as they take it to.

// FUNC-LABEL: func.func @dynamic
// FUNC-SAME: {mt.contiguous}
// FUNC-SAME: mt.same_results = {"0" = {of = 0 : i64, placed}}
// FUNC: mt.operator "prim::place_result"(%{{.*}}, %{{.*}}, %{{.*}}, %{{.*}}) : (!mt.str, i64, i64, i64) -> ()
// FLAT-LABEL: func.func @dynamic
// FLAT-SAME: -> (i64, i64, i64)
// FLAT-SAME: result = tensor<[?],f32, placed arg 0>, contiguous = [0]
// FLAT-NOT: place_result
func.func @dynamic(%x: !mt.tensor<[?,?],f32>, %i: i64) -> !mt.tensor<[?],f32> attributes {mt.signature = #mt.signature<args = ["x" : tensor<[?,?],f32>, "i" : number<i64>]>} {
  %c0 = arith.constant 0 : i64
  %y = mt.aten.select.int %x, %c0, %i : (!mt.tensor<[?,?],f32>, i64, i64) -> !mt.tensor<[?],f32>
  return %y : !mt.tensor<[?],f32>
}

// -----

// Which it is, a branch decides: the number of the argument, or -1.

// FUNC: mt.same_results = {"0" = {chosen}}
// FUNC: %[[R:.*]]:2 = mt.prim.if %{{.*}} -> (!mt.tensor<[3],f32>, i64)
// FUNC: mt.prim.yield %{{.*}}, %c1{{.*}} : !mt.tensor<[3],f32>, i64
// FUNC: mt.prim.yield %{{.*}}, %c-1{{.*}} : !mt.tensor<[3],f32>, i64
// FUNC: mt.operator "prim::place_result"(%{{.*}}, %[[R]]#1)
// FLAT-LABEL: func.func @chosen
// FLAT-SAME: -> (!mt.tensor<[3],f32>, i64) attributes
// FLAT-SAME: result = tensor<[3],f32, either>
func.func @chosen(%c: i1, %x: !mt.tensor<[3],f32>) -> !mt.tensor<[3],f32> attributes {mt.signature = #mt.signature<args = ["c" : number<i1>, "x" : tensor<[3],f32>]>} {
  %r = mt.prim.if %c -> (!mt.tensor<[3],f32>) {
    mt.prim.yield %x : !mt.tensor<[3],f32>
  } else {
    %y = mt.aten.relu %x : (!mt.tensor<[3],f32>) -> !mt.tensor<[3],f32>
    mt.prim.yield %y : !mt.tensor<[3],f32>
  }
  return %r : !mt.tensor<[3],f32>
}
