// For tasks that bring no configuration of their own: TypeScript and modules are translated to what Jest runs.
module.exports = {
  rootDir: "/workspace",
  testMatch: ["**/*"],
  transform: { "\\.[cm]?[jt]sx?$": "/opt/bench/language/jest-transform.cjs" },
  moduleNameMapper: { "^(\\.{1,2}/.+)\\.js$": ["$1.js", "$1.ts", "$1.tsx"] },
};
