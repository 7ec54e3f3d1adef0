import { expect, test } from "vitest";
import { environmentOf } from "../../../src/import/git/environment/environment.ts";
import { projectTests } from "../../../src/import/git/project.ts";
import type { Language } from "../../../src/import/git/test-path.ts";

function dockerfileOf(language: Language, texts: Readonly<Record<string, string>>, certificates: string | null = null): string | null {
  const files = Object.entries(texts).map(([path, text]) => ({ path, bytes: Buffer.from(text), executable: false }));
  const found = environmentOf(language, { files, day: "2026-01-31", certificates });
  const file = found?.files.find(({ path }) => path === "Dockerfile");
  return file === undefined ? null : Buffer.from(file.bytes).toString();
}

test.for([
  ["javascript", { "package.json": "{}", "package-lock.json": '{"lockfileVersion": 3}' }, "error ci --ignore-scripts && mkdir"],
  [
    "javascript",
    { "package.json": "{}", "pnpm-lock.yaml": "lockfileVersion: '9.0'" },
    "pnpm@9 && pnpm install --frozen-lockfile --ignore-scripts",
  ],
  ["javascript", { "package.json": "{}", "pnpm-lock.yaml": "lockfileVersion: '6.0'" }, "pnpm@8"],
  ["javascript", { "package.json": "{}", "yarn.lock": "# yarn lockfile v1" }, "yarn@1 && yarn install --frozen-lockfile --ignore-scripts"],
  ["javascript", { "package.json": "{}", "yarn.lock": "__metadata:\n  version: 8" }, "YARN_ENABLE_SCRIPTS=0"],
  ["javascript", { "package.json": "{}", "yarn.lock": "__metadata:\n  version: 8\n  cacheKey: 10" }, "@yarnpkg/cli-dist@4 "],
  ["javascript", { "package.json": "{}", "yarn.lock": "__metadata:\n  version: 6\n" }, "@yarnpkg/cli-dist@3 "],
  ["javascript", { "package.json": "{}", "yarn.lock": "__metadata:\n  version: 4\n" }, "@yarnpkg/cli-dist@2 "],
  [
    "javascript",
    { "package.json": '{"packageManager": "yarn@4.4.1+sha224.ab"}', "yarn.lock": "__metadata:\n  version: 8\n" },
    "cli-dist@4.4.1 ",
  ],
  ["javascript", { "package.json": '{"packageManager": "yarn@1.22.0"}', "yarn.lock": "__metadata:\n  version: 8\n" }, "cli-dist@4 "],
  ["javascript", { "package.json": '{"packageManager": "pnpm@10.33.4"}', "pnpm-lock.yaml": "lockfileVersion: '9.0'" }, "pnpm@10.33.4 "],
  ["javascript", { "package.json": '{"packageManager": "pnpm@9.1.0"}', "pnpm-lock.yaml": "lockfileVersion: '9.0'" }, "pnpm@9.1.0 "],
  ["javascript", { "package.json": '{"packageManager": "pnpm@8.1.0"}', "pnpm-lock.yaml": "lockfileVersion: '6.0'" }, "pnpm@8 "],
  [
    "javascript",
    { "package.json": "{}", "pnpm-lock.yaml": "lockfileVersion: '9.0'\n\nsettings:\n  autoInstallPeers: false\n" },
    "--config.auto-install-peers=false",
  ],
  ["javascript", { "package.json": "{}", "package-lock.json": '{"lockfileVersion": 1}' }, "ci --ignore-scripts --legacy-peer-deps"],
  ["javascript", { "package.json": "{}" }, "install --ignore-scripts --before=2026-01-31"],
  ["python", { "pyproject.toml": "", "uv.lock": "" }, "uv export --quiet --frozen"],
  ["python", { "pyproject.toml": "", "poetry.lock": "" }, "poetry export"],
  [
    "python",
    { "requirements.txt": "attrs" },
    "--exclude-newer 2026-01-31 --python /usr/bin/python3 --output-file bench-requirements.txt requirements.txt",
  ],
  [
    "python",
    { "pyproject.toml": '[project]\ndependencies = ["a"]\n[project.optional-dependencies]\ntest = ["b"]\ndocs = ["c"]\n' },
    "--extra test --exclude-newer",
  ],
  ["python", { "requirements.txt": "pytest-cov" }, "requirements.txt --constraint bench-constraints.txt || uv pip compile"],
  ["go", { "go.mod": "module x\nrequire y v1.0.0\n" }, "go mod download"],
  ["go", { "go.mod": "module x\n\ngo 1.21.3\n" }, "golang.org/toolchain@v0.0.1-go1.21.3.linux-"],
  ["go", { "go.mod": "module x\n\ngo 1.22\n\ntoolchain go1.23.4\n" }, "golang.org/toolchain@v0.0.1-go1.23.4.linux-"],
  ["go", { "go.mod": "module x\n\ngo 1.24\n" }, "golang.org/toolchain@v0.0.1-go1.24.0.linux-"],
  ["go", { "go.mod": "module x\n\ngo 1.20\n" }, "golang.org/toolchain@v0.0.1-go1.21.0.linux-"],
  ["rust", { "Cargo.toml": "" }, "cargo vendor /opt/crates"],
] as const)("%s with %o installs its packages by their own manager", ([language, texts, command]) => {
  expect(dockerfileOf(language, texts)).toContain(command);
});

