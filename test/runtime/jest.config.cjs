const base = require('../../jest.config.cjs');

/** The packaged functions in Lambda's own runtime client, on DynamoDB Local. `npm test` does not need any of this. */
module.exports = {
  ...base,
  rootDir: '../..',
  testRegex: 'test/runtime/.*\\.live\\.ts$',
  globalSetup: '<rootDir>/test/runtime/start.mjs',
  globalTeardown: '<rootDir>/test/runtime/stop.mjs',
  maxWorkers: 1,
  testTimeout: 1_200_000, // A busy machine is slow, not wrong.
};
