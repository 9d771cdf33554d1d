/* A runtime that counts: for test_refcounts.py, which compiles it.
 *
 * An object that is freed stays until the call is over, so that a use of it is
 * seen. Every call that may raise does so when `ticks` have run out. `main`
 * runs each function with each branch and a raise at each of its first calls;
 * after every one nothing may be left and no count may be off.
 */
#include <setjmp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct object {
  int32_t count; /* > 0 of one thread, < 0 shared, 0 immortal */
  uint16_t kind, flags;
  uint32_t type, aux;
  int64_t data[4];
  bool isFreed;
  struct object *next;
} object;
typedef struct frame {
  struct frame *previous;
  int64_t size;
  object *slots[];
} frame;
typedef struct {
  int64_t tag, bits;
} value;
typedef struct {
  int64_t *allocated, *aligned, offset, size, stride;
} memory;

enum { INT_TAG = 2, OBJECT_TAG = 4, TICKS = 25 };

static object *all;
static int64_t live, ticks, raised;
static frame *chain;
static jmp_buf *catcher;
static object literal;
static int function_number, branch;
static int64_t raise_at;

static void fail(const char *what) {
  printf("function %d, branch %d, raise %lld: %s\n", function_number, branch,
         (long long)raise_at, what);
  exit(1);
}

static object *make(int32_t count) {
  object *o = calloc(1, sizeof *o);
  o->count = count;
  o->next = all;
  all = o;
  ++live;
  return o;
}

static void check(object *o) {
  if (!o)
    fail("null where an object was expected");
  if (o->isFreed)
    fail("an object is used after it was freed");
}

void mtrt_object_retain(object *o) {
  check(o);
  if (o->count >= 0)
    fail("the fast path retains this object");
  --o->count;
}

void mtrt_object_release(object *o) {
  check(o);
  if (o->count > 1 || o->count == 0)
    fail("the fast path releases this object");
  if (o->count < -1) {
    ++o->count;
    return;
  }
  /* A count that no fast path changes. */
  o->count = INT32_MIN;
  o->isFreed = true;
  o->data[0] = -1;
  --live;
}

static void retain(object *o) {
  if (o && o->count > 0)
    ++o->count;
  else if (o && o->count < 0)
    mtrt_object_retain(o);
}

static void release(object *o) {
  if (o && o->count > 1)
    --o->count;
  else if (o && o->count != 0)
    mtrt_object_release(o);
}

void mtrt_roots_enter(frame *f, int64_t size) {
  f->size = size;
  for (int64_t i = 0; i < size; ++i)
    f->slots[i] = 0;
  f->previous = chain;
  chain = f;
}

void mtrt_roots_leave(frame *f) {
  if (chain != f)
    fail("frames are not left in order");
  for (int64_t i = 0; i < f->size; ++i)
    if (f->slots[i])
      fail("a slot is not empty when its function returns");
  chain = f->previous;
}

/* Frames lie on the stack: their slots are released before it is unwound. */
void rt_tick(void) {
  if (ticks-- != 0)
    return;
  for (; chain; chain = chain->previous)
    for (int64_t i = 0; i < chain->size; ++i)
      release(chain->slots[i]);
  longjmp(*catcher, 1);
}

object *rt_make(void) { return rt_tick(), make(1); }
object *rt_share(void) { return rt_tick(), make(-1); }
object *rt_literal(void) { return &literal; }
object *rt_maybe(bool some) { return rt_tick(), some ? make(1) : NULL; }

object *rt_join(object *a, object *b) {
  check(a);
  check(b);
  return rt_make();
}

/* Takes `a`, also where it raises. */
object *rt_append(object *a, object *b) {
  check(a);
  check(b);
  if (a->count == 1 && ticks != 0)
    return --ticks, a;
  release(a);
  return rt_make();
}

object *rt_or(object *a, object *b) {
  rt_tick();
  a = a ? a : b;
  check(a);
  retain(a);
  return a;
}

value rt_number(int64_t n) { return rt_tick(), (value){INT_TAG, n}; }
value rt_wrap(object *o) {
  check(o);
  rt_tick();
  retain(o);
  return (value){OBJECT_TAG, (int64_t)o};
}

int64_t rt_look(int64_t tag, int64_t bits) {
  if (tag == OBJECT_TAG)
    check((object *)bits);
  return tag;
}

void _mlir_ciface_rt_data(memory *result, object *o) {
  check(o);
  *result = (memory){o->data, o->data, 0, 4, 1};
}

void rt_read(int64_t *allocated, int64_t *aligned, int64_t offset, int64_t size,
             int64_t stride) {
  (void)allocated, (void)size, (void)stride;
  if (aligned[offset] < 0)
    fail("memory is read after its object was freed");
  rt_tick();
}

static void expect(object *a, object *b) {
  if (live != 2)
    fail("objects are left");
  if (a->count != 1 || b->count != -1 || literal.count != 0)
    fail("a count is off");
}

typedef object *function(object *, object *, bool, bool);
extern function *const functions[];
extern const int numFunctions;

int main(void) {
  int64_t runs = 0;
  for (int i = 0; i < numFunctions; ++i)
    for (int c = 0; c < 4; ++c)
      /* The last time nothing raises. */
      for (volatile int64_t t = 0; t <= TICKS; ++t, ++runs) {
        object *volatile a = make(1), *volatile b = make(-1);
        jmp_buf here;
        catcher = &here;
        function_number = i, branch = c, raise_at = t;
        ticks = t < TICKS ? t : -1;
        if (!setjmp(here)) {
          release(functions[i](a, b, c & 1, c >> 1));
        } else {
          ++raised;
        }
        expect(a, b);
        release(a);
        release(b);
        while (all) {
          object *next = all->next;
          free(all);
          all = next;
        }
      }
  printf("%lld runs, %lld raised\n", (long long)runs, (long long)raised);
  return 0;
}
