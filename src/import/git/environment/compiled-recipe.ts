import type { SourceFile } from "../../../core/task.ts";
import { copiedFiles, type Project, type Recipe, STAGE, stageSteps, textOf, topFile } from "./recipe-step.ts";

const MODULES = "/opt/modules";
const CRATES = "/opt/crates";

/** The Go of Debian 12. */
const DEBIAN_GO = 19;
/** The first version that is published as a module, as `go` itself fetches later ones. */
const FIRST_PUBLISHED = 21;
const GO_FOLDER = "/usr/local/go";
/** A later Go comes without its library compiled, which takes a minute; by this setting it is kept, and used by every grading. Without a C compiler, as tests are built there. */
const STANDARD_LIBRARY = `RUN cd / && CGO_ENABLED=0 GOCACHE=/tmp/go go install std && rm -rf /tmp/go && chmod -R a+rX ${GO_FOLDER}`;

/** Plans the modules of a Go project by its go.mod and go.sum, and a later Go where it asks for one; null where it needs neither. */
export function moduleRecipe({ files, certificates }: Project): Recipe | null {
  const manifest = topFile(files, "go.mod");
  if (manifest === null) return null;
  const later = laterGo(textOf(manifest));
  if (later === null && !/^require\b/m.test(textOf(manifest))) return null;
  return {
    lock: "go.mod",
    copied: copiedFiles([manifest, ...[topFile(files, "go.sum") ?? []].flat()]),
    steps: [
      ...stageSteps(["ca-certificates", "golang-go"], { certificates, as: null }),
      ...(later === null ? [] : [goStep(later), "ENV GOTOOLCHAIN=local GODEBUG=installgoroot=all", STANDARD_LIBRARY]),
      `ENV GOMODCACHE=${MODULES}`,
      `RUN go mod download && chmod -R a+rX ${MODULES}`,
      ...LAST,
    ],
  };
}

// By the lines `go` and `toolchain`, of which the later one counts.
function laterGo(manifest: string): string | null {
  const named = [...manifest.matchAll(/^(?:go |toolchain go)1\.(\d{1,4})(?:\.(\d{1,4}))?(?:[^\d.]|$)/gm)].map(([, minor, patch]) => ({
    minor: Number(minor),
    patch: Number(patch ?? 0),
  }));
  const latest = named.toSorted((a, b) => b.minor - a.minor || b.patch - a.patch)[0];
  if (latest === undefined || latest.minor <= DEBIAN_GO) return null;
  return latest.minor < FIRST_PUBLISHED ? `1.${FIRST_PUBLISHED}.0` : `1.${latest.minor}.${latest.patch}`;
}

// Away from the project, whose go.mod an earlier Go may not read. In a module, no file can be executed.
function goStep(version: string): string {
  return [
    `RUN cd / && GOMODCACHE=/tmp/go GOFLAGS=-modcacherw go mod download golang.org/toolchain@v0.0.1-go${version}.linux-$(go env GOARCH)`,
    `mv /tmp/go/golang.org/toolchain@* ${GO_FOLDER} && rm -rf /tmp/go && chmod -R a+rX ${GO_FOLDER}`,
    `chmod a+x ${GO_FOLDER}/bin/* ${GO_FOLDER}/pkg/tool/*/* && ln -sf ${GO_FOLDER}/bin/* /usr/bin/ && go version`,
  ].join(" && ");
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
