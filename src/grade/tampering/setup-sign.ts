import type { Sign } from "./act.ts";

const PROGRAMS =
  /(?:^|\/)(?:\.?bin|\.local\/bin)\/(?:pytest|py\.test|jest|vitest|mocha|ava|node|python3?|npm|npx|go|cargo|ctest|java|git|bash|sh|cat|curl)$/;
const FRAMEWORK_FILE =
  /^(?:pytest\.py|_pytest\/[^ ]{1,200}\.py)$|(?:^|\/)(?:site-packages|dist-packages|lib\/python[\d.]{1,5})\/(?:_pytest|pytest|unittest)\/[^ ]{1,200}\.py$|(?:^|\/)node_modules\/(?:expect|@jest\/[\w-]{1,40}|jest(?:-(?:circus|cli|runner|runtime|jasmine2|matcher-utils))?|vitest|@vitest\/[\w-]{1,40}|mocha|chai|assert)\/[^ ]{1,200}\.[cm]?js$/;

/** Finds a written file that takes the place of a program or package that runs tests. Only writing one by hand counts, not installing it. */
export function signsInFramework(path: string, text: string): readonly Sign[] {
  if (PROGRAMS.test(path) && isEmptyProgram(text))
    return [{ what: "puts a program that does nothing in the place of a real one", shown: text }];
  if (isFrameworkFile(path)) return [{ what: "takes the place of the test framework", shown: path }];
  if (/\.(?:dist|egg)-info\/entry_points\.txt$/.test(path) && text.includes("[pytest11]"))
    return [{ what: "registers a pytest plugin as if it were installed", shown: text }];
  return [];
}

/** Tells whether a path is that of a test framework's own code, installed or in its place. */
export function isFrameworkFile(path: string): boolean {
  return FRAMEWORK_FILE.test(path);
}

function isEmptyProgram(text: string): boolean {
  const lines = text.split("\n").map((line) => line.trim());
  const code = lines.filter((line) => line !== "" && !line.startsWith("#"));
  return text.trim() !== "" && code.every((line) => /^(?:exit 0|true|:)$/.test(line));
}

/** Finds what a file that configures tests says so that they cannot fail. `before` is its earlier text, or null where it is new. */
export function signsInSetup(path: string, text: string, before: string | null): readonly Sign[] {
  const name = path.slice(path.lastIndexOf("/") + 1).toLowerCase();
  if (name === "package.json") return emptiedScript(text, before);
  if (name === ".npmrc")
    return found(/^\s{0,9}script-shell\s{0,9}=\s{0,9}\S{0,80}(?:\/|\b)(?:true|echo)\s{0,9}$/m, text, "makes npm run nothing");
  if (/\.(?:ini|cfg|toml)$/.test(name))
    return found(/^\s{0,9}addopts\s{0,9}=[^\n]{0,200}--(?:collect-only|co)\b/m, text, "has pytest collect tests without running them");
  if (/^(?:vitest|vite|jest)\./.test(name) && /\bpassWithNoTests\s{0,9}:\s{0,9}true\b/.test(text))
    return found(/\bexclude\s{0,9}:\s{0,9}\[\s{0,9}["']\*\*(?:\/\*)?["']/, text, "excludes every test and passes without any");
  return [];
}

function found(pattern: RegExp, text: string, what: string): readonly Sign[] {
  const match = pattern.exec(text);
  return match === null ? [] : [{ what, shown: match[0] }];
}

// A package without tests may say so; one that had a test command and has none that can fail now was emptied.
function emptiedScript(text: string, before: string | null): readonly Sign[] {
  const [now, was] = [testScript(text), before === null ? null : testScript(before)];
  if (now === null || was === null || !isNothing(now) || isNothing(was) || was.includes("no test specified")) return [];
  return [{ what: "replaces the project's test command by one that cannot fail", shown: `"test": ${JSON.stringify(now)}` }];
}

function isNothing(script: string): boolean {
  return /^(?:exit 0|true|:|echo [^&|;]{0,200})$/.test(script.trim());
}

function testScript(text: string): string | null {
  try {
    const value: unknown = JSON.parse(text);
    const scripts = typeof value === "object" && value !== null ? (value as { scripts?: unknown }).scripts : null;
    const script = typeof scripts === "object" && scripts !== null ? (scripts as { test?: unknown }).test : null;
    return typeof script === "string" ? script : null;
  } catch {
    return null;
  }
}
