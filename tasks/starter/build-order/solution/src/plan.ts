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

type Edges = ReadonlyMap<string, ReadonlySet<string>>;

/** Plans the build of the wanted targets and of all that they need. */
export function planBuild(targets: ReadonlyMap<string, Target>, wanted: readonly string[]): Plan {
  const part = takingPart(targets, wanted);
  const missing = [...part].filter((name) => !targets.has(name)).sort();
  if (missing.length > 0) return { kind: "missing", missing: describeMissing(targets, { part, wanted, missing }) };
  const edges = edgesAmong(targets, part);
  const { waves, left } = layer(edges);
  return left.size > 0 ? { kind: "cycle", cycle: shortestCycle(edges, left) } : { kind: "ok", waves };
}

function takingPart(targets: ReadonlyMap<string, Target>, wanted: readonly string[]): Set<string> {
  const part = new Set(wanted);
  // A set visits what is added while it is walked through.
  for (const name of part) for (const need of targets.get(name)?.needs ?? []) part.add(need);
  return part;
}

type Absence = { readonly part: ReadonlySet<string>; readonly wanted: readonly string[]; readonly missing: readonly string[] };

function describeMissing(targets: ReadonlyMap<string, Target>, { part, wanted, missing }: Absence): Missing[] {
  const askers = new Map(missing.map((name) => [name, new Set<string>()]));
  for (const name of part) for (const need of targets.get(name)?.needs ?? []) askers.get(need)?.add(name);
  const wishes = new Set(wanted);
  return missing.map((name) => {
    const targetNames = [...(askers.get(name) ?? [])].sort();
    return { name, neededBy: wishes.has(name) ? [null, ...targetNames] : targetNames };
  });
}

function edgesAmong(targets: ReadonlyMap<string, Target>, part: ReadonlySet<string>): Edges {
  const edges = new Map<string, Set<string>>();
  for (const name of part) {
    const target = targets.get(name);
    const before = [...(target?.needs ?? []), ...(target?.after ?? [])];
    edges.set(name, new Set(before.filter((other) => part.has(other))));
  }
  return edges;
}

function layer(edges: Edges): { waves: string[][]; left: Set<string> } {
  const waiting = new Map([...edges].map(([name, before]) => [name, before.size]));
  const followers = new Map<string, string[]>();
  for (const [name, before] of edges) {
    for (const other of before) {
      const list = followers.get(other);
      if (list) list.push(name);
      else followers.set(other, [name]);
    }
  }
  const left = new Set(edges.keys());
  const waves: string[][] = [];
  let wave = [...waiting].filter(([, count]) => count === 0).map(([name]) => name);
  while (wave.length > 0) {
    waves.push(wave.sort());
    const next: string[] = [];
    for (const name of wave) {
      left.delete(name);
      for (const follower of followers.get(name) ?? []) {
        const count = (waiting.get(follower) ?? 0) - 1;
        waiting.set(follower, count);
        if (count === 0) next.push(follower);
      }
    }
    wave = next;
  }
  return { waves, left };
}

function shortestCycle(edges: Edges, candidates: ReadonlySet<string>): string[] {
  let best: string[] | null = null;
  // Each cycle is found from its smallest name, so of equally short ones the first found is the smallest.
  for (const start of [...candidates].sort()) {
    const found = cycleFrom(edges, { start, candidates, shorterThan: best?.length ?? Number.POSITIVE_INFINITY });
    if (found) best = found;
  }
  if (!best) throw new Error("there is no cycle");
  return best;
}

type Search = { readonly start: string; readonly candidates: ReadonlySet<string>; readonly shorterThan: number };

/** Breadth first in ascending order over names not smaller than the start: the first way back is the shortest and smallest. */
function cycleFrom(edges: Edges, { start, candidates, shorterThan }: Search): string[] | null {
  const cameFrom = new Map<string, string | null>([[start, null]]);
  const depth = new Map<string, number>([[start, 1]]);
  for (const name of cameFrom.keys()) {
    const length = depth.get(name) ?? 0;
    if (length + 1 >= shorterThan) return null;
    const next = edges.get(name) ?? new Set();
    if (next.has(start)) return wayBack(cameFrom, { start, last: name });
    for (const other of [...next].sort()) {
      if (other < start || !candidates.has(other) || cameFrom.has(other)) continue;
      cameFrom.set(other, name);
      depth.set(other, length + 1);
    }
  }
  return null;
}

function wayBack(cameFrom: ReadonlyMap<string, string | null>, { start, last }: { start: string; last: string }): string[] {
  const path = [start];
  for (let name: string | null = last; name !== null; name = cameFrom.get(name) ?? null) path.push(name);
  return path.reverse();
}
