// RUN: mt-opt %s --mt-flatten-results | FileCheck %s

// A list that the program fills is one leaf; a cast may know its elements.

// CHECK-LABEL: func.func @runtime_list
// CHECK-SAME: \22result\22:{\22of\22:{\22dtype\22:\22f32\22,\22shape\22:[-1],\22t\22:\22tensor\22},\22t\22:\22boxed\22,\22type\22:\22List[Tensor]\22}
func.func @runtime_list(%x: !mt.tensor<[?],f32>) -> !mt.list<!mt.tensor> attributes {mt.signature = "{\22args\22: []}"} {
  %l = mt.prim.list_construct : () -> !mt.list<!mt.tensor<[?],f32>>
  %m = mt.operator "aten::append.t" (%l, %x) : (!mt.list<!mt.tensor<[?],f32>>, !mt.tensor<[?],f32>) -> !mt.list<!mt.tensor<[?],f32>>
  %r = mt.prim.unchecked_cast %l : !mt.list<!mt.tensor<[?],f32>> -> !mt.list<!mt.tensor>
  return %r : !mt.list<!mt.tensor>
}

// A complex number is two floats.

// CHECK-LABEL: func.func @complex_number
// CHECK-SAME: -> (f64, f64)
// CHECK-SAME: \22result\22:{\22t\22:\22complex\22,\22v\22:[{\22t\22:\22float\22},{\22t\22:\22float\22}]}
func.func @complex_number(%z: complex<f64>) -> complex<f64> attributes {mt.signature = "{\22args\22: []}"} {
  return %z : complex<f64>
}

// What is known only when the program runs is a boxed value; one that says
// itself what it is takes two slots.

// CHECK-LABEL: func.func @boxed
// CHECK-SAME: {\22t\22:\22boxed\22,\22type\22:\22Dict[str, List[int]]\22}
// CHECK-SAME: {\22t\22:\22boxed\22,\22tagged\22:true,\22type\22:\22Optional[float]\22}
func.func @boxed(%d: !mt.dict<!mt.str, !mt.list<i64>>, %o: !mt.optional<f64>) -> (!mt.dict<!mt.str, !mt.list<i64>>, !mt.optional<f64>) attributes {mt.signature = "{\22args\22: []}"} {
  return %d, %o : !mt.dict<!mt.str, !mt.list<i64>>, !mt.optional<f64>
}
