// RUN: mt-opt %s --mt-insert-refcounts --split-input-file | FileCheck %s

// Arguments are borrowed, results owned; what ends is moved or released.

func.func private @make(i64) -> !mt.str
func.func private @concat(!mt.str, !mt.str) -> !mt.str
func.func private @length(!mt.str) -> i64 attributes {mt.no_raise}

// An owned value stands in a slot across a call that may raise.
// CHECK-LABEL: func.func @twice
// CHECK-NEXT: mt.enter_roots 1
// CHECK-NEXT: %[[S:.*]] = call @make
// CHECK-NEXT: mt.root %[[S]] in 0 : !mt.str
// CHECK-NEXT: %[[T:.*]] = call @concat(%[[S]], %[[S]])
// CHECK-NEXT: mt.unroot 0
// CHECK-NEXT: mt.release %[[S]] : !mt.str
// CHECK-NEXT: mt.leave_roots
// CHECK-NEXT: return %[[T]]
func.func @twice(%n: i64) -> !mt.str {
  %s = call @make(%n) : (i64) -> !mt.str
  %t = call @concat(%s, %s) : (!mt.str, !mt.str) -> !mt.str
  return %t : !mt.str
}

// Nothing raises while it is held: no slot.
// CHECK-LABEL: func.func @no_slot
// CHECK-NEXT: %[[S:.*]] = call @make
// CHECK-NEXT: %[[N:.*]] = call @length(%[[S]])
// CHECK-NEXT: mt.release %[[S]]
// CHECK-NEXT: return
func.func @no_slot(%n: i64) -> i64 {
  %s = call @make(%n) : (i64) -> !mt.str
  %r = call @length(%s) : (!mt.str) -> i64
  return %r : i64
}

// CHECK-LABEL: func.func @check
// CHECK: mt.root
// CHECK-NEXT: cf.assert
func.func @check(%n: i64, %ok: i1) -> !mt.str {
  %s = call @make(%n) : (i64) -> !mt.str
  cf.assert %ok, "no"
  return %s : !mt.str
}

// CHECK-LABEL: func.func @unused
// CHECK-NEXT: %[[S:.*]] = call @make
// CHECK-NEXT: mt.release %[[S]]
func.func @unused(%n: i64) {
  %s = call @make(%n) : (i64) -> !mt.str
  return
}

// CHECK-LABEL: func.func @returns_argument
// CHECK-SAME: %[[A:.*]]: !mt.str
// CHECK-NEXT: mt.retain %[[A]]
// CHECK-NEXT: mt.retain %[[A]]
// CHECK-NEXT: return %[[A]], %[[A]]
func.func @returns_argument(%a: !mt.str) -> (!mt.str, !mt.str) {
  return %a, %a : !mt.str, !mt.str
}

// One reference is moved, the other made.
// CHECK-LABEL: func.func @returns_twice
// CHECK-NEXT: %[[S:.*]] = call @make
// CHECK-NEXT: mt.retain %[[S]]
// CHECK-NEXT: return
func.func @returns_twice(%n: i64) -> (!mt.str, !mt.str) {
  %s = call @make(%n) : (i64) -> !mt.str
  return %s, %s : !mt.str, !mt.str
}

// -----

// What a callee's declaration says.

func.func private @make(i64) -> !mt.str
func.func private @append(!mt.str, !mt.str) -> !mt.str attributes {mt.takes = array<i64: 0>}
func.func private @literal() -> !mt.str attributes {mt.immortal, mt.no_raise}

// The slot is empty when the callee has the reference.
// CHECK-LABEL: func.func @takes
// CHECK: mt.root %[[S:.*]] in 0
// CHECK-NEXT: %[[T:.*]] = call @make
// CHECK-NEXT: mt.root %[[T]] in 1
// CHECK-NEXT: mt.unroot 0
// CHECK-NEXT: call @append(%[[S]], %[[T]])
// CHECK-NEXT: mt.unroot 1
// CHECK-NEXT: mt.release %[[T]]
// CHECK-NEXT: mt.leave_roots
func.func @takes(%n: i64) -> !mt.str {
  %s = call @make(%n) : (i64) -> !mt.str
  %t = call @make(%n) : (i64) -> !mt.str
  %r = call @append(%s, %t) : (!mt.str, !mt.str) -> !mt.str
  return %r : !mt.str
}

