import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** The test files, by what they need of the machine. */
export type SplitTests = { readonly unit: readonly string[]; readonly machine: readonly string[] };

// What opens the engine of this machine, a browser, bubblewrap, an engine of the test's own (which takes root), the whole command line as a process, or runs by the API.
const NEEDS_MACHINE = [
  /^(?:import\b[^"]*|\} )from "[./]+\/src\/api\//m,
  /^[^"'`\n]*\b(?:connectEngine\(\)|new Docker\(\))/m,
  /^(?:import\b[^"]*|\} )from "[./]+\/src\/sandbox\/bubblewrap\//m,
  /^(?:import\b[^"]*|\} )from "[./]+\/(?:fixtures\/)?(?:browser|private-engine|cli)\.ts"/m,
];
const IMPORT = /\b(?:from|import)\s*\(?\s*"(\.[^"]+\.ts)"/g;

/** Tells whether a file of test/, or another file of test/ that it imports, needs more of the machine than Node; `read` gives a file's text. */
export function needsMachine(path: string, read: (path: string) => string, seen = new Set<string>()): boolean {
  if (seen.has(path)) return false;
  seen.add(path);
  const text = read(path);
  if (NEEDS_MACHINE.some((pattern) => pattern.test(text))) return true;
  const imported = [...text.matchAll(IMPORT)].map(([, target = ""]) => join(dirname(path), target));
  return imported.some((target) => target.startsWith("test/") && needsMachine(target, read, seen));
}

// Need PyPI or the images of languages, and are run by commands of their own: `npm run test:gateways`, `npm run test:languages`.
const APART = /^(?:gateways|languages)\//;

/** Splits the test files below `root` by what they and their fixtures import, so that no list of names has to be kept. */
export function splitTests(root: string): SplitTests {
  const files = readdirSync(join(root, "test"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".test.ts") && !APART.test(name))
    .map((name) => join("test", name))
    .sort();
  const read = (path: string): string => (existsSync(join(root, path)) ? readFileSync(join(root, path), "utf8") : "");
  const machine = files.filter((path) => needsMachine(path, read));
  return { unit: files.filter((path) => !machine.includes(path)), machine };
}
