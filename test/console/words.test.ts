import { readFileSync } from 'node:fs';
import path from 'node:path';
import { callText, outcomeText } from '../../lib/console/texts/call-sentence.ts';
import { decisionSentence } from '../../lib/console/texts/decision-sentence.ts';
import { inPageWords } from '../../lib/console/texts/page-words.ts';
import { reasonMeaning } from '../../lib/console/texts/reason-sentences.ts';
import type { CrmFailure } from '../../lib/errors.ts';
import type { JournalEntry } from '../../lib/ledger/journal.ts';
import type { Plan } from '../../lib/ledger/plans.ts';
import { REASONS } from '../../lib/ledger/reason-table.ts';
import type { Language } from '../../lib/sentence.ts';

const HAN = /\p{Script=Han}/u;
const ROOT = path.join(__dirname, '../..');
const wordsIn = (files: string[], pattern: RegExp) => [
  ...new Set(
    files.flatMap((file) =>
      [...readFileSync(path.join(ROOT, file), 'utf8').matchAll(pattern)].map(([, word]) => word ?? ''),
    ),
  ),
];
const entry = (more: Partial<JournalEntry>): JournalEntry => ({
  plan: 1,
  step: 0,
  attempt: 1,
  call: 'merge',
  at: 0,
  answeredAt: 1,
  outcome: 'done',
  ...more,
});

const FAILURES: Record<CrmFailure, true> = {
  'retry-soon': true,
  'retry-after': true,
  auth: true,
  permanent: true,
  ambiguous: true,
};

/** Every word that lib/merge notes in the journal. */
const OUTCOMES = [
  ...wordsIn(
    ['verify-step', 'compare-places', 'execute-plan'].map((name) => `lib/merge/execute/${name}.ts`),
    /(?:seen|word|end|outcome): '([a-z-]+)'/g,
  ).filter((word) => !['refused', 'failed', 'out-of-time'].includes(word)),
  ...Object.keys(FAILURES),
  'record-changed',
];
const CALLS = ['link', ...wordsIn(['lib/merge/execute/verify-step.ts'], /ask\(claimed, '([a-z]+)'/g)].concat(
  wordsIn(['lib/ledger/plans.ts'], /\{ kind: '([a-z]+)'/g),
  wordsIn(['lib/ledger/undo-plans.ts'], /\{ kind: '([a-z-]+)'/g).map((kind) => `undo-${kind}`),
);

describe('what happened is told in sentences, not in the words of the journal', () => {
  it('the words are found', () => {
    expect(OUTCOMES).toEqual(
      expect.arrayContaining(['done', 'merged', 'apart', 'not-created', 'ambiguous', 'permanent']),
    );
    expect(CALLS).toEqual(expect.arrayContaining(['command', 'merge', 'probe', 'create', 'link']));
  });

  it.each(OUTCOMES)('what came of a call: %s', (outcome) => {
    expect(outcomeText(entry({ outcome }), 'zh')).toMatch(HAN);
    if (!['done', 'merged'].includes(outcome)) expect(outcomeText(entry({ outcome }), 'en')).toMatch(/ .*[a-zA-Z]$/);
  });

  it.each(CALLS)('what was asked: %s', (call) => {
    expect(callText(entry({ call }), 'zh')).toMatch(HAN);
    expect(callText(entry({ call }), 'en')).toMatch(/ /);
  });

  it('the CRM’s own code stands behind', () => {
    const call = entry({ outcome: 'ambiguous', code: 'timeout' });
    expect(outcomeText(call, 'en')).toBe('no answer: it may have taken effect (timeout)');
    expect(outcomeText(call, 'zh')).toBe('没有应答，可能已生效（timeout）');
  });

  it('a refusal for good is the reason that it became; a word that is not known stands as it is', () => {
    expect(outcomeText(entry({ outcome: 'merged-elsewhere-in-crm' }), 'zh')).toMatch(HAN);
    expect(outcomeText(entry({ outcome: 'of-tomorrow' }), 'zh')).toBe('of-tomorrow');
  });

  const PROBLEMS = wordsIn(
    ['lib/mapping/convert.ts', 'lib/mapping/moment.ts'],
    /(?:problem: |\? |: )'((?:is|has) [^']+)'/g,
  );
  it.each(PROBLEMS)('why a field was not converted: %s', (problem) => {
    const plan = { problems: [{ key: 'remark', problem }] } as unknown as Plan;
    const sentence = decisionSentence(plan, { key: 'remark', decision: 'write' }, 'zh');
    expect(sentence).not.toContain(problem);
  });

  it('a reason within a reason', () => {
    const meaning = (reason: string, language: Language) => reasonMeaning(reason, { language });
    expect(meaning('gave-up:crm-retry-soon:http-503', 'en')).toMatch(/: The CRM is busy or down.*\(http-503\)$/);
    expect(meaning('gave-up:crm-ambiguous', 'zh')).not.toContain('crm-ambiguous');
    expect(meaning('not-linked:export-not-known', 'en')).toContain('no export is remembered');
  });
});

describe('the pages name their own buttons', () => {
  const sentences = Object.entries(REASONS).flatMap(([name, { means, todo }]) =>
    (['en', 'zh'] as const).flatMap((language) => [means, todo].map((one) => [name, language, one[language]] as const)),
  );
  it.each(sentences)('%s, %s: %s', (_, language, sentence) => {
    const said = inPageWords(sentence, language);
    expect(said).not.toMatch(/`(replay|release|settle|who|show|link --event)\b(?! --json)/);
    if (sentence.includes('`replay`')) expect(said).toContain(language === 'en' ? '“Try again”' : '“重试”');
  });
});
