/**
 * The service with one safeguard taken out: the simulation must notice each within 1 000 seeds.
 * An edit's `from` stands exactly once in its file.
 */
export const MUTANTS = [
  {
    name: 'aliases are not resolved',
    edits: [
      {
        file: 'lib/merge/plan/resolve-aliases.ts',
        from: 'ways[index]?.at(-1) ?? id',
        to: 'id',
      },
    ],
  },
  {
    name: 'contacts are not locked',
    edits: [
      {
        file: 'lib/merge/contact-locks.ts',
        from: 'if (holder && holder.event !== mine.event && !(await mayEvict(claimed, holder)))',
        to: 'if (false)',
      },
    ],
  },
  {
    // Lease and fence each stop the second worker alone: only without both does anything happen.
    name: 'an event is worked on by two workers at once',
    edits: [
      { file: 'lib/merge/claim.ts', from: 'if (notBefore > now) return { notBefore };', to: '' },
      {
        file: 'lib/ledger/event-records.ts',
        from: 'documents.put(keyOf(record.eventId), record, { expected, listed }),',
        to: 'records.read(record.eventId).then((now) => documents.put(keyOf(record.eventId), record, { expected: now?.version ?? expected, listed })),',
      },
    ],
  },
  {
    name: 'an unanswered merge is not asked after',
    edits: [
      {
        file: 'lib/merge/execute/execute-plan.ts',
        from: "if (step.kind === 'merge') return verifyMerge(claimed, crm as RecordCrm, step, isSettled);",
        to: '',
      },
    ],
  },
  {
    name: 'fields have no clock',
    edits: [
      {
        file: 'lib/merge/plan/choose-fields.ts',
        from: "return isNewer(event, clockOf(clocks, field.key)) ? 'write' : 'older';",
        to: "return 'write';",
      },
    ],
  },
  {
    name: 'the intent is not recorded before the call',
    edits: [
      {
        file: 'lib/merge/claimed-event.ts',
        from: '  await saveProgress(claimed, progress);\n  return progress;',
        to: '  return progress;',
      },
    ],
  },
  {
    name: 'a cleared field is not kept clear when the merge fills blanks',
    edits: [
      {
        file: 'lib/merge/plan/plan-records.ts',
        from: 'const kept = atRisk.has(field.key) && !refilled(rules, found, gone, field);',
        to: 'const kept = atRisk.has(field.key);',
      },
    ],
  },
  {
    name: 'a field that could not be written is forgotten',
    edits: [
      {
        file: 'lib/merge/plan/choose-fields.ts',
        from: 'return otherFields(clocks, chosen).filter(([, clock]) => everything || !clock.written);',
        to: 'return [];',
      },
    ],
  },
  {
    name: 'contacts that the CRM did not know are forgotten',
    edits: [
      {
        file: 'lib/merge/plan/missing-contacts.ts',
        from: "return missing.length === 0 ? {} : { missing, unknown: unknownInCrm ? 'all' : 'some' };",
        to: 'return {};',
      },
    ],
  },
  {
    name: 'a content may come back under another id',
    edits: [
      {
        file: 'lib/intake/keep-once.ts',
        from: 'return keepUnder(ledger, content.eventId, opened, deps);',
        to: 'return keepUnder(ledger, opened.eventId, opened, deps);',
      },
    ],
  },
  {
    name: 'reconcile does nothing',
    edits: [
      {
        file: 'lib/recovery/reconcile.ts',
        from: "if (moved.record.state === 'queued') await deps.queue.send({ tenant: ledger.tenant, eventId });",
        to: '',
      },
    ],
  },
  {
    name: 'a cycle is not noticed',
    edits: [
      {
        file: 'lib/merge/plan/check-identities.ts',
        from: "if (allLosers.has(survivor)) return { conflict: 'cycle' };",
        to: '',
      },
    ],
  },
  {
    name: 'a loser may be claimed twice',
    edits: [
      { file: 'lib/merge/plan/check-identities.ts', from: "return { conflict: 'loser-claimed-twice' };", to: '{}' },
    ],
  },
  {
    name: 'the survivor keeps the old record id',
    edits: [
      {
        file: 'lib/merge/execute/execute-plan.ts',
        from: 'return { done: { survivorRecord: merged.survivor } };',
        to: 'return { done: {} };',
      },
    ],
  },
  {
    name: 'silence is taken for no',
    edits: [
      {
        file: 'lib/merge/execute/execute-plan.ts',
        from: '(progressIn(claimed).sentAt ?? 0) + claimed.deps.timing.settleMs;',
        to: '0;',
      },
    ],
  },
  {
    name: 'an unanswered update is sent again at once',
    edits: [
      {
        file: 'lib/merge/execute/execute-plan.ts',
        from: "if (step.kind === 'update' && !isSettled) return NOT_SETTLED;",
        to: '',
      },
    ],
  },
  {
    name: 'a merge done in part is sent whole again',
    edits: [
      {
        file: 'lib/merge/execute/execute-plan.ts',
        from: 'const losers = progress.losersLeft ?? step.losers;',
        to: 'const losers = step.losers;',
      },
    ],
  },
  {
    name: 'a merge done in part is taken for done',
    edits: [
      {
        file: 'lib/merge/execute/compare-places.ts',
        from: 'if (left.length === 0) return',
        to: 'if (left.length < losers.length) return',
      },
    ],
  },
  {
    name: 'a merge in process is taken for a refusal',
    edits: [
      {
        file: 'lib/merge/execute/step-outcome.ts',
        from: "return kind === 'permanent' ?",
        to: "return kind === 'permanent' || code === 'MERGE_IN_PROCESS' ?",
      },
    ],
  },
  {
    name: 'observe mode goes on with a plan under way',
    edits: [
      {
        file: 'lib/merge/apply-event.ts',
        from: "if (policy.mode === 'observe' && hasMoreToSend(claimed, plan)) return refuse(claimed, plan, 'observe-mode');",
        to: '',
      },
    ],
  },
  {
    name: 'the tenant is no part of a key',
    edits: [
      {
        file: 'lib/ledger/tenant-documents.ts',
        from: 'sort === undefined ? { tenant, kind, id } : { tenant, kind, id, sort };',
        to: "({ tenant: kind === 'contact' ? 'all' : tenant, kind, id, ...(sort !== undefined && { sort }) });",
      },
    ],
  },
  {
    name: 'if-empty overwrites',
    edits: [
      {
        file: 'lib/merge/plan/plan-records.ts',
        from: "if (field.overwrite === 'always') return true;",
        to: 'if (field) return true;',
      },
    ],
  },
  {
    name: 'a snapshot leaves out what was there before',
    edits: [
      {
        file: 'lib/merge/plan/choose-fields.ts',
        from: "if (policy.fields !== 'snapshot') return event.changed;",
        to: 'if (policy.fields) return event.changed;',
      },
    ],
  },
  {
    name: 'a plan that was closed before is closed again',
    edits: [
      {
        file: 'lib/merge/apply-event.ts',
        from: 'if (progress?.sent && (await isClosed(claimed, plan))) return conclude(claimed, plan);',
        to: '',
      },
    ],
  },
  {
    name: 'contacts are let go while a call is unanswered',
    edits: [
      {
        file: 'lib/merge/apply-event.ts',
        from: "if (progress?.sent) return move(claimed, { on: 'park-unanswered', reason });",
        to: '',
      },
    ],
  },
  {
    name: 'an event about one contact does not see who else has its number',
    edits: [
      {
        file: 'lib/linking/decide-link.ts',
        from: 'const others = await othersWith(contact, records, deps, base.salt);',
        to: 'const others: ExportedContact[] = [];',
      },
    ],
  },
  {
    name: 'of the records that a link is searched in, not all are read',
    edits: [
      {
        file: 'lib/linking/search-records.ts',
        from: 'for (const ids of batchesOf(recordIds, crm.batchSize)) {',
        to: 'for (const ids of batchesOf(recordIds, crm.batchSize).slice(0, 1)) {',
      },
    ],
  },
  {
    name: 'a stronger key may disagree with a link',
    edits: [
      {
        file: 'lib/linking/match.ts',
        from: 'const against = stronger.find((one) => disagrees(matching, contact, record, one));',
        to: 'const against = stronger.find(() => false);',
      },
    ],
  },
  {
    name: 'an undo cuts the alias before the CRM is done',
    edits: [
      {
        file: 'lib/undo/carry-out.ts',
        from: 'const outcome = await executeUndo(claimed, tenant.crm, plan);',
        to: 'for (const loser of plan.losers) await claimed.ledger.contacts.update(loser, ({ mergedInto: _into, ...rest }) => rest); const outcome = await executeUndo(claimed, tenant.crm, plan);',
      },
    ],
  },
  {
    name: 'an event about contacts that an undo has separated is not parked',
    edits: [
      {
        file: 'lib/merge/plan/is-separated.ts',
        from: 'return marked.some((mark) => roots.get(mark.with) !== mark.id);',
        to: 'return false;',
      },
    ],
  },
  {
    name: 'an event that joined the same contacts before the undo stays applied',
    edits: [
      {
        file: 'lib/undo/close-undo.ts',
        from: 'for (const { eventId: torn } of placed.torn) await setAside(claimed, torn);',
        to: '',
      },
    ],
  },
  {
    name: 'an undo brings a record back without looking whether it is back already',
    edits: [
      {
        file: 'lib/undo/execute-undo.ts',
        from: 'if (own) return returned(claimed, contactId, own.record.recordId);',
        to: '',
      },
    ],
  },
  {
    name: 'an unknown contact is not asked after',
    edits: [
      {
        file: 'lib/merge/plan/missing-contacts.ts',
        from: "if (policy.whenMissing !== 'ask' || policy.mode !== 'live') return [];",
        to: 'return [];',
      },
    ],
  },
];
