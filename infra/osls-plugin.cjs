const { require: requireTypescript } = require('tsx/cjs/api');
const { checkParameters } = requireTypescript('./parameters.ts', __filename);

const CHECKED_COMMANDS = ['package', 'deploy'];

/**
 * Stops `osls package` and `osls deploy` where a parameter cannot work, however they were called. Values that stand
 * there in full are looked at before osls checks its own settings, computed ones as soon as osls knows them.
 */
module.exports = class CheckParameters {
  constructor(serverless, options) {
    const [command] = serverless.processedInput.commands;
    if (!CHECKED_COMMANDS.includes(command)) return;
    const check = (values) => orWords(serverless, () => checkParameters(values));
    check(writtenParameters(serverless.configurationInput.params, options));
    this.hooks = { initialize: () => check(serverless.service.custom.parameters) };
  }
};

/** osls prints the stack of foreign errors, and of its own only the words. */
function orWords(serverless, check) {
  try {
    check();
  } catch (error) {
    throw new serverless.classes.Error(error.message, 'PARAMETERS');
  }
}

/** From the stage's blocks and the command line, without what osls has yet to compute. */
function writtenParameters({ default: defaults, ...stages }, { param = [], stage = 'dev' }) {
  const onCommandLine = Object.fromEntries(param.map((one) => one.split(/=(.*)/s).slice(0, 2)));
  const all = Object.entries({ ...defaults, ...stages[stage], ...onCommandLine });
  return Object.fromEntries(all.filter(([, value]) => !String(value).includes('${')));
}