test("a project that names no packages has no image of its own", () => {
  expect(dockerfileOf("go", { "go.mod": "module x\n" })).toBeNull();
  expect(dockerfileOf("go", { "go.mod": "module x\n\ngo 1.19\n" })).toBeNull();
  expect(dockerfileOf("python", { "pyproject.toml": "[tool.black]\n" })).toBeNull();
  expect(dockerfileOf("javascript", { "index.js": "" })).toBeNull();
  expect(dockerfileOf("java", { "pom.xml": "" })).toBeNull();
});

test("a later Go has its library compiled once, and not in each grading", () => {
  const text = dockerfileOf("go", { "go.mod": "module x\n\ngo 1.22.1\n" });

  expect(text).toMatch(/^ENV GOTOOLCHAIN=local GODEBUG=installgoroot=all\nRUN cd \/ && CGO_ENABLED=0 GOCACHE=\/tmp\/go go install std /m);
});

test("a Go that Debian has is taken from there", () => {
  expect(dockerfileOf("go", { "go.mod": "module x\n\ngo 1.19\n\nrequire y v1.0.0\n" })).not.toContain("golang.org/toolchain");
});

test("patches of packages and the descriptions of all packages of a workspace are copied, and nothing that runs", () => {
  const texts = {
    "package.json": "{}",
    "yarn.lock": "__metadata:\n  version: 8\n",
    "packages/a/package.json": "{}",
    "packages/a/node_modules/b/package.json": "{}",
    ".yarn/patches/b-npm-1.0.0.patch": "",
    ".yarn/plugins/p.cjs": "",
    ".yarn/releases/yarn-4.cjs": "",
    ".yarnrc.yml": "yarnPath: .yarn/releases/yarn-4.cjs",
    "index.js": "",
  };
  const files = Object.entries(texts).map(([path, text]) => ({ path, bytes: Buffer.from(text), executable: false }));

  const found = environmentOf("javascript", { files, day: "2026-01-31", certificates: null });

  expect(found?.files.map(({ path }) => path)).toEqual([
    "Dockerfile",
    "project/.yarn/patches/b-npm-1.0.0.patch",
    "project/package.json",
    "project/packages/a/package.json",
    "project/yarn.lock",
  ]);
});

test("packages are installed in a stage of their own, with the machine's certificates there alone", () => {
  const text = dockerfileOf("javascript", { "package.json": "{}", "package-lock.json": "{}" }, "-----BEGIN CERTIFICATE-----") ?? "";
  const [, last = ""] = text.split("FROM bench-sandbox:latest\n");

  expect(text).toContain("COPY certificates.pem");
  expect(last).toBe("COPY --from=packages /packages/node_modules /node_modules\n");
});

test.for([
  [{ scripts: { test: "vitest run" } }, "vitest"],
  [{ scripts: { test: "npm run build && jest" } }, "jest"],
  [{ scripts: { test: "node --test test/*.js" } }, "node"],
  [{ scripts: { test: "npm run lint" }, devDependencies: { vitest: "1" } }, "vitest"],
] as const)("package.json %o is tested by %s", ([manifest, runner]) => {
  expect(projectTests("javascript", () => JSON.stringify(manifest))).toEqual({ kind: "found", tests: { runner } });
});

test.for([
  ["javascript", null, "there is no package.json at the top; name the folder of the package with --path"],
  ["javascript", "{", "its package.json cannot be read"],
  ["javascript", '{"scripts":{"test":"mocha"}}', 'package.json tests with "mocha", which is none of vitest, Jest and node --test'],
  ["go", null, "there is no go.mod at the top; name the folder of the module with --path"],
] as const)("%s with %j says why its tests cannot be run", ([language, text, reason]) => {
  expect(projectTests(language, () => text)).toEqual({ kind: "unknown", reason });
});
