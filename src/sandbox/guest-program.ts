import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";

const DIGEST_LENGTH = 32;
/** The guest's modules, each after the ones it imports. */
const MODULES = [
  "library",
  "transport",
  "process",
  "harden",
  "own",
  "output",
  "command",
  "confine",
  "file",
  "change",
  "walk",
  "tree",
  "pristine",
  "export",
  "fingerprint",
  "wire",
  "main",
];

/**
 * Reads the program from standard input: on the command line, it would fill every listing of processes inside. The sandbox image holds the
 * same program compiled, under its digest; if it does not, or its Python is another one, the program is compiled here.
 */
const LOADER = `import os,sys,marshal
n=int(sys.argv[1]);b=b""
while len(b)<n:
 c=os.read(0,n-len(b))
 if not c:sys.exit()
 b+=c
try:
 with open("/opt/bench/guest/"+sys.argv[2],"rb") as f:
  if f.read(4)!=sys.modules["_frozen_importlib_external"].MAGIC_NUMBER:raise OSError
  p=marshal.load(f)
except OSError:
 w=b.decode().split("\\0");p=[(k,compile(s,k+".py","exec")) for k,s in zip(w[::2],w[1::2])]
for k,c in p:
 m=sys.modules[k]=type(sys)(k);exec(c,m.__dict__)`;

/** The whole environment of the guest: no variable of the host crosses. Those after LANG keep programs from paging and from drawing progress bars. */
export const GUEST_ENVIRONMENT: readonly string[] = [
  "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
  "HOME=/tmp",
  "LANG=C.UTF-8",
  "PAGER=cat",
  "MANPAGER=cat",
  "LESS=-R",
  "PIP_PROGRESS_BAR=off",
  "TQDM_DISABLE=1",
  "CI=1",
  "TERM=dumb",
];

/** The first process of a sandbox: the command that starts it, and the source that is sent to it first, with its digest. */
export type GuestProgram = { readonly command: readonly string[]; readonly source: Buffer; readonly digest: string };

/** Reads the guest from the files beside this one; modules named in `before` run first. `python` is how its interpreter is started. */
export function loadGuestProgram(before: readonly string[] = [], python: readonly string[] = ["/usr/bin/python3"]): GuestProgram {
  const texts = [...before, ...MODULES].flatMap((name) => [name, readFileSync(new URL(`./guest/${name}.py`, import.meta.url), "utf8")]);
  const source = Buffer.from(texts.join("\0"));
  const digest = createHash("sha256").update(source).digest("hex").slice(0, DIGEST_LENGTH);
  return { command: [...python, "-I", "-S", "-c", LOADER, String(source.length), digest], source, digest };
}
