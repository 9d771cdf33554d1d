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
