import { Duplex } from "node:stream";

/** Two streams joined back to back: what is written to one is read from the other. */
export function duplexPair(): readonly [Duplex, Duplex] {
  const near: Duplex = end(() => far);
  const far: Duplex = end(() => near);
  return [near, far];
}

function end(other: () => Duplex): Duplex {
  return new Duplex({
    read() {},
    write(chunk, _encoding, done) {
      other().push(chunk);
      done();
    },
    destroy(error, done) {
      other().push(null);
      done(error);
    },
  });
}
