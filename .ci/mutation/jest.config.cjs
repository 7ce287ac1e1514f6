/** The tests beside the core: quick, and without the emulators of the other suites. */
const { globalSetup: _setup, globalTeardown: _teardown, testRegex: _all, ...base } = require('../../jest.config.cjs');

module.exports = {
  ...base,
  rootDir: process.cwd(),
  testMatch: ['dustess', 'intake', 'ledger', 'merge', 'recovery'].map(
    (folder) => `<rootDir>/test/${folder}/**/*.test.ts`,
  ),
};
