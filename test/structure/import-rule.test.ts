import { ambientViolations, circularImports, factsOf, importViolations, unknownLayers } from './rules.ts';
import { readSourceTree } from './source-tree.ts';

const facts = factsOf(readSourceTree());

describe('the source tree', () => {
  it('keeps the import rule: the core knows no vendor, no AWS, no local stack, and nothing imports test/', () => {
    expect(importViolations(facts)).toEqual([]);
    expect(unknownLayers(facts)).toEqual([]);
  });

  it('has no circular import', () => {
    expect(circularImports(facts)).toEqual([]);
  });

  it('takes time, randomness, environment and network as arguments outside composition roots', () => {
    expect(ambientViolations(facts)).toEqual([]);
  });
});

describe('the rules have teeth', () => {
  const VENDORS = {
    'lib/crm/hubspot/hubspot.ts': 'export function createHubspotCrm() {}',
    'lib/crm/salesforce/soap.ts': 'export function merge() {}',
    'lib/crm/http/command-http.ts': 'export function createCommandHttpCrm() {}',
    'lib/crm/client.ts': 'export function createCrmClient() {}',
  };

  it.each([
    ['lib/merge/plan.ts', "import type { A } from '../crm/client.ts';"],
    ['lib/merge/plan.ts', "type A = import('../crm/client.ts').A;"],
    ['lib/intake/keep.ts', "const { a } = await import('../aws/queue.ts');"],
    ['lib/dustess/open.ts', "export { a } from '../cli/bin.ts';"],
    ['lib/mapping/map.ts', "import '../local/start.ts';"],
    ['lib/ports.ts', "import type { A } from './aws/queue.ts';"],
    ['lib/crm/client.ts', "import { a } from '../aws/queue.ts';"],
    ['lib/crm/hubspot/errors.ts', "import { a } from '../salesforce/soap.ts';"],
    ['lib/crm/salesforce/errors.ts', "import type { A } from '../http/command-http.ts';"],
    ['lib/ledger/plans.ts', "import type { A } from '../merge/claim.ts';"],
    ['lib/intake/keep.ts', "import type { A } from '../merge/claim.ts';"],
    ['functions/apply/handler.ts', "import { a } from '../../lib/cli/main.ts';"],
    ['lib/crm/http/errors.ts', "import { a } from '../hubspot/hubspot.ts';"],
    ['lib/crm/client.ts', "import { a } from './hubspot/hubspot.ts';"],
    ['lib/merge/plan.ts', "import type { A } from '@aws-sdk/client-sqs';"],
    ['functions/apply/handler.ts', "import { SQSClient } from '@aws-sdk/client-sqs';"],
    ['functions/apply/index.ts', "import { a } from '../receive/handler.ts';"],
    ['functions/apply/index.ts', "import { a } from '../../lib/local/start.ts';"],
    ['lib/merge/plan.ts', "import { seal } from '../../test/seal.ts';"],
    ['functions/apply/handler.ts', "import { a } from '../../lib/console/app.tsx';"],
    ['lib/ledger/plans.ts', "import { Hono } from 'hono';"],
    ['lib/aws/queue.ts', "import { serve } from '@hono/node-server';"],
    ['lib/cli/main.ts', "import { tree } from 'd3-hierarchy';"],
    ['lib/merge/plan.ts', 'await import(name);'],
    ['lib/merge/plan.ts', "require('../crm/client.ts');"],
  ])('%s may not say: %s', (file, code) => {
    expect(importViolations(factsOf({ ...VENDORS, [file]: code }))).toHaveLength(1);
  });

  it.each([
    ['lib/crm/registry.ts', "import { a } from './hubspot/hubspot.ts'; import { b } from './command-http.ts';"],
    ['lib/crm/http/errors.ts', "import { a } from '../client.ts'; import { b } from './command-http.ts';"],
    ['lib/crm/salesforce/errors.ts', "import { a } from './soap.ts'; import { b } from '../client.ts';"],
    ['functions/apply/index.ts', "import { SQSClient } from '@aws-sdk/client-sqs'; import { a } from './handler.ts';"],
    ['lib/aws/queue.ts', "import type { SQSClient } from '@aws-sdk/client-sqs';"],
    ['test/crm/a.test.ts', "import { a } from '../seal.ts'; import { b } from '../../lib/crm/client.ts';"],
  ])('%s may say: %s', (file, code) => {
    expect(importViolations(factsOf({ ...VENDORS, [file]: code }))).toEqual([]);
  });

  it.each([
    'const a = Date.now();',
    'const clock = Date.now;',
    'const a = new Date();',
    'const a = Math.random();',
    'const a = process.env.A;',
    "import { env } from 'node:process';",
    "await fetch('http://a');",
    'const a = { fetch };',
    'const a = crypto.randomUUID();',
    'const a = performance.now();',
  ])('lib/merge may not say: %s', (code) => {
    expect(ambientViolations(factsOf({ 'lib/merge/plan.ts': code }))).toHaveLength(1);
    expect(ambientViolations(factsOf({ 'functions/apply/index.ts': code }))).toHaveLength(0);
  });

  it.each([
    'new Date(now()).toISOString();',
    'Date.parse(a);',
    'const { fetch } = parts; await fetch(a);',
    'Math.min(1, 2);',
  ])('lib/merge may say: %s', (code) => {
    expect(ambientViolations(factsOf({ 'lib/merge/plan.ts': code }))).toEqual([]);
  });

  it('a circle of imports is found, also among types', () => {
    const circle = {
      'lib/a.ts': "import './b.ts';",
      'lib/b.ts': "import type { C } from './c.ts';",
      'lib/c.ts': "import './a.ts';",
    };
    expect(circularImports(factsOf(circle))).toEqual(['lib/a.ts → lib/b.ts → lib/c.ts → lib/a.ts']);
  });

  it('a folder without a rank is found', () => {
    expect(unknownLayers(factsOf({ 'lib/shared/a.ts': '' }))).toEqual(['lib/shared']);
  });
});
