const base = require('../../jest.config.cjs');

/** Against a live Tryton; one file at a time, since there is one database. `npm test` does not need any of this. */
module.exports = {
  ...base,
  rootDir: '../..',
  testRegex: 'test/tryton/.*\\.live\\.ts$',
  globalSetup: '<rootDir>/test/tryton/start.mjs',
  globalTeardown: '<rootDir>/test/tryton/stop.mjs',
  maxWorkers: 1,
  testTimeout: 60_000,
};
