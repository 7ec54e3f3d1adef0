/** A deliver rule as regular expressions in the syntax that Python and JavaScript share; each must match a whole path. */
export type PathFilter = {
  readonly include: string;
  readonly exclude: string;
  /** Directories in which nothing can match, so that they need not be read. */
  readonly prune: string;
};

const MAX_ALTERNATIVES = 1000;
const NOTHING = "(?!)";

/**
 * Compiles glob patterns to regular expressions: `**` matches any number of folders, `*` and `?` stay within one, `{a,b}` is a choice, and
 * every other character, a leading dot too, matches itself. An exclude pattern that names a folder excludes everything below it. Throws
 * RangeError for a pattern with too many choices.
 */
export function compileRule(rule: { readonly include: readonly string[]; readonly exclude: readonly string[] }): PathFilter {
  const include = rule.include.flatMap(expandBraces).map(cleanPattern);
  const exclude = rule.exclude.flatMap(expandBraces).map(cleanPattern);
  const folders = exclude.map((pattern) => pattern.replace(/\/\*\*$/, ""));
  return {
    include: anyOf(include.map(globToExpression)),
    exclude: anyOf([...exclude, ...folders.map((folder) => `${folder}/**`)].map(globToExpression)),
    prune: anyOf([...new Set([...exclude, ...folders])].map(globToExpression)),
  };
}

/** Checks whether a compiled rule includes a path. */
export function isAllowed(filter: PathFilter, path: string): boolean {
  return matchesWhole(filter.include, path) && !matchesWhole(filter.exclude, path);
}

// The same few rules are applied to every file of every trial.
const compiled = new Map<string, RegExp>();

function matchesWhole(expression: string, path: string): boolean {
  const known = compiled.get(expression) ?? new RegExp(`^(?:${expression})$`, "u");
  compiled.set(expression, known);
  return known.test(path);
}

function anyOf(expressions: readonly string[]): string {
  return expressions.length === 0 ? NOTHING : expressions.map((expression) => `(?:${expression})`).join("|");
}

function cleanPattern(pattern: string): string {
  const relative = pattern.replace(/^(?:\.\/)+/, "");
  return relative.endsWith("/") ? `${relative}**` : relative;
}

function globToExpression(pattern: string): string {
  const segments = pattern.split("/").filter((segment, index, all) => segment !== "**" || all[index - 1] !== "**");
  let expression = "";
  for (const [index, segment] of segments.entries()) {
    const isLast = index === segments.length - 1;
    if (segment === "**") expression += isLast ? "[\\s\\S]+" : "(?:[^/]+/)*";
    else expression += segmentToExpression(segment) + (isLast ? "" : "/");
  }
  return expression;
}

function segmentToExpression(segment: string): string {
  return segment.replace(/\*+|\?|[\\^$.|+()[\]{}]/g, (special) => {
    if (special.startsWith("*")) return "[^/]*";
    return special === "?" ? "[^/]" : `\\${special}`;
  });
}

// Expands the choices of a pattern, inner braces last; a brace without a partner or a comma matches itself.
function expandBraces(pattern: string): readonly string[] {
  const group = firstGroup(pattern);
  if (group === null) return [pattern];
  const expanded = group.choices.flatMap((choice) => expandBraces(`${group.before}${choice}${group.after}`));
  if (expanded.length > MAX_ALTERNATIVES)
    throw new RangeError(`Cannot use the pattern "${pattern}": its braces expand to more than ${MAX_ALTERNATIVES} patterns`);
  return expanded;
}

type Group = { readonly before: string; readonly choices: readonly string[]; readonly after: string };

function firstGroup(pattern: string): Group | null {
  for (let start = pattern.indexOf("{"); start !== -1; start = pattern.indexOf("{", start + 1)) {
    const choices = choicesFrom(pattern, start);
    if (choices !== null) return { before: pattern.slice(0, start), choices: choices.texts, after: pattern.slice(choices.end + 1) };
  }
  return null;
}

function choicesFrom(pattern: string, start: number): { readonly texts: readonly string[]; readonly end: number } | null {
  const texts: string[] = [];
  let depth = 0;
  let from = start + 1;
  for (let index = start; index < pattern.length; index++) {
    const character = pattern[index];
    if (character === "{") depth++;
    if (character === "}") depth--;
    if ((character === "," && depth === 1) || depth === 0) {
      texts.push(pattern.slice(from, index));
      from = index + 1;
    }
    if (depth === 0) return texts.length > 1 ? { texts, end: index } : null;
  }
  return null;
}

/** Compiles a name pattern, in which `*` matches anything, to a regular expression that matches whole names. */
export function wildcard(pattern: string): RegExp {
  const escaped = pattern.split("*").map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${escaped.join(".*")}$`);
}
