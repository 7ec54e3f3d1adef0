import { copiedFiles, type Project, type Recipe, stageSteps, textOf, topFile } from "./recipe-step.ts";

const TARGET = "/opt/packages";
const UV = "python3 -m pip install --quiet --break-system-packages uv";
const EXPORTED = "bench-requirements.txt";
// How projects call what their tests need; where they have one of the first, the last holds tools.
const TEST_NAMES = ["test", "tests", "testing"];
const DEV = "dev";
// The image has pytest and a plugin for coroutines. What a project's own plugins bring along beside it is of a version that this plugin goes with, where the project leaves a choice.
const CONSTRAINTS = "bench-constraints.txt";
const CONSTRAIN = `echo "pytest<9" > ${CONSTRAINTS}`;
const OWN = "^(pytest|pluggy|iniconfig|packaging)([^a-z0-9_-]|$)";

/** Where requirements are exported from: the text of pyproject.toml, and the commit's day. */
type Exported = { readonly project: string; readonly day: string };
type Manager = { readonly file: string; readonly also: readonly string[]; readonly export: (exported: Exported) => string };

const MANAGERS: readonly Manager[] = [
  {
    file: "uv.lock",
    also: ["pyproject.toml"],
    export: ({ project }) =>
      [
        "uv export --quiet --frozen --no-hashes --no-emit-project --no-default-groups",
        ...testOptions(project),
        `--output-file ${EXPORTED}`,
      ].join(" "),
  },
  {
    file: "poetry.lock",
    also: ["pyproject.toml"],
    export: ({ project }) =>
      [
        "python3 -m pip install --quiet --break-system-packages poetry poetry-plugin-export && poetry export --quiet --without-hashes --all-extras",
        ...poetryGroups(project).map((name) => `--with ${name}`),
        `--output ${EXPORTED}`,
      ].join(" "),
  },
  { file: "requirements-test.txt", also: ["requirements.txt"], export: plainRequirements("requirements-test.txt") },
  { file: "requirements-dev.txt", also: ["requirements.txt"], export: plainRequirements("requirements-dev.txt") },
  { file: "requirements.txt", also: [], export: plainRequirements("requirements.txt") },
  { file: "pyproject.toml", also: [], export: compiled },
];

/** Plans the packages of a Python project, by its lock file, its requirements, or else what pyproject.toml names in the versions of the commit's day; null where it names none. */
export function pythonRecipe({ files, day, certificates }: Project): Recipe | null {
  const pyproject = topFile(files, "pyproject.toml");
  const project = pyproject === null ? "" : textOf(pyproject);
  for (const manager of MANAGERS) {
    const file = topFile(files, manager.file);
    if (
      file === null ||
      (manager.file === "pyproject.toml" && !/^(?:dependencies|\[project\.optional-dependencies\]|\[dependency-groups\])/m.test(project))
    )
      continue;
    const copied = [file, ...manager.also.flatMap((path) => topFile(files, path) ?? [])];
    const install = constrained(`uv pip install --quiet --target ${TARGET} --python /usr/bin/python3 -r ${EXPORTED}`);
    return {
      lock: manager.file,
      copied: copiedFiles(copied),
      steps: [
        ...stageSteps(["ca-certificates", "python3-pip"], { certificates, as: "packages" }),
        `RUN ${UV} && ${CONSTRAIN} && ${manager.export({ project, day })}`,
        `RUN mkdir -p ${TARGET} && (grep -viE '${OWN}' ${EXPORTED} > kept.txt || true) && mv kept.txt ${EXPORTED} && ${install} && chmod -R a+rX ${TARGET}`,
        "FROM bench-sandbox:latest",
        `COPY --from=packages ${TARGET} ${TARGET}`,
        `ENV PYTHONPATH=${TARGET}`,
      ],
    };
  }
  return null;
}

function plainRequirements(path: string): Manager["export"] {
  return ({ day }) =>
    constrained(`uv pip compile --quiet --exclude-newer ${day} --python /usr/bin/python3 --output-file ${EXPORTED} ${path}`);
}

function compiled({ project, day }: Exported): string {
  const options = [...testOptions(project), `--exclude-newer ${day}`, "--python /usr/bin/python3", `--output-file ${EXPORTED}`];
  return constrained(`uv pip compile --quiet ${options.join(" ")} pyproject.toml`);
}

// Where a project pins something else, it gets that.
function constrained(command: string): string {
  return `(${command} --constraint ${CONSTRAINTS} || ${command})`;
}

function testOptions(project: string): readonly string[] {
  const extras = ofTests(keysOf(project, "project.optional-dependencies")).map((name) => `--extra ${name}`);
  const groups = ofTests(keysOf(project, "dependency-groups")).map((name) => `--group ${name}`);
  return [...extras, ...groups];
}

function poetryGroups(project: string): readonly string[] {
  const names = [...TEST_NAMES, DEV].filter((name) => project.includes(`[tool.poetry.group.${name}.dependencies]`));
  return project.includes("[tool.poetry.dev-dependencies]") ? [...names, DEV] : ofTests(names);
}

function ofTests(names: readonly string[]): readonly string[] {
  const tests = TEST_NAMES.filter((name) => names.includes(name));
  return tests.length > 0 ? tests : names.filter((name) => name === DEV);
}

// The names in a section, without reading what they stand for: that is the installer's.
function keysOf(text: string, section: string): readonly string[] {
  const lines = text.split("\n").map((line) => line.trim());
  const start = lines.indexOf(`[${section}]`);
  if (start === -1) return [];
  const rest = lines.slice(start + 1);
  const end = rest.findIndex((line) => line.startsWith("["));
  return rest.slice(0, end === -1 ? rest.length : end).flatMap((line) => /^["']?([\w-]+)["']? {0,4}=/.exec(line)?.[1] ?? []);
}
