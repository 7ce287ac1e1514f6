import { expect } from 'expect';
import { bind } from 'jest-each';
import { fn, spyOn } from 'jest-mock';

/** What `load` declares with describe and it: a list of tests, each with its full title, its file and its hooks. */
export async function collectTests(load) {
  const tests = [];
  let file = '';
  let block = { title: '', hooks: { beforeEach: [], afterEach: [], afterAll: [] } };

  function describe(title, declare) {
    const outer = block;
    const hooks = Object.fromEntries(Object.entries(outer.hooks).map(([kind, some]) => [kind, [...some]]));
    block = { title: `${outer.title}${title} `, hooks };
    declare();
    block = outer;
  }

  function it(title, test) {
    const { hooks } = block;
    const id = uniqueId(tests, `${file} ${block.title}${title}`);
    tests.push({ id, file, run: () => runWithHooks(test, hooks) });
  }

  const hook = (kind) => (run) => void block.hooks[kind].push(run);
  const each = (declare) => Object.assign(declare, { each: bind(declare, false) });
  const jest = { setTimeout: () => {}, spyOn, fn };
  Object.assign(globalThis, { expect, jest, describe: each(describe), it: each(it), test: each(it) });
  // Spies set up by a file stay as long as the process: afterAll of a file would end them for the runs to come.
  Object.assign(globalThis, {
    beforeEach: hook('beforeEach'),
    afterEach: hook('afterEach'),
    afterAll: hook('afterAll'),
  });
  globalThis.inFile = (name) => {
    file = name;
  };
  await load();
  return tests;
}

function uniqueId(tests, title) {
  const same = tests.filter(({ id }) => id === title || id.startsWith(`${title} #`)).length;
  return same === 0 ? title : `${title} #${same + 1}`;
}

async function runWithHooks(test, { beforeEach, afterEach }) {
  for (const before of beforeEach) await before();
  try {
    await test();
  } finally {
    for (const after of afterEach) await after();
  }
}
