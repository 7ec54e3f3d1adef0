import { posix } from "node:path";

type DefinitionPattern = (symbol: string) => RegExp;

const script: DefinitionPattern = (symbol) =>
  new RegExp(
    `\\b(?:function\\*?|class|const|let|var|interface|type|enum|namespace)\\s+${symbol}(?![\\w$])` +
      `|^\\s*(?:(?:public|private|protected|static|async|get|set|override|readonly|abstract)\\s+)*\\*?${symbol}\\s*\\([^;]*\\)[^;=]*\\{\\s*$`,
  );
const python: DefinitionPattern = (symbol) =>
  new RegExp(`^\\s*(?:async\\s+)?(?:def|class)\\s+${symbol}\\b|^\\s*${symbol}\\s*(?::[^=]+)?=(?!=)`);
const ruby: DefinitionPattern = (symbol) =>
  new RegExp(`^\\s*(?:def\\s+(?:self\\.)?|class\\s+|module\\s+)${symbol}\\b|^\\s*${symbol}\\s*=(?!=)`);
const go: DefinitionPattern = (symbol) =>
  new RegExp(`^\\s*(?:func\\s+(?:\\([^)]*\\)\\s*)?|type\\s+|var\\s+|const\\s+)${symbol}\\b|\\b${symbol}\\s*:=`);
const rust: DefinitionPattern = (symbol) =>
  new RegExp(`\\b(?:fn|struct|enum|trait|type|mod|union|const|static(?:\\s+mut)?|let(?:\\s+mut)?|macro_rules!)\\s+${symbol}\\b`);
const braces: DefinitionPattern = (symbol) =>
  new RegExp(
    `\\b(?:class|interface|enum|record|struct|union|namespace|object|trait|fun|func|function|def|val|var)\\s+${symbol}\\b` +
      `|^\\s*#\\s*define\\s+${symbol}\\b|\\btypedef\\b.*\\b${symbol}\\s*;|^[^=;"'(]*[\\w>*&\\]]\\s+[*&]*${symbol}\\s*\\([^;]*$`,
  );
const shell: DefinitionPattern = (symbol) =>
  new RegExp(`^\\s*(?:function\\s+)?${symbol}\\s*\\(\\)|^\\s*function\\s+${symbol}\\b|^\\s*${symbol}=`);

const PATTERN_BY_EXTENSION: ReadonlyMap<string, DefinitionPattern> = new Map(
  (
    [
      [[".js", ".jsx", ".mjs", ".cjs", ".ts", ".tsx", ".mts", ".cts", ".vue", ".svelte"], script],
      [[".py", ".pyi"], python],
      [[".rb"], ruby],
      [[".go"], go],
      [[".rs"], rust],
      [[".java", ".kt", ".kts", ".scala", ".cs", ".swift", ".php", ".dart", ".c", ".h", ".cc", ".cpp", ".cxx", ".hpp", ".hh"], braces],
      [[".sh", ".bash"], shell],
    ] satisfies [string[], DefinitionPattern][]
  ).flatMap(([extensions, pattern]) => extensions.map((extension) => [extension, pattern] as const)),
);

/** Makes a test for lines that define a symbol, by the file's extension. A heuristic that orders lines and never leaves one out. */
export function definitionTest(symbol: string): (path: string, line: string) => boolean {
  const escaped = symbol.replaceAll("$", "\\$");
  const built = new Map<DefinitionPattern, RegExp>();
  return (path, line) => {
    const pattern = PATTERN_BY_EXTENSION.get(posix.extname(path).toLowerCase());
    if (pattern === undefined) return false;
    const regex = built.get(pattern) ?? pattern(escaped);
    built.set(pattern, regex);
    return regex.test(line);
  };
}
