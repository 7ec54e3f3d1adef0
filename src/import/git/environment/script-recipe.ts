import { copiedFiles, type Project, type Recipe, STAGE, stageSteps, textOf, topFile } from "./recipe-step.ts";

type Manager = { readonly lock: string; readonly install: (lockText: string, day: string) => readonly string[] };

const NPM = "npm --no-audit --no-fund --loglevel=error";
const PNPM = "--frozen-lockfile --ignore-scripts --config.node-linker=hoisted --config.package-import-method=copy";

// In the order in which they are looked for. Programs of packages never run: what a package would build at its installation is missing.
const MANAGERS: readonly Manager[] = [
  { lock: "pnpm-lock.yaml", install: (text) => [`${NPM} install -g pnpm@${pnpmOf(text)}`, `pnpm install ${PNPM}`] },
  {
    lock: "yarn.lock",
    install: (text) =>
      text.includes("__metadata:")
        ? [
            `${NPM} install -g @yarnpkg/cli-dist@4`,
            "YARN_NODE_LINKER=node-modules YARN_ENABLE_SCRIPTS=0 YARN_ENABLE_TELEMETRY=0 yarn install --immutable",
          ]
        : [`${NPM} install -g yarn@1`, "yarn install --frozen-lockfile --ignore-scripts --non-interactive"],
  },
  { lock: "package-lock.json", install: () => [`${NPM} ci --ignore-scripts`] },
  { lock: "npm-shrinkwrap.json", install: () => [`${NPM} ci --ignore-scripts`] },
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
  const copied = files.filter(
    ({ path }) =>
      path === manager.lock || path === "pnpm-workspace.yaml" || (path.endsWith("package.json") && !path.includes("node_modules/")),
  );
  return {
    lock: manager.lock,
    copied: copiedFiles(copied.filter(({ path }) => /(?:^|\/)package\.json$|^[^/]*$/.test(path))),
    steps: [
      ...stageSteps(["ca-certificates", "npm"], { certificates, as: "packages" }),
      `RUN ${manager.install(textOf(file), day).join(" && ")} && mkdir -p node_modules && chmod -R a+rX node_modules`,
      // Node looks in the folder at the root last, from wherever a file lies.
      "FROM bench-sandbox:latest",
      `COPY --from=packages ${STAGE}/node_modules /node_modules`,
    ],
  };
}

// Each reads the lock files of its own time.
function pnpmOf(lock: string): number {
  const version = Number(/^lockfileVersion: ['"]?(\d+)/m.exec(lock)?.[1] ?? 9);
  if (version >= 9) return 9;
  return version >= 6 ? 8 : 7;
}
