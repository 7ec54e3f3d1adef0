import type { TestPlan } from "../../core/task.ts";
import type { Language } from "./test-path.ts";

/** How the tests of a project are run, as far as its files say. `program` is null where the runner is none of a common command. */
export type ProjectTests = Pick<TestPlan, "runner"> & Partial<Pick<TestPlan, "command" | "report">>;

/** How the tests are run, or the reason why that is not known. */
export type FoundTests = { readonly kind: "found"; readonly tests: ProjectTests } | { readonly kind: "unknown"; readonly reason: string };

type Manifest = {
  readonly scripts?: Readonly<Record<string, unknown>>;
  readonly dependencies?: Readonly<Record<string, unknown>>;
  readonly devDependencies?: Readonly<Record<string, unknown>>;
};

/** Finds out which runner a project's tests need; `read` gives the text of a file of it, or null. */
export function projectTests(language: Language, read: (path: string) => string | null): FoundTests {
  switch (language) {
    case "python":
      return found("pytest");
    case "go":
      return read("go.mod") === null ? unknown("there is no go.mod at the top; name the folder of the module with --path") : found("go");
    case "rust":
      return read("Cargo.toml") === null
        ? unknown("there is no Cargo.toml at the top; name the folder of the crate with --path")
        : found("cargo");
    case "java":
      return found("junit");
    case "javascript":
      return scriptTests(read("package.json"));
  }
}

function scriptTests(text: string | null): FoundTests {
  if (text === null) return unknown("there is no package.json at the top; name the folder of the package with --path");
  const manifest = manifestOf(text);
  if (manifest === null) return unknown("its package.json cannot be read");
  const script = typeof manifest.scripts?.["test"] === "string" ? manifest.scripts["test"] : "";
  const has = (name: string) => name in { ...manifest.dependencies, ...manifest.devDependencies };
  const words = script.split(/[^\w-]+/);
  const uses = (name: string) => words.includes(name);
  if (uses("vitest")) return found("vitest");
  if (uses("jest")) return found("jest");
  if (uses("node") && uses("--test")) return found("node");
  if (has("vitest")) return found("vitest");
  if (has("jest")) return found("jest");
  return unknown(
    script === ""
      ? "package.json has no test script, vitest or Jest"
      : `package.json tests with "${script.slice(0, 60)}", which is none of vitest, Jest and node --test`,
  );
}

function manifestOf(text: string): Manifest | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Manifest) : null;
  } catch {
    return null;
  }
}

function found(runner: ProjectTests["runner"]): FoundTests {
  return { kind: "found", tests: { runner } };
}

function unknown(reason: string): FoundTests {
  return { kind: "unknown", reason };
}
