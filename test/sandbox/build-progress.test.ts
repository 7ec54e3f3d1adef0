import { expect, test } from "vitest";
// @ts-expect-error: a program of the image's build, which has no types
import { buildProgress } from "../../sandbox/build-progress.mjs";

type Part = { readonly atMs: number; readonly text: string };

function linesOf(parts: readonly Part[]): readonly string[] {
  const said: string[] = [];
  let nowMs = 0;
  const listen = buildProgress(
    (line: string) => said.push(line),
    () => nowMs,
  );
  for (const { atMs, text } of parts) {
    nowMs = atMs;
    listen(text);
  }
  return said;
}

test("a build says its steps, how much there is to fetch, and at which package it is", () => {
  const said = linesOf([
    { atMs: 0, text: "Step 1/7 : ARG BASE=bench-sandbox:latest\nStep 5/7 : RUN export DEBIAN_FRONTEND=noninteractive  && apt-get" },
    { atMs: 10, text: "   update\nGet:1 http://mirror/debian bookworm InRelease [151 kB]\n" },
    { atMs: 20, text: "0 upgraded, 4 newly installed, 0 to remove and 0 not upgraded.\nNeed to get 81.1 MB of archives.\n" },
    { atMs: 30, text: "Get:1 http://mirror/debian bookworm/main amd64 golang-1.19-src all 1.19.8-2 [18.3 MB]\n" },
    { atMs: 40, text: "Get:2 http://mirror/debian bookworm/main amd64 golang-1.19-go amd64 1.19.8-2 [62.7 MB]\n" },
    { atMs: 9000, text: "Get:3 http://mirror/debian bookworm/main amd64 golang-src all 2:1.19~1 [5756 B]\n" },
    { atMs: 9010, text: "Unpacking golang-1.19-src (1.19.8-2) ...\nUnpack" },
    { atMs: 20_000, text: "ing golang-1.19-go (1.19.8-2) ...\nSetting up golang-1.19-src (1.19.8-2) ...\n" },
    {
      atMs: 20_010,
      text: "Step 6/7 : COPY run_junit.py /opt/bench/language/run_junit.py\nStep 7/7 : RUN go version\nSetting up nothing\n",
    },
  ]);

  expect(said).toEqual([
    "installing packages from Debian",
    "4 packages, 81.1 MB to fetch",
    "fetching package 2 of 4: golang-1.19-go (62.7 MB)",
    "fetching package 3 of 4: golang-src",
    "unpacking package 2 of 4: golang-1.19-go",
    "copying files",
    "trying its tools",
  ]);
});

test("a line without an end takes no memory without end", () => {
  expect(linesOf(Array.from({ length: 100 }, (_, atMs) => ({ atMs, text: "x".repeat(100_000) })))).toEqual([]);
});
