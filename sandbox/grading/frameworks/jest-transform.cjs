// What Jest translates tests and solution with where a task brings no configuration: the babel-jest of the Jest that runs, with those of Babel's presets for modules and
// TypeScript that the image has. Babel's configuration in the workspace is not read.
const { createRequire } = require("node:module");

// Found the way Jest itself finds it, whatever folders its packages were installed in.
const babelJest = ["jest-cli", "jest-config", "babel-jest"].reduce((from, name) => createRequire(from).resolve(name), process.argv[1]);
const places = [createRequire("/workspace/package.json"), createRequire("/node_modules/package.json")];

function installed(name) {
  for (const place of places) {
    try {
      return [place.resolve(name)];
    } catch {
      // It is not there.
    }
  }
  return [];
}

module.exports = require(babelJest).default.createTransformer({
  babelrc: false,
  configFile: false,
  presets: [
    ...installed("@babel/preset-env").map((path) => [path, { targets: { node: "current" } }]),
    ...installed("@babel/preset-typescript").map((path) => [path, { allowDeclareFields: true, rewriteImportExtensions: false }]),
  ],
});
