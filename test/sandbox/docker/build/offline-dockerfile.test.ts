import { expect, test } from "vitest";
import { type OfflineDockerfile, offlineDockerfile } from "../../../../src/sandbox/docker/build/offline-dockerfile.ts";

const ID = `sha256:${"a".repeat(64)}`;
const KNOWN = new Set(["bench-sandbox:latest", "python:3.13", "localhost:5000/own/image@sha256:0"]);

function offline(text: string): Promise<OfflineDockerfile> {
  return offlineDockerfile(text, async (name) => (KNOWN.has(name) ? { id: ID, triggers: [] } : null));
}

test("every instruction becomes one line, and a base its id", async () => {
  const text = [
    "\ufeff# syntax=docker/dockerfile:1",
    "ARG BASE=bench-sandbox:latest TAG=x",
    "ARG ONE=python:3.13",
    "FROM $ONE AS Build",
    "RUN apt-get update && \\",
    "    # a comment",
    "",
    "    apt-get install -y 'a  b' && \\  ",
    '  echo "x # y" # z',
    "onbuild run true",
    "FROM build",
    'COPY --chown=agent:agent --from=BUILD ["a b", "c"]',
    "COPY --from=0 a b",
    "COPY --from=bench-sandbox:latest a b",
    "ADD --chmod=755 local.tar.gz files/*.txt /x/",
    "HEALTHCHECK --interval=5s CMD true",
    "",
  ];

  const found = await offline(text.join("\r\n"));

  expect(found.kind === "offline" ? found.text.split("\n") : found).toEqual([
    "ARG BASE=bench-sandbox:latest TAG=x",
    "ARG ONE=python:3.13",
    `FROM ${ID} AS build`,
    "RUN apt-get update &&     apt-get install -y 'a  b' &&   echo \"x # y\" # z",
    "ONBUILD run true",
    "FROM build",
    'COPY --chown=agent:agent --from=build ["a b", "c"]',
    "COPY --from=0 a b",
    `COPY --from=${ID} a b`,
    "ADD --chmod=755 local.tar.gz files/*.txt /x/",
    "HEALTHCHECK --interval=5s CMD true",
    "",
  ]);
});

const FROM = "FROM bench-sandbox:latest\n";

test.for([
  ["ADD https://x.test/a /a", /ADD fetches an address/],
  ["ADD git@x.test:a/b.git /a", /ADD fetches an address/],
  ["ADD $URL /a", /ADD fetches an address/],
  ['ADD ["\\u0068ttp\\u003a//x.test/a", "/a"]', /ADD fetches an address/],
  ["ADD --keep-git-dir=true a /a", /flag of ADD/],
  ["ADD --checksum=sha256:0 a /a", /flag of ADD/],
  ["COPY --from=other:1 a b", /neither an earlier stage nor an image/],
  ["COPY --from=0 a b", /neither an earlier stage nor an image/],
  ["COPY --from=$X a b", /neither an earlier stage nor an image/],
  ["COPY --from=../containers/x a b", /neither an earlier stage nor an image/],
  ["COPY --fr\\om=other:1 a b", /flag of COPY/],
  ['COPY "--from=other:1" a b', null],
  ["RUN --mount=type=bind,from=other:1 true", /flags of RUN/],
  ["RUN --network=host true", /flags of RUN/],
  ["RUN cat <<EOF\nhello\nEOF", /here-document/],
  ["ONBUILD ADD http://x.test /a", /ADD fetches an address/],
  ["ONBUILD COPY --from=python:3.13 a b", /flag of COPY/],
  ["ONBUILD ONBUILD RUN true", /no instruction that a later build can have/],
  ["ONBUILD FROM other:1", /no instruction that a later build can have/],
  ["INCLUDE http://x.test", /no instruction of a Dockerfile/],
  ["FROM --platform=linux/arm64 bench-sandbox:latest", /not certain/],
  ["FROM other:1", /does not have the image other:1/],
  ["FROM x/../../containers/y", /not certain/],
  ["FROM $UNKNOWN", /not certain/],
  ["FROM bench-sandbox:latest AS a$b", /name of its stage/],
  ["RUN true\u2028ADD http://x.test /a", /control characters or unusual spaces/],
  ["RUN true\u0085ADD http://x.test /a", /control characters or unusual spaces/],
  ["RUN echo a\u00a0b", /control characters or unusual spaces/],
  ["RUN echo \\\\\nADD http://x.test /a", /two escape characters/],
  ["RUN echo größer 👩‍👩‍👧", null],
  ["COPY grün.txt /x", null],
] as const)("%s", async ([line, problem]) => {
  const found = await offline(`${FROM}\n${line}\n`);

  expect(found).toMatchObject(
    problem === null ? { kind: "offline" } : { kind: "refused", line: 3, problem: expect.stringMatching(problem) },
  );
});

test("line ends that some editors no longer show are refused", async () => {
  expect(await offline(`${FROM}RUN true # x\rADD http://x.test /a\n`)).toMatchObject({
    kind: "refused",
    problem: expect.stringMatching(/carriage returns/),
  });
});

test("what is left of a Dockerfile has no line that an engine could read in another way", async () => {
  for (const ending of ["", "\n", "\\", " \\\n", "\\\n\\\n"]) {
    const found = await offline(`# escape=\`\n${FROM}RUN true ${ending}`);
    const text = found.kind === "offline" ? found.text : "";
    for (const line of text.trimEnd().split("\n").slice(1)) expect(line).toMatch(/^[A-Z]+ .*[^`]$/);
  }
});

test("a Dockerfile without end is refused before it is parsed", async () => {
  expect(await offline(`${FROM}COPY ${"--a ".repeat(10_000)}x`)).toMatchObject({
    kind: "refused",
    problem: "it has more than 30000 characters",
  });
  expect(await offline(`${FROM}${"RUN a\n".repeat(1_001)}`)).toMatchObject({
    kind: "refused",
    problem: "it has more than 1000 instructions",
  });
});
