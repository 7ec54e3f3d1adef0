// Babel with the presets of this image, found from here and not from the workspace, whose Babel configuration is not read.
const { createTransformer } = require("/node_modules/babel-jest").default;

module.exports = createTransformer({
  babelrc: false,
  configFile: false,
  presets: [
    [require("/node_modules/@babel/preset-env"), { targets: { node: "current" } }],
    [require("/node_modules/@babel/preset-typescript"), { allowDeclareFields: true, rewriteImportExtensions: false }],
  ],
});
