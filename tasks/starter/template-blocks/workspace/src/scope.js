/** Finds the value of a path in data; undefined if there is none. Only own properties count. */
export function lookup(data, path) {
  if (path === ".") return data;
  let value = data;
  for (const name of path.split(".")) {
    if (value === null || value === undefined || !Object.hasOwn(Object(value), name)) return undefined;
    value = value[name];
  }
  return value;
}
