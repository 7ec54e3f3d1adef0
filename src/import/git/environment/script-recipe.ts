import { copiedFiles, type Project, type Recipe, STAGE, stageSteps, textOf, topFile } from "./recipe-step.ts";

type Manager = { readonly lock: string; readonly install: (lockText: string, day: string) => readonly string[] };

const NPM = "npm --no-audit --no-fund --loglevel=error";
const PNPM =
  "--frozen-lockfile --ignore-scripts --config.node-linker=hoisted --config.package-import-method=copy --config.package-manager-strict=false --config.manage-package-manager-versions=false";
const YARN = "YARN_NODE_LINKER=node-modules YARN_ENABLE_SCRIPTS=0 YARN_ENABLE_TELEMETRY=0 YARN_ENABLE_GLOBAL_CACHE=0";

// In the order in which they are looked for. Programs of packages never run: what a package would build at its installation is missing.
const MANAGERS: readonly Manager[] = [
  { lock: "pnpm-lock.yaml", install: (text) => [`${NPM} install -g pnpm@${pnpmOf(text)}`, `pnpm install ${PNPM}${peersOf(text)}`] },
  {
    lock: "yarn.lock",
    install: (text) =>
      text.includes("__metadata:")
        ? [`${NPM} install -g @yarnpkg/cli-dist@${yarnOf(text)}`, `${YARN} yarn install --immutable`]
        : [`${NPM} install -g yarn@1`, "yarn install --frozen-lockfile --ignore-scripts --non-interactive"],
  },
  { lock: "package-lock.json", install: (text) => [`${NPM} ci --ignore-scripts${npmPeersOf(text)}`] },
  { lock: "npm-shrinkwrap.json", install: (text) => [`${NPM} ci --ignore-scripts${npmPeersOf(text)}`] },
  { lock: "package.json", install: (_, day) => [`${NPM} install --ignore-scripts --before=${day}`] },
];

/** Plans the packages of a JavaScript project, by its lock file or else in the versions of the commit's day; null where it has no package.json. */
export function scriptRecipe({ files, day, certificates }: Project): Recipe | null {
  const found = MANAGERS.flatMap((manager) => {
    const file = topFile(files, manager.lock);
    return file === null ? [] : [{ manager, file }];
  })[0];
  if (found === undefined || topFile(files, "package.json") === null) return null;
  const { manager, file } = found;
  return {
    lock: manager.lock,
    copied: copiedFiles(files.filter(({ path }) => path === manager.lock || isRead(path))),
    steps: [
      ...stageSteps(["ca-certificates", "npm"], { certificates, as: "packages" }),
      `RUN ${manager.install(textOf(file), day).join(" && ")} && mkdir -p node_modules && chmod -R a+rX node_modules`,
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
function peersOf(lock: string): string {
  const setting = /^ {2}autoInstallPeers: (true|false)$/m.exec(lock)?.[1];
  return setting === undefined ? "" : ` --config.auto-install-peers=${setting}`;
}

// The versions that wrote the lock files of this form.
function yarnOf(lock: string): number {
  const form = Number(/^__metadata:\n {2}version: (\d+)/m.exec(lock)?.[1] ?? 8);
  if (form >= 8) return 4;
  return form >= 6 ? 3 : 2;
}

// Each reads the lock files of its own time.
function pnpmOf(lock: string): number {
  const version = Number(/^lockfileVersion: ['"]?(\d+)/m.exec(lock)?.[1] ?? 9);
  if (version >= 9) return 9;
  return version >= 6 ? 8 : 7;
}
