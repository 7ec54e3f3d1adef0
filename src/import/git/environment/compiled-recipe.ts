import type { SourceFile } from "../../../core/task.ts";
import { copiedFiles, type Project, type Recipe, STAGE, stageSteps, textOf, topFile } from "./recipe-step.ts";

const MODULES = "/opt/modules";
const CRATES = "/opt/crates";

/** Plans the modules of a Go project by its go.mod and go.sum; null where it requires none. */
export function moduleRecipe({ files, certificates }: Project): Recipe | null {
  const manifest = topFile(files, "go.mod");
  if (manifest === null || !/^require\b/m.test(textOf(manifest))) return null;
  return {
    lock: "go.mod",
    copied: copiedFiles([manifest, ...[topFile(files, "go.sum") ?? []].flat()]),
    steps: [
      ...stageSteps(["ca-certificates", "golang-go"], { certificates, as: null }),
      `ENV GOMODCACHE=${MODULES}`,
      `RUN go mod download && chmod -R a+rX ${MODULES}`,
      ...LAST,
    ],
  };
}

/** Plans the crates of a Rust project by its Cargo.toml and, where it has one, Cargo.lock; null where it has no Cargo.toml. */
export function crateRecipe({ files, certificates }: Project): Recipe | null {
  if (topFile(files, "Cargo.toml") === null) return null;
  const manifests = files.filter(({ path }) => /(?:^|\/)Cargo\.(?:toml|lock)$/.test(path));
  return {
    lock: topFile(files, "Cargo.lock") === null ? "Cargo.toml" : "Cargo.lock",
    copied: copiedFiles([...manifests, ...files.filter(({ path }) => path.endsWith(".rs")).map(standIn)]),
    steps: [
      ...stageSteps(["ca-certificates", "cargo-web", "libc6-dev", "rustc-web"], { certificates, as: null }),
      `RUN mkdir -p /.cargo && CARGO_HOME=/tmp/cargo cargo vendor ${CRATES} > /.cargo/config.toml && rm -rf /tmp/cargo ${STAGE} && chmod -R a+rX /.cargo ${CRATES}`,
      ...LAST,
    ],
  };
}

const LAST = ["USER agent", "WORKDIR /workspace"];

// Cargo looks whether the files of its targets are there.
function standIn({ path }: SourceFile): SourceFile {
  return { path, bytes: new Uint8Array(), executable: false };
}
