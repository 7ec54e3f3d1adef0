import { filesDigest } from "../../../core/digest.ts";
import type { SourceFile } from "../../../core/task.ts";
import type { Language } from "../test-path.ts";
import { crateRecipe, moduleRecipe } from "./compiled-recipe.ts";
import { pythonRecipe } from "./python-recipe.ts";
import type { Project, Recipe } from "./recipe-step.ts";
import { scriptRecipe } from "./script-recipe.ts";

/** The folder of an image with a project's packages. */
export type Environment = {
  /** The file that names the packages. */
  readonly lock: string;
  readonly files: readonly SourceFile[];
  readonly digest: string;
};

const RECIPES: Readonly<Partial<Record<Language, (project: Project) => Recipe | null>>> = {
  python: pythonRecipe,
  javascript: scriptRecipe,
  go: moduleRecipe,
  rust: crateRecipe,
};

/** Writes the folder of an image with the packages that a project names; null where it names none. Only its build needs the network. */
export function environmentOf(language: Language, project: Project): Environment | null {
  const recipe = RECIPES[language]?.(project) ?? null;
  if (recipe === null) return null;
  const certificates = project.certificates === null ? [] : [textFile("certificates.pem", project.certificates)];
  const dockerfile = textFile("Dockerfile", `${[...HEAD, ...recipe.steps].join("\n")}\n`);
  const files = [dockerfile, ...certificates, ...recipe.copied].sort((a, b) => (a.path < b.path ? -1 : 1));
  return { lock: recipe.lock, files, digest: filesDigest(files) };
}

const HEAD = [
  "# Packages of the project, for bench: made by bench import git. Its build needs the network (--build-network), its use none.",
];

function textFile(path: string, text: string): SourceFile {
  return { path, bytes: Buffer.from(text), executable: false };
}
