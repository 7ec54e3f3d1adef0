import { execFile } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { TempFolder } from "./fixtures/temp-folder.ts";

const ROOT = join(import.meta.dirname, "..");
const start = promisify(execFile);

type PackedFile = { readonly path: string; readonly mode: number };

let folder: TempFolder;
let packed: readonly PackedFile[];
let installed: string;

// Builds a copy of the sources, so that other tests may use dist/ meanwhile, and lays the package out as an installation without network would.
beforeAll(async () => {
  folder = new TempFolder();
  const sources = folder.at("sources");
  for (const name of [
    "src",
    "sandbox",
    "schemas",
    "docs",
    "examples",
    "scripts",
    "models.yaml",
    "package.json",
    "tsconfig.json",
    "tsconfig.api.json",
    "LICENSE",
    "README.md",
  ])
    cpSync(join(ROOT, name), join(sources, name), { recursive: true });
  symlinkSync(join(ROOT, "node_modules"), join(sources, "node_modules"));
  const { stdout } = await start("npm", ["pack", "--json", "--foreground-scripts=false", "--pack-destination", folder.path], {
    cwd: sources,
  });
  const [{ filename, files }] = JSON.parse(stdout.slice(stdout.indexOf("["))) as [{ filename: string; files: readonly PackedFile[] }];
  packed = files;
  await start("tar", ["-xzf", folder.at(filename), "-C", folder.path]);
  installed = folder.at("project/node_modules/coding-bench");
  mkdirSync(folder.at("project/node_modules"), { recursive: true });
  cpSync(folder.at("package"), installed, { recursive: true });
  for (const name of ["better-sqlite3", "bindings", "file-uri-to-path"])
    symlinkSync(join(ROOT, "node_modules", name), folder.at(`project/node_modules/${name}`));
});

afterAll(() => folder[Symbol.dispose]());

test("the package holds what an installation needs, its examples and nothing else", () => {
  const paths = packed.map(({ path }) => path);
  const places = new Set(paths.map((path) => path.split("/")[0]));

  expect(places).toEqual(
    new Set(["LICENSE", "README.md", "dist", "docs", "examples", "models.yaml", "package.json", "sandbox", "schemas"]),
  );
  expect(paths.filter((path) => /__pycache__|^(?!examples\/).*\.test\.|^dist\/benchmark/.test(path))).toEqual([]);
  expect(paths.filter((path) => path.endsWith("task.yaml"))).toEqual([
    ...["go", "java", "rust", "typescript"].map((language) => `examples/languages/${language}/task.yaml`),
    "examples/my-suite/slugify/task.yaml",
  ]);
  expect(paths).toEqual(expect.arrayContaining(["dist/cli.js", "dist/api.js", "dist/types/api/api.d.ts", "dist/THIRD-PARTY-LICENSES.txt"]));
  expect(packed.find(({ path }) => path === "dist/cli.js")?.mode).toBe(0o755);
});

test("only the database driver is installed beside it, and every package in the bundle has its licence", () => {
  const { dependencies, bin } = JSON.parse(readFileSync(join(installed, "package.json"), "utf8")) as {
    dependencies: Record<string, string>;
    bin: Record<string, string>;
  };
  const notice = readFileSync(join(installed, "dist/THIRD-PARTY-LICENSES.txt"), "utf8");

  expect(Object.keys(dependencies)).toEqual(["better-sqlite3"]);
  expect(bin).toEqual({ bench: "dist/cli.js" });
  for (const name of ["commander", "dockerode", "openai", "ssh2", "undici", "zod"]) expect(notice).toMatch(new RegExp(`^${name} \\d`, "m"));
  expect(notice).not.toContain(ROOT);
});

test("the installed command starts, knows setup and writes a first suite", async () => {
  const bench = join(installed, "dist/cli.js");
  const cwd = folder.at("project");

  const help = await start(process.execPath, [bench, "setup", "--help"], { cwd });
  await start(process.execPath, [bench, "init", "evals"], { cwd });

  expect(help.stdout).toContain("--bubblewrap");
  expect(readFileSync(join(cwd, "evals/tasks/my-suite/slugify/task.yaml"), "utf8")).toContain("runner: pytest");
});

test("messages of the package name no command of a checkout", async () => {
  const { stdout } = await start("grep", ["-rlE", "npm run (setup|demo|bench)|bash sandbox/", join(installed, "dist")]).catch(
    (error: { stdout: string }) => error,
  );

  expect(stdout).toBe("");
});

test("the API loads without a trace and reads what is there; its errors are values of exported classes", async () => {
  const script = `
    import { InfraError, listRuns, UserError } from "coding-bench";
    const error = await listRuns({ database: "none.db" }).catch((error) => error);
    console.log(JSON.stringify([error instanceof UserError, error instanceof InfraError, error.message]));`;

  const { stdout, stderr } = await start(process.execPath, ["--input-type=module", "--eval", script], { cwd: folder.at("project") });

  expect(stderr).toBe("");
  expect(JSON.parse(stdout)).toEqual([true, false, expect.stringMatching(/^Cannot open database "none.db"/)]);
});

test.for(["nodenext", "bundler"])(
  "the example of docs/api.md compiles in a strict project that resolves modules as %s",
  async (resolution) => {
    const [, example = ""] = /```ts\n([\s\S]*?)```/.exec(readFileSync(join(ROOT, "docs/api.md"), "utf8")) ?? [];
    const wrong = example.replace("maxDrop: 0.03", 'maxDrop: "3pp"');

    expect(await complaints(example, resolution)).toBe("");
    expect(await complaints(wrong, resolution)).toMatch(/^\S*example\.ts\(\d+,\d+\): error TS2322: [^\n]*\n$/);
  },
);

async function complaints(source: string, moduleResolution: string): Promise<string> {
  const module = moduleResolution === "nodenext" ? "nodenext" : "esnext";
  const options = { strict: true, exactOptionalPropertyTypes: true, skipLibCheck: false, noEmit: true, types: [], target: "es2022" };
  const config = { compilerOptions: { ...options, module, moduleResolution }, files: ["example.ts"] };
  folder.write({
    "project/package.json": '{"type":"module"}',
    "project/example.ts": source,
    "project/tsconfig.json": JSON.stringify(config),
  });
  const compiler = [join(ROOT, "node_modules/typescript/bin/tsc"), "-p", folder.at("project")];
  const { stdout } = await start(process.execPath, compiler).catch((error: { stdout: string }) => error);
  return stdout;
}
