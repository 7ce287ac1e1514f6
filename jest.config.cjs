const compiled = (parser) => ({
  jsc: { parser, target: 'es2022' },
  module: { type: 'commonjs', importInterop: 'swc' },
});

/** Jest in CommonJS mode over swc: the least friction with ESM-only emulators, which run in their own process. */
module.exports = {
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  // No glob: a folder with [x] in its name would be read as a pattern.
  testRegex: '\\.test\\.ts$',
  transform: {
    '^.+\\.(ts|mjs)$': ['@swc/jest', compiled({ syntax: 'typescript' })],
    '^.+\\.tsx$': ['@swc/jest', compiled({ syntax: 'typescript', tsx: true })],
  },
  // Modules of the new kind only; their other build is for any loader.
  moduleNameMapper: {
    '^(d3-(hierarchy|shape|path))$': '<rootDir>/node_modules/$1/dist/$1.min.js',
    // As package.json exports them, from the sources.
    '^dustess-merge-sync/adapter$': '<rootDir>/lib/kit/adapter.ts',
    '^dustess-merge-sync/adapter/testing$': '<rootDir>/test/kit/testing.ts',
    '^dustess-merge-sync/service$': '<rootDir>/lib/kit/service.ts',
  },
  globalSetup: '<rootDir>/test/emulators/start.mjs',
  globalTeardown: '<rootDir>/test/emulators/stop.mjs',
  testTimeout: 120_000, // A busy machine is slow, not wrong.
};
