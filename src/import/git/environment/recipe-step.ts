import type { SourceFile } from "../../../core/task.ts";

/** What the packages of a project are installed by: its own files, the commit's day for versions that no lock file pins, and certificates of the machine's own, or null. */
export type Project = { readonly files: readonly SourceFile[]; readonly day: string; readonly certificates: string | null };

/** How an image with a project's packages is made: the file that names them, the files that are needed, and the steps of the Dockerfile. */
export type Recipe = { readonly lock: string; readonly copied: readonly SourceFile[]; readonly steps: readonly string[] };

/** Where the packages are installed before they are copied into the image. */
export const STAGE = "/packages";

// Variables by which package managers find certificates of the machine's own.
const CERTIFICATE_VARIABLES = ["NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE", "PIP_CERT", "CARGO_HTTP_CAINFO"];

/** Writes the first steps of an image: the tools that install packages, from Debian, the files of the project, and the machine's own certificates where it has some. */
export function stageSteps(
  debianPackages: readonly string[],
  { certificates, as }: { readonly certificates: string | null; readonly as: string | null },
): readonly string[] {
  return [
    `FROM bench-sandbox:latest${as === null ? "" : ` AS ${as}`}`,
    "USER root",
    `RUN apt-get update && apt-get install -y --no-install-recommends ${debianPackages.join(" ")} && rm -rf /var/lib/apt/lists/*`,
    ...(certificates === null
      ? []
      : ["COPY certificates.pem /certificates.pem", `ENV ${CERTIFICATE_VARIABLES.map((name) => `${name}=/certificates.pem`).join(" ")}`]),
    `WORKDIR ${STAGE}`,
    "COPY project/ ./",
  ];
}

/** Puts files of a project where the first steps copy them from. */
export function copiedFiles(files: readonly SourceFile[]): readonly SourceFile[] {
  return files.map(({ path, bytes, executable }) => ({ path: `project/${path}`, bytes, executable }));
}

/** Finds a file at the top of a project; null where there is none. */
export function topFile(files: readonly SourceFile[], path: string): SourceFile | null {
  return files.find((file) => file.path === path) ?? null;
}

/** Reads a file as text. */
export function textOf({ bytes }: SourceFile): string {
  return new TextDecoder().decode(bytes);
}
