import { BracePattern } from "./brace.ts";
import { UserError } from "./errors.ts";
import { printable } from "./printable.ts";

/**
 * A deliver rule as regular expressions in the syntax that Python and JavaScript share; one of a list must match a whole path. None takes
 * more time than the length of the path times its own length, whatever the patterns are.
 */
export type PathFilter = {
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  /** Directories in which nothing can match, so that they need not be read. */
  readonly prune: readonly string[];
};

// No honest rule comes near these; together they bound what it costs to match one path.
const MAX_PATTERN_CHARACTERS = 1000;
const MAX_STARS = 50;
const MAX_PATTERNS = 1000;
const MAX_RULE_CHARACTERS = 5000;

/** What is wrong with a list of glob patterns, and which of them is at fault; `index` is null where it is all of them together. */
export type PatternFault = { readonly index: number | null; readonly problem: string };

/** Checks the sizes of glob patterns, counting their choices without expanding them; null when they may be used. */
export function faultOfPatterns(patterns: readonly string[]): PatternFault | null {
  let count = 0;
  let characters = 0;
  for (const [index, pattern] of patterns.entries()) {
    if (pattern.length > MAX_PATTERN_CHARACTERS) return { index, problem: `has more than ${MAX_PATTERN_CHARACTERS} characters` };
    if (pattern.split("*").length - 1 > MAX_STARS) return { index, problem: `has more than ${MAX_STARS} stars` };
    const expanded = new BracePattern(pattern).count();
    if (expanded.patterns > MAX_PATTERNS) return { index, problem: `has braces that expand to more than ${MAX_PATTERNS} patterns` };
    count += expanded.patterns;
    characters += expanded.characters;
    if (count > MAX_PATTERNS) return { index: null, problem: `expand to more than ${MAX_PATTERNS} patterns` };
    if (characters > MAX_RULE_CHARACTERS) return { index: null, problem: `expand to more than ${MAX_RULE_CHARACTERS} characters` };
  }
  return null;
}

/**
 * Compiles glob patterns to regular expressions: `**` matches any number of folders, `*` and `?` stay within one, `{a,b}` is a choice, and
 * every other character, a leading dot too, matches itself. An exclude pattern that names a folder excludes everything below it. Throws
 * UserError for patterns that are too long or have too many choices.
 */
export function compileRule(rule: { readonly include: readonly string[]; readonly exclude: readonly string[] }): PathFilter {
  const written = [...rule.include, ...rule.exclude];
  const fault = faultOfPatterns(written);
  if (fault !== null) {
    const which = fault.index === null ? "the patterns of a task: they" : `the pattern "${printable(written[fault.index] ?? "")}": it`;
    throw new UserError(`Cannot use ${which} ${fault.problem}; use fewer or shorter ones`);
  }
  const include = rule.include.flatMap(expanded);
  const exclude = rule.exclude.flatMap(expanded);
  const folders = exclude.map((pattern) => pattern.replace(/\/\*\*$/, ""));
  return {
    include: expressionsOf(include),
    exclude: expressionsOf([...exclude, ...folders.map((folder) => `${folder}/**`)]),
    prune: expressionsOf([...new Set([...exclude, ...folders])]),
  };
}

/** Checks whether a compiled rule includes a path. */
export function isAllowed(filter: PathFilter, path: string): boolean {
  return matchesOne(filter.include, path) && !matchesOne(filter.exclude, path);
}

/** Compiles a name pattern, in which `*` matches anything, to a regular expression that matches whole names in time as `PathFilter` does. */
export function wildcard(pattern: string): RegExp {
  return new RegExp(`^${new ExpressionWriter().stars(pattern.split(STARS).map(escaped), ".")}$`, "s");
}

// The same few rules are applied to every file of every trial; a suite of thousands of tasks may have as many.
const compiled = new Map<string, RegExp>();
const MAX_COMPILED = 200;

function matchesOne(expressions: readonly string[], path: string): boolean {
  return expressions.some((expression) => {
    const known = compiled.get(expression);
    if (known !== undefined) return known.test(path);
    if (compiled.size >= MAX_COMPILED) compiled.clear();
    const made = new RegExp(`^(?:${expression})$`, "u");
    compiled.set(expression, made);
    return made.test(path);
  });
}

function expanded(pattern: string): readonly string[] {
  return new BracePattern(pattern).expand().map((one) => {
    const relative = one.replace(/^(?:\.\/)+/, "");
    return relative.endsWith("/") ? `${relative}**` : relative;
  });
}

// Python knows a reference to a group by a number of two digits.
const MAX_GROUPS = 99;

// As few expressions as possible: one choice of many patterns is matched faster than many expressions.
function expressionsOf(patterns: readonly string[]): readonly string[] {
  const expressions: string[] = [];
  let writer = new ExpressionWriter();
  let choices: string[] = [];
  for (const pattern of patterns) {
    if (writer.groups + MAX_STARS > MAX_GROUPS) {
      expressions.push(choices.join("|"));
      [writer, choices] = [new ExpressionWriter(), []];
    }
    choices.push(`(?:${writer.path(pattern)})`);
  }
  return choices.length === 0 ? expressions : [...expressions, choices.join("|")];
}

const STARS = /\*+/;
const FOLDERS = "(?:[^/]+/)*";

/** Writes one expression out of patterns, and numbers its groups: each star needs one at most. */
class ExpressionWriter {
  groups = 0;

  /** Writes a pattern of a path: runs of segments with `**` between them. */
  path(pattern: string): string {
    const runs: string[][] = [[]];
    for (const segment of pattern.split("/")) {
      if (segment === "**") runs.push([]);
      else runs.at(-1)?.push(segment);
    }
    return runs.map((run, index) => this.#run(run, index > 0, index === runs.length - 1)).join("");
  }

  #run(segments: readonly string[], followsFolders: boolean, isLast: boolean): string {
    if (!isLast && segments.length === 0) return "";
    if (followsFolders && !isLast) return this.#committed(() => `${FOLDERS}?${this.#segments(segments)}/`);
    if (!isLast) return `${this.#segments(segments)}/`;
    if (!followsFolders) return this.#segments(segments);
    return segments.length === 0 ? "[\\s\\S]+" : `${FOLDERS}${this.#segments(segments)}`;
  }

  #segments(segments: readonly string[]): string {
    return segments.map((segment) => this.stars(segment.split(STARS).map(withAnyOne), "[^/]")).join("/");
  }

  /** Writes expressions with stars between them; `any` is what a star repeats. */
  stars(parts: readonly string[], any: string): string {
    const [first = "", ...others] = parts;
    const last = others.pop();
    if (last === undefined) return first;
    return `${first}${others.map((part) => this.#committed(() => `${any}*?${part}`)).join("")}${any}*${last}`;
  }

  /**
   * Writes an expression that keeps its first match: in both languages, a lookahead is never entered again, and the reference to its group
   * consumes what it found. The first place where the text after a star fits leaves most room to what follows, so no other has to be tried;
   * an engine that tries all of them takes hours for a dozen stars.
   */
  #committed(write: () => string): string {
    const group = ++this.groups;
    return `(?=(${write()}))\\${group}`;
  }
}

function escaped(text: string): string {
  return text.replace(/[\\^$.|?+()[\]{}]/g, "\\$&");
}

function withAnyOne(text: string): string {
  return text.split("?").map(escaped).join("[^/]");
}
