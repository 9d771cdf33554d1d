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

// Attributes that share memory are not kept one.

mt.class @Net {
  mt.attr @a : !mt.tensor
  mt.attr @b : !mt.tensor
  mt.method @forwards = @Net.forward
}
mt.object root @net : @Net {a = dense<0.0> : tensor<3xf32>, b = dense<0.0> : tensor<3xf32>} {mt.shared = {a = 0, b = 0}}
func.func private @Net.forward(%self: !mt.object<@Net>) -> !mt.tensor {
  // expected-error@+1 {{the tensor of attribute 'a' is written, and attribute 'b' of @net shares its memory}}
  %a = mt.prim.get_attr %self["a"] : !mt.object<@Net> -> !mt.tensor
  %w = mt.operator "aten::zero_"(%a) : (!mt.tensor) -> !mt.tensor
  return %w : !mt.tensor
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
