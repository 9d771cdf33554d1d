// RUN: mt-opt %s --split-input-file --mt-infer-types=explain=true --mt-explain-boxed --verify-diagnostics

// The list that a loop appends to: where it is made, and where it is changed.

func.func @changed_in_a_loop(%n: i64, %x: f64) -> !mt.list<f64> {
  %yes = arith.constant true
  // expected-remark @unknown {{'rows', List[float], stays an object: 'aten::append.t' changes it in a loop that is not unrolled}}
  %l = mt.prim.list_construct : () -> !mt.list<f64> loc("rows")
  mt.prim.loop %n, %yes : (i64, i1) -> () {
  ^bb0(%i: i64):
    // expected-note @+1 {{here}}
    %m = mt.operator "aten::append.t" (%l, %x) : (!mt.list<f64>, f64) -> !mt.list<f64>
    mt.prim.loop_condition %yes
  }
  return %l : !mt.list<f64>
}

// -----

// What the caller passes, what the program takes out of it, and what it makes.

// expected-remark @+1 {{Dict[str, List[int]] stays an object: the caller passes it as one}}
func.func @argument(%d: !mt.dict<!mt.str, !mt.list<i64>>, %k: !mt.str, %n: i64) -> !mt.list<!mt.str> {
  %v = mt.operator "aten::__getitem__.Dict_str" (%d, %k) : (!mt.dict<!mt.str, !mt.list<i64>>, !mt.str) -> !mt.list<i64>
  // expected-remark @+1 {{List[str] stays an object: 'aten::split.str' makes it}}
  %r = mt.operator "aten::split.str" (%k, %k, %n) : (!mt.str, !mt.str, i64) -> !mt.list<!mt.str>
  return %r : !mt.list<!mt.str>
}

// -----

// State.

// expected-remark @+1 {{List[int] stays an object: methods change this attribute}}
func.func @state(%n: i64, %l: !mt.list<i64>) -> (i64, !mt.list<i64>) attributes {mt.state = [{path = "rows"}]} {
  return %n, %l : i64, !mt.list<i64>
}

// -----

// A tensor that a list holds which is an object.

func.func @held(%x: tensor<2xf32>, %n: i64) -> tensor<2xf32> {
  // expected-remark @+1 {{Tensor stays an object: a list holds it}}
  %o = mt.box %x : tensor<2xf32> -> !mt.tensor<[2],f32>
  // expected-note @+2 {{here}}
  // expected-remark @+1 {{List[Tensor] stays an object: 'aten::__getitem__.t' takes it}}
  %l = mt.prim.list_construct %o : (!mt.tensor<[2],f32>) -> !mt.list<!mt.tensor<[2],f32>>
  // expected-note @+1 {{here}}
  %r = mt.operator "aten::__getitem__.t" (%l, %n) : (!mt.list<!mt.tensor<[2],f32>>, i64) -> !mt.tensor<[2],f32>
  %t = mt.unbox %r : !mt.tensor<[2],f32> -> tensor<2xf32>
  return %t : tensor<2xf32>
}

// -----

// Numbers, tensors and texts are not worth a word.

func.func @values(%x: tensor<2xf32>, %n: i64, %s: !mt.str) -> (tensor<2xf32>, i64, !mt.str) {
  return %x, %n, %s : tensor<2xf32>, i64, !mt.str
}
