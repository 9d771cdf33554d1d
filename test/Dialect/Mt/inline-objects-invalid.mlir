// RUN: mt-opt %s --split-input-file --verify-diagnostics --mt-inline-objects=method=forwards

mt.class @Net {
  mt.method @forward = @Net.forward
  mt.method @encode = @Net.forward
}
// expected-error@+1 {{the model has no method 'forwards'; it has: forward, encode}}
mt.object root @net : @Net {}
func.func private @Net.forward(%self: !mt.object<@Net>) {
  return
}

// -----

// Attributes that share memory, where tensors are values.

mt.class @Net {
  mt.attr @a : !mt.tensor
  mt.attr @b : !mt.tensor
  mt.method @forwards = @Net.forward
}
mt.object root @net : @Net {a = dense<0.0> : tensor<3xf32>, b = dense<0.0> : tensor<3xf32>} {mt.shared = {
  a = [{tensor = 0, memory = 0, offset = 0, strides = array<i64: 1>, bytes = 12}],
  b = [{tensor = 0, memory = 0, offset = 0, strides = array<i64: 1>, bytes = 12}]}}
func.func private @Net.forward(%self: !mt.object<@Net>) -> !mt.tensor {
  // expected-error@+1 {{the tensor of attribute 'a' is written, and attribute 'b' of @net shares its memory; that takes tensors that are objects}}
  %a = mt.prim.get_attr %self["a"] : !mt.object<@Net> -> !mt.tensor
  %w = mt.operator "aten::zero_"(%a) : (!mt.tensor) -> !mt.tensor
  return %w : !mt.tensor
}

// -----

mt.class @Net {
  mt.attr @xs : !mt.list<!mt.tensor>
  mt.method @forwards = @Net.forward
}
mt.object root @net : @Net {xs = [dense<0.0> : tensor<3xf32>, dense<0.0> : tensor<3xf32>]} {mt.shared = {
  xs = [{tensor = 0, memory = 0, offset = 0, strides = array<i64: 1>, bytes = 12},
        {tensor = 0, memory = 0, offset = 0, strides = array<i64: 1>, bytes = 12}]}}
func.func private @Net.forward(%self: !mt.object<@Net>, %x: !mt.tensor) {
  // expected-error@+1 {{the tensor of attribute 'xs' is written, and it holds one memory several times; that takes tensors that are objects}}
  %xs = mt.prim.get_attr %self["xs"] : !mt.object<@Net> -> !mt.list<!mt.tensor>
  %a = mt.operator "aten::append.t"(%xs, %x) : (!mt.list<!mt.tensor>, !mt.tensor) -> !mt.list<!mt.tensor>
  return
}

// -----

// A block whose operators compute in another dtype.

mt.class @torch.amp.autocast_mode.autocast {
  mt.attr @_enabled : i1
  mt.attr @device : !mt.str
  mt.method @__enter__ = @enter
}
mt.class @Net {
  mt.method @forwards = @Net.forward
}
mt.object root @net : @Net {}
func.func private @enter(%self: !mt.object<@torch.amp.autocast_mode.autocast>) -> !mt.object<@torch.amp.autocast_mode.autocast> {
  return %self : !mt.object<@torch.amp.autocast_mode.autocast>
}
func.func private @Net.forward(%self: !mt.object<@Net>) {
  %true = arith.constant true
  %cpu = mt.constant.str "cpu"
  // expected-error@+1 {{'with torch.autocast' is not supported}}
  %o = mt.prim.create_object : !mt.object<@torch.amp.autocast_mode.autocast>
  mt.prim.set_attr %o["_enabled"], %true : !mt.object<@torch.amp.autocast_mode.autocast>, i1
  mt.prim.set_attr %o["device"], %cpu : !mt.object<@torch.amp.autocast_mode.autocast>, !mt.str
  %e = mt.prim.call_method %o["__enter__"]() {mt.enter} : !mt.object<@torch.amp.autocast_mode.autocast>, () -> !mt.object<@torch.amp.autocast_mode.autocast>
  return
}

// -----

// What `__lt__` orders, in tuples.

mt.class @Box {
}
mt.class @Net {
  mt.method @forwards = @Net.forward
}
mt.object root @net : @Net {}
func.func private @Net.forward(%self: !mt.object<@Net>, %l: !mt.list<!mt.tuple<!mt.object<@Box>>>) {
  %false = arith.constant false
  // expected-error@+1 {{'aten::sort.any' of values that hold objects, which calls their '__lt__', is not supported yet}}
  mt.operator "aten::sort.any"(%l, %false) : (!mt.list<!mt.tuple<!mt.object<@Box>>>, i1) -> ()
  return
}

// -----

// The class of an interface's object has attributes, the interface has none.

mt.class interface @Shape {
}
mt.class @Net {
  mt.method @forwards = @Net.forward
}
mt.object root @net : @Net {}
func.func private @Net.forward(%self: !mt.object<@Net>, %s: !mt.object<@Shape>) -> i64 {
  // expected-error@+1 {{accesses attribute 'n' of an object whose class is not known}}
  %n = mt.prim.get_attr %s["n"] : !mt.object<@Shape> -> i64
  return %n : i64
}

// -----

mt.class @Box {
  mt.attr @n : i64
}
mt.class @Net {
  mt.method @forwards = @Net.forward
}
mt.object root @net : @Net {}
func.func private @Net.forward(%self: !mt.object<@Net>, %box: !mt.object<@Box>) -> i64 {
  // expected-error@+1 {{accesses attribute 'm', which class @Box does not declare}}
  %n = mt.prim.get_attr %box["m"] : !mt.object<@Box> -> i64
  return %n : i64
}

// -----

mt.class @List {
}
mt.class @Net {
  mt.method @forwards = @Net.forward
}
mt.object root @net : @Net {}
func.func private @Net.forward(%self: !mt.object<@Net>, %list: !mt.object<@List>, %i: i64) -> !mt.object<@List> {
  // expected-error@+1 {{takes a module out of a container that is not known}}
  %layer = mt.operator "prim::ModuleContainerIndex.list"(%list, %i) : (!mt.object<@List>, i64) -> !mt.object<@List>
  return %layer : !mt.object<@List>
}

// -----

// An object that the block makes: none, where the block is left before that.

mt.class @Says {
  mt.method @__enter__ = @enter
  mt.method @__exit__ = @exit
}
mt.class @Net {
  mt.method @forwards = @Net.forward
}
mt.object root @net : @Net {}
func.func private @enter(%self: !mt.object<@Says>) {
  return
}
func.func private @exit(%self: !mt.object<@Says>, %n: i64) {
  // expected-error@+1 {{in a 'with' block that an exception may leave, '__exit__' uses what the block makes}}
  mt.operator "prim::Print"(%n) : (i64) -> ()
  return
}
func.func private @Net.forward(%self: !mt.object<@Net>, %l: !mt.list<i64>, %i: i64) -> i64 {
  %o = mt.prim.create_object : !mt.object<@Says>
  mt.prim.call_method %o["__enter__"]() {mt.enter} : !mt.object<@Says>, () -> ()
  %r = mt.operator "aten::__getitem__.t"(%l, %i) : (!mt.list<i64>, i64) -> i64
  // expected-note@+1 {{the block ends here}}
  mt.prim.call_method %o["__exit__"](%r) {mt.exit} : !mt.object<@Says>, (i64) -> ()
  return %r : i64
}
