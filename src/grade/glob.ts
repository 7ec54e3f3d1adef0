/**
 * Tells whether a relative path matches a glob pattern, by the rule that the sandbox exports with: `*` and `?` stay within a folder, `**`
 * crosses folders, `{a,b}` is a choice, all else stands for itself. Names that begin with a dot are names like any other; a pattern
 * that ends in `/` means all below it.
 */
export function matchesGlob(path: string, pattern: string): boolean {
  let expression = compiled.get(pattern);
  if (expression === undefined) {
    expression = new RegExp(`^(?:${expand(clean(pattern)).map(translate).join("|")})$`, "su");
    compiled.set(pattern, expression);
  }
  return expression.test(path);
}

const compiled = new Map<string, RegExp>();

function clean(pattern: string): string {
  return pattern.replace(/^(?:\.\/)+/, "").replace(/\/$/, "/**");
}

/** Spells out choices, innermost first; braces without a comma stand for themselves. */
function expand(pattern: string): string[] {
  const innermost = /\{([^{}]*,[^{}]*)\}/.exec(pattern);
  if (innermost === null) return [pattern];
  const before = pattern.slice(0, innermost.index);
  const after = pattern.slice(innermost.index + innermost[0].length);
  return (innermost[1] ?? "").split(",").flatMap((choice) => expand(`${before}${choice}${after}`));
}

function translate(pattern: string): string {
  const segments = pattern.split("/").filter((segment, index, all) => segment !== "**" || all[index - 1] !== "**");
  const last = segments.length - 1;
  return segments
    .map((segment, index) => {
      if (segment === "**") return index === last ? ".+" : "(?:[^/]+/)*";
      return index === last ? translateName(segment) : `${translateName(segment)}/`;
    })
    .join("");
}

function translateName(segment: string): string {
  return segment.replace(/\*+|\?|[\\^$.|+()[\]{}]/g, (special) => {
    if (special.startsWith("*")) return "[^/]*";
    return special === "?" ? "[^/]" : `\\${special}`;
  });
}