// It is used again: the callee gets a reference of its own.
// CHECK-LABEL: func.func @takes_twice
// CHECK-SAME: %[[A:.*]]: !mt.str
// CHECK: mt.retain %[[A]]
// CHECK-NEXT: call @append(%[[A]], %[[A]])
func.func @takes_twice(%a: !mt.str) -> !mt.str {
  %r = call @append(%a, %a) : (!mt.str, !mt.str) -> !mt.str
  return %r : !mt.str
}

// CHECK-LABEL: func.func @owns_argument
// CHECK-SAME: %[[A:[^:]*]]: !mt.str,
// CHECK-NEXT: mt.release %[[A]]
// CHECK-NEXT: return
func.func @owns_argument(%a: !mt.str, %b: !mt.str) attributes {mt.takes = array<i64: 0>} {
  return
}

// Literals are immortal; what they are moved into counts them like any other.
// CHECK-LABEL: func.func @immortal
// CHECK-NEXT: call @literal
// CHECK-NEXT: mt.constant.str
// CHECK-NEXT: return
func.func @immortal() -> (!mt.str, !mt.str) {
  %s = call @literal() : () -> !mt.str
  %t = mt.constant.str "x"
  return %s, %t : !mt.str, !mt.str
}

// -----

// Regions: what enters or leaves is moved, the rest borrowed.

func.func private @make(i64) -> !mt.str
func.func private @concat(!mt.str, !mt.str) -> !mt.str
func.func private @tick()

// CHECK-LABEL: func.func @carried
// CHECK-SAME: %{{.*}}: index, %[[A:[^:]*]]: !mt.str
// CHECK: mt.retain %[[A]]
// CHECK-NEXT: scf.for {{.*}} iter_args(%[[X:.*]] = %[[A]])
// CHECK-NEXT: mt.root %[[X]] in 0
// CHECK-NEXT: %[[Y:.*]] = func.call @concat(%[[X]], %[[A]])
// CHECK-NEXT: mt.unroot 0
// CHECK-NEXT: mt.release %[[X]]
// CHECK-NEXT: scf.yield %[[Y]]
func.func @carried(%n: index, %a: !mt.str) -> !mt.str {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %r = scf.for %i = %c0 to %n step %c1 iter_args(%x = %a) -> !mt.str {
    %y = func.call @concat(%x, %a) : (!mt.str, !mt.str) -> !mt.str
    scf.yield %y : !mt.str
  }
  return %r : !mt.str
}

// Two change places: both are moved.
// CHECK-LABEL: func.func @swap
// CHECK: iter_args(%[[X:.*]] = %{{.*}}, %[[Y:.*]] = %{{.*}})
// CHECK-NEXT: scf.yield %[[Y]], %[[X]]
func.func @swap(%n: index, %a: !mt.str, %b: !mt.str) -> (!mt.str, !mt.str) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %r:2 = scf.for %i = %c0 to %n step %c1 iter_args(%x = %a, %y = %b) -> (!mt.str, !mt.str) {
    scf.yield %y, %x : !mt.str, !mt.str
  }
  return %r#0, %r#1 : !mt.str, !mt.str
}

// Values that do not live at once share a slot.
// CHECK-LABEL: func.func @branches
// CHECK: mt.enter_roots 2
// CHECK: mt.root %[[S:.*]] in 0
// CHECK: scf.if
// CHECK: mt.root %{{.*}} in 1
// CHECK: } else {
// CHECK-NEXT: mt.retain %[[S]]
// CHECK-NEXT: scf.yield %[[S]]
// CHECK: mt.root %[[R:.*]] in 1
// CHECK: mt.unroot 0
// CHECK-NEXT: mt.release %[[S]]
// CHECK: scf.index_switch
// CHECK: mt.root %{{.*}} in 0
// CHECK: scf.execute_region
// CHECK-NEXT: mt.retain %[[R]]
// CHECK-NEXT: scf.yield %[[R]]
// CHECK: mt.unroot 1
// CHECK-NEXT: mt.release %[[R]]
func.func @branches(%n: i64, %c: i1, %i: index) -> !mt.str {
  %s = call @make(%n) : (i64) -> !mt.str
  %r = scf.if %c -> !mt.str {
    %t = func.call @make(%n) : (i64) -> !mt.str
    %u = func.call @concat(%t, %s) : (!mt.str, !mt.str) -> !mt.str
    scf.yield %u : !mt.str
  } else {
    scf.yield %s : !mt.str
  }
  %q = scf.index_switch %i -> !mt.str
  case 0 {
    %t = func.call @make(%n) : (i64) -> !mt.str
    func.call @tick() : () -> ()
    scf.yield %t : !mt.str
  }
  default {
    %t = scf.execute_region -> !mt.str {
      scf.yield %r : !mt.str
    }
    scf.yield %t : !mt.str
  }
  return %q : !mt.str
}

