import { build } from "esbuild";
import { expect, test } from "vitest";

const ROOT = new URL("..", import.meta.url).pathname;

// What takes tens of milliseconds to load each, and is needed by few commands or late.
const HEAVY = ["undici", "openai", "@anthropic-ai/sdk", "htmlparser2", "dockerfile-ast", "fast-xml-parser", "zod", "cli-table3"];

/** Packages that a file loads with itself, before it runs anything: those it imports in so many words, through whatever modules. */
async function packagesLoadedWith(file: string): Promise<ReadonlySet<string>> {
  const { metafile } = await build({
    absWorkingDir: ROOT,
    entryPoints: [file],
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    write: false,
    metafile: true,
    logLevel: "silent",
    outdir: "out",
    packages: "external",
  });
  const packages = new Set<string>();
  const seen = new Set<string>();
  const visit = (path: string): void => {
    if (seen.has(path)) return;
    seen.add(path);
    for (const { path: next, kind, external } of metafile.inputs[path]?.imports ?? []) {
      if (kind === "dynamic-import") continue;
      if (external === true)
        packages.add(
          next
            .split("/")
            .slice(0, next.startsWith("@") ? 2 : 1)
            .join("/"),
        );
      else visit(next);
    }
  };
  visit(file);
  return packages;
}

const loaded = async (file: string): Promise<readonly string[]> => {
  const packages = await packagesLoadedWith(file);
  return HEAVY.filter((name) => packages.has(name));
};

test("the program itself loads no package that takes long", async () => {
  expect(await loaded("src/cli.ts")).toEqual([]);
});

test("a run loads clients of providers and of the web, and readers of pages and Dockerfiles, only when it needs them", async () => {
  const late = ["undici", "openai", "@anthropic-ai/sdk", "htmlparser2", "dockerfile-ast"];
  expect((await loaded("src/command/run/start-run.ts")).filter((name) => late.includes(name))).toEqual([]);
  expect((await loaded("src/command/gate/start-gate.ts")).filter((name) => late.includes(name))).toEqual([]);
});

test("what is loaded late is seen where it is loaded", async () => {
  expect(await loaded("src/fetch/fetch-once.ts")).toEqual(["undici", "htmlparser2"]);
  expect(await loaded("src/model/http-model.ts")).toEqual(expect.arrayContaining(["undici", "openai", "@anthropic-ai/sdk"]));
});
