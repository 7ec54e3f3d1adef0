/** Something that can be built. */
export type Target = {
  /** Targets that must be built before this one. */
  readonly needs: readonly string[];
  /** Targets that come before this one if they are built anyway. */
  readonly after?: readonly string[];
};

/** A name that does not exist, and who asked for it; `null` stands for the wish itself. */
export type Missing = { readonly name: string; readonly neededBy: readonly (string | null)[] };

/** In what order to build, or why it cannot be done. */
export type Plan =
  | { readonly kind: "ok"; readonly waves: readonly (readonly string[])[] }
  | { readonly kind: "missing"; readonly missing: readonly Missing[] }
  | { readonly kind: "cycle"; readonly cycle: readonly string[] };

/** Plans the build of the wanted targets and of all that they need. */
export function planBuild(targets: ReadonlyMap<string, Target>, wanted: readonly string[]): Plan {
  throw new Error(`not written yet: ${wanted.length} of ${targets.size}`);
}
