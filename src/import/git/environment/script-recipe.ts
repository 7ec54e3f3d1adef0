import { copiedFiles, type Project, type Recipe, STAGE, stageSteps, textOf, topFile } from "./recipe-step.ts";

/** What the steps of an installation depend on: the text of the lock file, the commit's day, and the manager that package.json asks for (`yarn@4.4.1`), as corepack would take it. */
type Asked = { readonly lock: string; readonly day: string; readonly manager: string };
type Manager = { readonly lock: string; readonly install: (asked: Asked) => readonly string[] };

const NPM = "npm --no-audit --no-fund --loglevel=error";
const PNPM =
  "--frozen-lockfile --ignore-scripts --config.node-linker=hoisted --config.package-import-method=copy --config.package-manager-strict=false --config.manage-package-manager-versions=false";
const YARN =
  "YARN_NODE_LINKER=node-modules YARN_ENABLE_SCRIPTS=0 YARN_ENABLE_TELEMETRY=0 YARN_ENABLE_GLOBAL_CACHE=0 YARN_ENABLE_IMMUTABLE_INSTALLS=0";

// In the order in which they are looked for. Programs of packages never run: what a package would build at its installation is missing.
const MANAGERS: readonly Manager[] = [
  { lock: "pnpm-lock.yaml", install: (asked) => [`${NPM} install -g pnpm@${pnpmOf(asked)}`, `pnpm install ${PNPM}${peersOf(asked)}`] },
  {
    lock: "yarn.lock",
    // Another version than the one that wrote it would write the lock file otherwise, and refuses to as long as it may not; what it names is installed all the same.
    install: (asked) =>
      asked.lock.includes("__metadata:")
        ? [`${NPM} install -g @yarnpkg/cli-dist@${yarnOf(asked)}`, `${YARN} yarn install`]
        : [`${NPM} install -g yarn@1`, "yarn install --frozen-lockfile --ignore-scripts --non-interactive"],
  },
  { lock: "package-lock.json", install: ({ lock }) => [`${NPM} ci --ignore-scripts${npmPeersOf(lock)}`] },
  { lock: "npm-shrinkwrap.json", install: ({ lock }) => [`${NPM} ci --ignore-scripts${npmPeersOf(lock)}`] },
  { lock: "package.json", install: ({ day }) => [`${NPM} install --ignore-scripts --before=${day}`] },
];

/** Plans the packages of a JavaScript project, by its lock file or else in the versions of the commit's day; null where it has no package.json. */
export function scriptRecipe({ files, day, certificates }: Project): Recipe | null {
  const found = MANAGERS.flatMap((manager) => {
    const file = topFile(files, manager.lock);
    return file === null ? [] : [{ manager, file }];
  })[0];
  const manifest = topFile(files, "package.json");
  if (found === undefined || manifest === null) return null;
  const { manager, file } = found;
  const asked = { lock: textOf(file), day, manager: /"packageManager": *"([^"]{1,200})"/.exec(textOf(manifest))?.[1] ?? "" };
  return {
    lock: manager.lock,
    copied: copiedFiles(files.filter(({ path }) => path === manager.lock || isRead(path))),
    steps: [
      ...stageSteps(["ca-certificates", "npm"], { certificates, as: "packages" }),
      `RUN ${manager.install(asked).join(" && ")} && mkdir -p node_modules && chmod -R a+rX node_modules`,
      // Node looks in the folder at the root last, from wherever a file lies.
      "FROM bench-sandbox:latest",
      `COPY --from=packages ${STAGE}/node_modules /node_modules`,
    ],
  };
}

// What the lock file refers to: descriptions of packages, and patches of others.
function isRead(path: string): boolean {
  if (path.split("/").includes("node_modules")) return false;
  return path === "pnpm-workspace.yaml" || /(?:^|\/)package\.json$/.test(path) || /^(?:\.yarn\/)?patches\/[^/]+\.patch$/.test(path);
}

// Lock files of npm 6 know nothing of peers, over whose versions later ones stumble.
function npmPeersOf(lock: string): string {
  return /"lockfileVersion": *[23]\b/.test(lock) ? "" : " --legacy-peer-deps";
}

// A lock file made with another setting is refused.
function peersOf({ lock }: Asked): string {
  const setting = /^ {2}autoInstallPeers: (true|false)$/m.exec(lock)?.[1];
  return setting === undefined ? "" : ` --config.auto-install-peers=${setting}`;
}

// The version that package.json asks for, else the last that reads and writes lock files of this form.
function yarnOf({ lock, manager }: Asked): string {
  const form = Number(/^__metadata:\n {2}version: (\d+)/m.exec(lock)?.[1] ?? 8);
  const major = form >= 8 ? 4 : form >= 6 ? 3 : 2;
  return exactly("yarn", major, manager);
}

// Earlier ones than the last of their kind fail on later versions of Node.
function pnpmOf({ lock, manager }: Asked): string {
  const version = Number(/^lockfileVersion: ['"]?(\d+)/m.exec(lock)?.[1] ?? 9);
  if (version < 9) return version >= 6 ? "8" : "7";
  return exactly("pnpm", 10, manager, exactly("pnpm", 9, manager));
}

function exactly(name: string, major: number, manager: string, otherwise = `${major}`): string {
  const [, asked, version = ""] = /^(\w+)@(\d{1,4}\.\d{1,4}\.\d{1,4})(?:\+|$)/.exec(manager) ?? [];
  return asked === name && version.startsWith(`${major}.`) ? version : otherwise;
}
