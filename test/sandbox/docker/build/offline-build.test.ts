import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Readable } from "node:stream";
import Docker from "dockerode";
import { afterAll, beforeAll, expect, test } from "vitest";
import { filesDigest } from "../../../../src/core/digest.ts";
import { packContext } from "../../../../src/sandbox/docker/build/build-context.ts";
import { readBuildOutput } from "../../../../src/sandbox/docker/build/build-output.ts";
import { buildTaskImage, dueBuild, type TaskImage } from "../../../../src/sandbox/docker/build/task-image.ts";
import { connectEngine } from "../../../../src/sandbox/docker/engine.ts";

const docker = new Docker();
const engine = connectEngine();
const made = new Set<string>();
const reached: string[] = [];
let server: Server;
let host = "";

beforeAll(async () => {
  server = createServer((request, response) => {
    reached.push(request.url ?? "");
    response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(async () => {
  server.close();
  for (const image of made)
    await docker
      .getImage(image)
      .remove({ force: true })
      .catch(() => {});
});

let count = 0;

function imageOf(dockerfile: string): TaskImage {
  const files = [{ path: "Dockerfile", bytes: Buffer.from(dockerfile), executable: false }];
  const image = `bench-task:test-${process.pid}-${count++}-${filesDigest(files).slice(0, 8)}`;
  made.add(image);
  return { image, folder: "./env", read: async () => files };
}

/** The build of earlier versions: the Dockerfile as it is, on the network of the host. */
async function buildPlainly({ image, read }: TaskImage): Promise<void> {
  const stream = await engine.buildImage(packContext(await read(), null), { t: image, networkmode: "host" });
  await readBuildOutput(stream as Readable);
}

async function build(image: TaskImage, network = false): Promise<void> {
  const due = await dueBuild(engine, image, network);
  if (due !== null) await buildTaskImage(engine, due, { notify: () => {} });
}

const REFUSED =
  /^Cannot build the image of "\.\/env" without network: line \d+ of its Dockerfile: [^\n]+; change that, or allow the network with --build-network$/;
const BASE = "FROM bench-sandbox:latest\n";

test.for([
  { what: "ADD of an address", text: (at: string) => `${BASE}ADD http://${at}/add /x\n` },
  { what: "ADD over continued lines", text: (at: string) => `${BASE}AD\\\nD ht\\\n# a comment\ntp://${at}/continued /x\n` },
  { what: "ADD with another escape", text: (at: string) => `# escape=\`\n${BASE}AD\`\nD http:\`\n//${at}/escape /x\n` },
  { what: "ADD by a variable", text: (at: string) => `${BASE}ARG PLACE=http://${at}/variable\nADD $PLACE /x\n` },
  { what: "ADD as JSON with an escape", text: (at: string) => `${BASE}ADD ["http\\u003a//${at}/json", "/x"]\n` },
  { what: "ADD in small letters after a tab", text: (at: string) => `${BASE}\tadd\thttp://${at}/small\t/x\n` },
  { what: "ADD behind a here-document", text: (at: string) => `${BASE}RUN true <<E\nADD http://${at}/heredoc /x\n` },
  { what: "FROM of a registry", text: (at: string) => `FROM ${at}/from:1\n` },
  { what: "FROM by an argument", text: (at: string) => `ARG BASE=${at}/argument:1\nFROM \${BASE}\n` },
  { what: "FROM by an argument with a default", text: (at: string) => `ARG BASE\nFROM \${BASE:-${at}/default:1}\n` },
  { what: "a second FROM", text: (at: string) => `${BASE}FROM ${at}/second:1\n` },
  { what: "COPY from an image of a registry", text: (at: string) => `${BASE}COPY --from=${at}/copy:1 /a /b\n` },
  { what: "COPY from an image with an escape", text: (at: string) => `${BASE}COPY --fr\\om=${at}/copyescape:1 /a /b\n` },
])("$what is refused before the engine is asked to build, which would fetch it", async ({ text }) => {
  const image = imageOf(text(host));
  reached.length = 0;
  await buildPlainly(image);
  const before = [...reached];
  reached.length = 0;

  await expect(build(image)).rejects.toThrow(REFUSED);

  expect(before.length).toBeGreaterThan(0);
  expect(reached).toEqual([]);
});

test("an instruction that an image adds to later builds is refused when it would fetch something", async () => {
  const base = imageOf(`${BASE}ONBUILD ADD http://${host}/onbuild /x\n`);
  await expect(build(base)).rejects.toThrow(REFUSED);
  await buildPlainly(base);
  const image = imageOf(`FROM ${base.image}\n`);
  reached.length = 0;
  await buildPlainly(image);
  expect(reached).toContain("/onbuild");
  reached.length = 0;

  await expect(build(image)).rejects.toThrow(/the image bench-task:\S+ adds an instruction to builds: ADD fetches an address/);

  expect(reached).toEqual([]);
});

test("a step reaches the services of this machine only in a build that may use the network", async () => {
  const step = `${BASE}RUN python3 -c "import urllib.request as u; u.urlopen('http://${host}/run')"; echo ${process.pid}\n`;
  reached.length = 0;
  await buildPlainly(imageOf(step));
  expect(reached).toEqual(["/run"]);
  reached.length = 0;

  await build(imageOf(step));
  expect(reached).toEqual([]);

  await build(imageOf(step.replace("/run", "/allowed")), true);
  expect(reached).toEqual(["/allowed"]);
});

test("a build that needs the network says how to allow it", async () => {
  const image = imageOf(`${BASE}RUN python3 -c "import urllib.request as u; u.urlopen('http://${host}/run')" && echo ${process.pid}\n`);

  await expect(build(image)).rejects.toThrow(/^[^\n]*Connection refused[^\n]*if it needs the network, allow that with --build-network$/);
});

test("stages, arguments and images that the engine has are built as they are written", async () => {
  const image = imageOf(
    `ARG BASE=bench-sandbox:latest\nFROM $BASE AS Tools\nUSER root\nRUN echo ${process.pid} \\\n  # a comment\n\n  > /tool\n` +
      "FROM tools AS more\nRUN cat /tool > /more\n" +
      'FROM $BASE\nCOPY --chown=1000:1000 --from=TOOLS /tool /etc/one\nCOPY --from=1 ["/more", "/etc/two"]\nCOPY --from=bench-sandbox:latest /etc/hostname /etc/three\n' +
      'ENV A="a b" \\\n    B=c\nRUN cat /etc/one /etc/two | grep -c . | grep -qx 2 && [ "$A$B" = "a bc" ]\n',
  );

  await build(image);

  expect((await docker.getImage(image.image).inspect()).Config.Env).toEqual(expect.arrayContaining(["A=a b", "B=c"]));
});