// The condition's value leaves by two doors, one at a time.
// CHECK-LABEL: func.func @while
// CHECK: scf.while (%[[X:.*]] = %{{.*}}, %{{.*}})
// CHECK-NOT: mt.{{retain|release}}
// CHECK: scf.condition(%{{.*}}) %[[X]]
// CHECK: ^bb0(%[[Y:.*]]: !mt.str,
// CHECK: %[[Z:.*]] = func.call @concat(%[[Y]], %[[Y]])
// CHECK: mt.release %[[Y]]
// CHECK: scf.yield %[[Z]]
func.func @while(%a: !mt.str, %n: i64) -> !mt.str {
  %c0 = arith.constant 0 : i64
  %c1 = arith.constant 1 : i64
  %r:2 = scf.while (%x = %a, %k = %n) : (!mt.str, i64) -> (!mt.str, i64) {
    %go = arith.cmpi sgt, %k, %c0 : i64
    scf.condition(%go) %x, %k : !mt.str, i64
  } do {
  ^bb0(%x: !mt.str, %k: i64):
    %y = func.call @concat(%x, %x) : (!mt.str, !mt.str) -> !mt.str
    %m = arith.subi %k, %c1 : i64
    scf.yield %y, %m : !mt.str, i64
  }
  return %r#0 : !mt.str
}

// -----

// A choice of two is a reference more to one of them.

func.func private @make(i64) -> !mt.any

// CHECK-LABEL: func.func @select
// CHECK: %[[A:.*]] = call @make
// CHECK: %[[R:.*]] = arith.select %{{.*}}, %[[A]], %[[B:.*]] : !mt.any
// CHECK-NEXT: mt.retain %[[R]]
// CHECK-DAG: mt.release %[[A]]
// CHECK-DAG: mt.release %[[B]]
// CHECK: return %[[R]]
func.func @select(%n: i64, %c: i1) -> !mt.any {
  %a = call @make(%n) : (i64) -> !mt.any
  %b = call @make(%n) : (i64) -> !mt.any
  %r = arith.select %c, %a, %b : !mt.any
  return %r : !mt.any
}

// Numbers that may be None, and members of enums, are not counted.
// CHECK-LABEL: func.func @not_counted
// CHECK-NOT: mt.retain
// CHECK: return
func.func @not_counted(%a: !mt.optional<i64>, %b: !mt.union<i64, f64>, %c: !mt.enum<"Color", i64>, %d: !mt.none, %e: !mt.device)
    -> (!mt.optional<i64>, !mt.union<i64, f64>, !mt.enum<"Color", i64>, !mt.none, !mt.device) {
  return %a, %b, %c, %d, %e : !mt.optional<i64>, !mt.union<i64, f64>, !mt.enum<"Color", i64>, !mt.none, !mt.device
}

// A complex number in them is an object.
// CHECK-LABEL: func.func @complex
// CHECK: mt.retain
// CHECK: mt.retain
// CHECK: mt.retain
func.func @complex(%a: !mt.optional<complex<f64>>, %b: !mt.union<i64, complex<f64>>, %c: !mt.number)
    -> (!mt.optional<complex<f64>>, !mt.union<i64, complex<f64>>, !mt.number) {
  return %a, %b, %c : !mt.optional<complex<f64>>, !mt.union<i64, complex<f64>>, !mt.number
}

// -----

// The object lives as long as a view of its memory is used, in a loop, too.

func.func private @make(i64) -> !mt.tensor<[?],f32>
func.func private @use(memref<?xf32>)

