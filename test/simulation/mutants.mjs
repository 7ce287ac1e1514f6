/** The service with one safeguard taken out: the simulation must notice each within 1 000 seeds. */
export const MUTANTS = [
  {
    name: 'aliases are not resolved',
    file: 'lib/merge/plan/resolve-aliases.ts',
    edits: [['if (next === undefined) break;', 'if (next === undefined || next !== undefined) break;']],
  },
  {
    name: 'contacts are not held',
    file: 'lib/merge/contact-locks.ts',
    edits: [
      ['if (same(holder, mine) || !(await mayEvict(work, holder))) return holder.event;', 'return work.eventId;'],
    ],
  },
  {
    // Lease and fence each stop the second worker alone: only without both does anything happen.
    name: 'an event is worked on by two workers at once',
    file: 'lib/merge/claim.ts',
    edits: [
      ['if (notBefore > now) return { notBefore };', ''],
      [
        'if (!written) return false;',
        'if (!written) { const now = await readRecord(work.events, work.tenant, work.eventId); work.version = now?.version ?? 0; return tryToSave(work, record, dueAt); }',
      ],
    ],
  },
  {
    name: 'nobody asks after an unanswered merge',
    file: 'lib/merge/execute/execute-plan.ts',
    edits: [["if (step.kind === 'merge') return probeMerge(work, crm as RecordCrm, step);", '']],
  },
  {
    name: 'fields have no clock',
    file: 'lib/merge/plan/choose-fields.ts',
    edits: [["return isNewer(event, clockOf(clocks, field.key)) ? 'write' : 'older';", "return 'write';"]],
  },
  {
    name: 'the intent is not recorded before the call',
    file: 'lib/merge/execute/execute-plan.ts',
    edits: [['  await saveProgress(work, progress);\n  return progress;', '  return progress;']],
  },
  {
    name: 'a cleared field is not kept clear when the merge fills blanks',
    file: 'lib/merge/plan/plan-records.ts',
    edits: [
      ['const kept = atRisk.has(field.key) && !refilled(rules, found, field);', 'const kept = atRisk.has(field.key);'],
    ],
  },
  {
    name: 'a field that could not be written is forgotten',
    file: 'lib/merge/plan/choose-fields.ts',
    edits: [['return otherKeys(clocks, chosen).filter((key) => everything || !clocks[key]?.written);', 'return [];']],
  },
  {
    name: 'a ciphertext may come back under another id',
    file: 'lib/intake/keep-once.ts',
    edits: [['if (!sealed) return eventId;', 'if (eventId) return eventId;']],
  },
  {
    name: 'reconcile does nothing',
    file: 'lib/recovery/reconcile.ts',
    edits: [["if (next.state === 'queued') await deps.queue.send({ tenant, eventId });", '']],
  },
  {
    name: 'a cycle is not noticed',
    file: 'lib/merge/plan/check-identities.ts',
    edits: [["if (event.loserIds.includes(survivor)) return { doubt: 'cycle' };", '']],
  },
  {
    name: 'a loser may be claimed twice',
    file: 'lib/merge/plan/check-identities.ts',
    edits: [["return { doubt: 'loser-claimed-twice' };", '{}']],
  },
  {
    name: 'the survivor keeps the old record id',
    file: 'lib/merge/execute/execute-plan.ts',
    edits: [['return { done: { survivorRecord: merged.survivor } };', 'return { done: {} };']],
  },
];
