/**
 * The values that paths are looked up in, from the inside out: `value`, the enclosing `outer` (null outside), and `loop`, the
 * variables of the innermost `each` with those further out in `loop.outer`.
 */
export function rootScope(data) {
  return { value: data, outer: null, loop: null };
}

/** The scope inside a `with`. */
export function innerScope(outer, value) {
  return { value, outer, loop: null };
}

/** The scope of one round of an `each`. */
export function loopScope(outer, value, variables) {
  return { value, outer, loop: { variables, outer: outer.loop } };
}

/** Finds the value of a path; undefined if there is none. Only own properties count. */
export function lookup(scope, path) {
  const levels = path.split("../").length - 1;
  const rest = path.slice(levels * 3);
  if (rest.startsWith("@")) return climb(scope.loop, levels)?.variables[rest.slice(1)];
  const start = climb(scope, levels);
  if (rest === ".") return start?.value;
  const [first, ...names] = rest.split(".");
  for (let current = start; current; current = current.outer) {
    if (has(current.value, first)) return follow(current.value[first], names);
  }
  return undefined;
}

function climb(start, levels) {
  let current = start;
  for (let level = 0; level < levels && current; level += 1) current = current.outer;
  return current;
}

function follow(start, names) {
  let value = start;
  for (const name of names) {
    if (!has(value, name)) return undefined;
    value = value[name];
  }
  return value;
}

function has(value, name) {
  return value !== null && value !== undefined && Object.hasOwn(Object(value), name);
}