// CHECK-LABEL: func.func @view
// CHECK: mt.root %[[O:.*]] in 0
// CHECK: scf.for
// CHECK: func.call @use
// CHECK-NEXT: }
// CHECK-NEXT: mt.unroot 0
// CHECK-NEXT: mt.release %[[O]]
func.func @view(%k: i64, %n: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %o = call @make(%k) : (i64) -> !mt.tensor<[?],f32>
  %m = builtin.unrealized_conversion_cast %o : !mt.tensor<[?],f32> to memref<?xf32>
  scf.for %i = %c0 to %n step %c1 {
    %s = memref.subview %m[0][%i][1] : memref<?xf32> to memref<?xf32, strided<[1]>>
    %t = memref.cast %s : memref<?xf32, strided<[1]>> to memref<?xf32>
    func.call @use(%t) : (memref<?xf32>) -> ()
  }
  return
}

// Object and memory enter a loop together, where nobody knows that they belong
// together: the outer reference stays.
// CHECK-LABEL: func.func @view_and_owner
// CHECK: mt.root %[[O:.*]] in 0
// CHECK: mt.retain %[[O]]
// CHECK-NEXT: scf.for {{.*}} iter_args(%[[P:.*]] = %[[O]], %[[M:.*]] = %{{.*}})
// CHECK-NEXT: mt.root %[[P]] in 1
// CHECK-NEXT: func.call @use(%[[M]])
// CHECK: mt.unroot 0
// CHECK-NEXT: mt.release %[[O]]
func.func @view_and_owner(%k: i64, %n: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %o = call @make(%k) : (i64) -> !mt.tensor<[?],f32>
  %m = builtin.unrealized_conversion_cast %o : !mt.tensor<[?],f32> to memref<?xf32>
  %r:2 = scf.for %i = %c0 to %n step %c1 iter_args(%p = %o, %q = %m) -> (!mt.tensor<[?],f32>, memref<?xf32>) {
    func.call @use(%q) : (memref<?xf32>) -> ()
    scf.yield %p, %q : !mt.tensor<[?],f32>, memref<?xf32>
  }
  return
}

// The reference to the first operand ends with the call: it may change it.

// CHECK-LABEL: func.func @takes
// CHECK: scf.for {{.*}} iter_args(%[[S:.*]] = %{{.*}})
// CHECK-NEXT: %[[T:.*]] = mt.call_runtime "concat_taking"(%[[S]], %arg1) "oo" -> "o" takes
// CHECK-NEXT: scf.yield %[[T]]
func.func @takes(%n: index, %x: !mt.str) -> !mt.str {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %r = scf.for %i = %c0 to %n step %c1 iter_args(%s = %x) -> !mt.str {
    %t = mt.call_runtime "concat"(%s, %x) "oo" -> "o" taking "concat_taking" : (!mt.str, !mt.str) -> !mt.str
    scf.yield %t : !mt.str
  }
  return %r : !mt.str
}

// What is used once more is borrowed.

// CHECK-LABEL: func.func @borrows
// CHECK: mt.call_runtime "concat"(%{{.*}}, %{{.*}}) "oo" -> "o" taking
func.func @borrows(%x: !mt.str) -> !mt.str {
  %a = mt.call_runtime "concat"(%x, %x) "oo" -> "o" : (!mt.str, !mt.str) -> !mt.str
  %b = mt.call_runtime "concat"(%a, %x) "oo" -> "o" taking "concat_taking" : (!mt.str, !mt.str) -> !mt.str
  %c = mt.call_runtime "concat"(%b, %a) "oo" -> "o" : (!mt.str, !mt.str) -> !mt.str
  return %c : !mt.str
}

// Memory that a loop carries beside an object is not the object's.

// CHECK-LABEL: func.func @carries_memory
// CHECK: %[[L:.*]] = func.call @make_list()
// CHECK: scf.for
// CHECK: memref.load
func.func private @make_list() -> !mt.list<i64> attributes {mt.no_raise}
func.func @carries_memory(%n: index, %m: memref<4xf32>) -> (f32, !mt.list<i64>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %r:2 = scf.for %i = %c0 to %n step %c1 iter_args(%b = %m, %k = %c0) -> (memref<4xf32>, index) {
    %l = func.call @make_list() : () -> !mt.list<i64>
    %q:2 = scf.for %j = %c0 to %n step %c1 iter_args(%x = %l, %y = %b) -> (!mt.list<i64>, memref<4xf32>) {
      scf.yield %x, %y : !mt.list<i64>, memref<4xf32>
    }
    scf.yield %q#1, %k : memref<4xf32>, index
  }
  %v = memref.load %r#0[%c0] : memref<4xf32>
  %l = func.call @make_list() : () -> !mt.list<i64>
  return %v, %l : f32, !mt.list<i64>
}
